"""Terms that creators agree to, at the command line."""

from __future__ import annotations

from typing import Any

import click

from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.handing import read_object, read_words
from ugc_hub.cli.output import always_json, as_json, say, show


@click.group()
def terms() -> None:
    """List terms that creators agree to, look at some, write a version or others."""


@terms.command("list")
@click.option("--versions", "every", is_flag=True, help="Earlier versions as well.")
@as_json
def list_command(every: bool, json_: bool) -> None:
    """List all terms with the campaigns that take them; those of the hub, which all others take, come first."""
    from ugc_hub.licensing import documents
    from ugc_hub.submissions import list_briefs

    with opened() as hub:
        in_force = documents.terms_in_force(hub, SYSTEM)
        found = documents.list_terms(hub, SYSTEM) if every else in_force
        briefs = list_briefs(hub, SYSTEM)
    taken = {one.terms_id: [two.campaign for two in briefs if two.terms_id == one.terms_id] for one in in_force}
    if json_:
        show({"items": [{**_plain(one), "campaigns": taken[one.terms_id]} for one in found]})
        return
    for one in found:
        whose = ["the hub"] if one.terms_id == in_force[0].terms_id else []
        where = ", ".join(whose + taken[one.terms_id]) or "no campaign"
        say(f"{one.terms_id}  {one.locale:6} version {one.number:<3} {one.title}  ({where})")


@terms.command("show")
@click.argument("terms_id", required=False)
@always_json
def show_command(terms_id: str | None) -> None:
    """Print the newest version of terms as JSON; without an id, that of the terms of the hub."""
    from ugc_hub.licensing import documents

    with opened() as hub:
        show(_plain(documents.current_terms(hub, terms_id)))


@terms.command("write")
@click.argument("text", type=click.File("r", encoding="utf-8-sig"))
@click.option(
    "--scope", type=click.File("r", encoding="utf-8-sig"), required=True, help="A JSON file: what they permit."
)
@click.option("--terms", "terms_id", metavar="ID", help="Of which terms it is a new version; default: others begin.")
@click.option("--title", default="", help="Its title; default: that of the version before.")
@click.option("--locale", default="", help="Its language, such as de; default: that of the version before, else en.")
@always_json
def write_command(text: Any, scope: Any, terms_id: str | None, title: str, locale: str) -> None:
    """Keep the words of a file as a version of terms; no earlier version changes, nor what anybody agreed to."""
    from ugc_hub.licensing import documents

    with opened() as hub:
        # Looked up for others as well: what is written first of all would be the terms of the hub.
        before = documents.current_terms(hub, terms_id)
        if terms_id is not None:
            title, locale = title or before.title, locale or before.locale
        read = documents.read_scope(read_object(scope))
        wording = documents.Wording(title, read_words(text), read, terms_id, locale or "en")
        show(_plain(documents.write_terms(hub, SYSTEM, wording)))


def _plain(view: Any) -> dict[str, Any]:
    return {**vars(view), "scope": view.scope.plain()}
