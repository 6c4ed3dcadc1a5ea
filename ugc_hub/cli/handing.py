"""Submission links, terms and briefs at the command line."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import always_json, as_json, say, show
from ugc_hub.errors import Invalid

OF_HUB = "hub"
"""In place of an id of terms: those that are taken wherever a campaign has no others."""


@click.group()
def submissions() -> None:
    """Let creators hand in by a link, and say what is asked for."""


@submissions.command("link")
@click.option("--label", default="", help="A note for yourself.")
@click.option("--creator", metavar="HANDLE", help="Whose link it is; default: open to everybody who has it.")
@click.option("--campaign", metavar="NAME", help="What is handed in for.")
@click.option("--days", type=click.IntRange(1, 365), default=30, show_default=True)
@click.option("--files", "most_files", type=click.IntRange(1, 1000), default=20, show_default=True)
@as_json
def make_link(json_: bool, **wanted: Any) -> None:
    """Make a link and print its address, once."""
    from ugc_hub.submissions import NewLink, make_link

    with opened() as hub:
        made = make_link(hub, SYSTEM, NewLink(**wanted))
    if json_:
        show(asdict(made))
        return
    say(made.url)


@submissions.command("links")
@as_json
def list_links(json_: bool) -> None:
    """List the links; never their addresses."""
    from ugc_hub.submissions import list_links

    with opened() as hub:
        found = list_links(hub, SYSTEM)
    if json_:
        show({"items": [asdict(one) for one in found]})
        return
    for one in found:
        who = f"@{one.creator}" if one.creator else "open"
        say(f"{one.id}  {one.state:8} {one.used_files}/{one.most_files} files  {who:20} {one.label}")


@submissions.command("revoke")
@click.argument("link_id")
def revoke(link_id: str) -> None:
    """Revoke a link; it stops working at once."""
    from ugc_hub.submissions import revoke_link

    with opened() as hub:
        revoke_link(hub, SYSTEM, link_id)
    say(f"{link_id} is revoked.")


@submissions.command("prove")
@click.argument("submission_id")
@click.option("--platform", required=True, help="Where the account is, such as instagram.")
@click.option("--method", default="dm_code", show_default=True, help="Where you read the code: dm_code or bio_code.")
@click.option("--code", required=True, help="The code that the account sent or shows, such as K7QF-2MXD.")
def prove(submission_id: str, platform: str, method: str, code: str) -> None:
    """Keep that the account of a submission's handle sent or showed its code: what was agreed to counts more then."""
    from ugc_hub.submissions import prove_handle

    with opened() as hub:
        prove_handle(hub, SYSTEM, submission_id, platform=platform, method=method, code=code)
    say(f"The handle of {submission_id} is proven.")


@submissions.command("terms")
@click.option(
    "--text", "text", type=click.File("r", encoding="utf-8-sig"), help="A file with the words of a new version."
)
@click.option("--scope", type=click.File("r", encoding="utf-8-sig"), help="A JSON file with what they permit.")
@click.option("--title", default="", help="Title of the new version.")
@click.option("--locale", default="", help="Its language, such as de; default: that of the version before.")
@always_json
def show_terms(text: Any, scope: Any, title: str, locale: str) -> None:
    """Print the terms as JSON; with text and scope, keep a new version first."""
    from ugc_hub.licensing import documents

    with opened() as hub:
        current = documents.current_terms(hub)
        if (text is None) != (scope is None):
            raise Invalid("Words and scope belong together: give both --text and --scope.")
        if text is not None:
            read = documents.read_scope(read_object(scope))
            title, locale = title or current.title, locale or current.locale
            wording = documents.Wording(title, read_words(text), read, current.terms_id, locale)
            current = documents.write_terms(hub, SYSTEM, wording)
    show({**vars(current), "scope": current.scope.plain()})


@submissions.command("brief")
@click.argument("campaign")
@click.option("--from", "file", type=click.File("r", encoding="utf-8-sig"), help="A JSON file with the new brief.")
@click.option("--terms", "terms_id", metavar="ID", help="Under which terms it is handed in; `hub`: those of the hub.")
@always_json
def show_brief(campaign: str, file: Any, terms_id: str | None) -> None:
    """Print the brief of a campaign as JSON; with a file or other terms, keep those first."""
    from ugc_hub.submissions import Brief, list_briefs, read_brief, save_brief

    with opened() as hub:
        if file is not None or terms_id is not None:
            before = {one.campaign: one.brief for one in list_briefs(hub, SYSTEM)}
            brief = read_brief(read_object(file)) if file is not None else before.get(campaign, Brief())
            chosen = ... if terms_id is None else None if terms_id == OF_HUB else terms_id
            save_brief(hub, SYSTEM, campaign, brief=brief, terms_id=chosen)
        known = {one.campaign: one for one in list_briefs(hub, SYSTEM)}
    if campaign not in known:
        raise Invalid(f"There is no campaign {campaign!r}.")
    found = known[campaign]
    plain = {"campaign": campaign, "brief": found.brief.plain(), "terms_id": found.terms_id}
    show({**plain, "written": found.written})


def read_words(file: Any) -> str:
    """Return the text that a file holds; raises `Invalid`."""
    try:
        return str(file.read())
    except UnicodeDecodeError as error:
        raise Invalid("The file is not text in UTF-8. Save it in that encoding.", extra={"field": "text"}) from error


def read_object(file: Any) -> dict[str, Any]:
    """Return the JSON object that a file holds; raises `Invalid`."""
    try:
        plain = json.load(file)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The file is not valid JSON: {error}.") from error
    if not isinstance(plain, dict):
        raise Invalid("The file holds one JSON object.")
    return plain
