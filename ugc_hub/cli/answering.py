"""What somebody knows of an asset that bears on its rights, and whether it is open for use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.orm import Session

from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import naming, panel

STATUSES = {"approved": "active", "pending": "pending_review", "hold": "hold", "taken-down": "taken_down"}
"""What people say, and what the records say."""
YES_NO = {"yes": True, "no": False, "unknown": None}
ASKED = (
    ("digital_source_type", "How it was made"),
    ("people", "Who can be recognised"),
    ("properties", "Property of others"),
    ("music", "Music"),
    ("compensation", "What was given for it"),
    ("is_testimonial", "Says what somebody thinks of a product"),
    ("status", "Status"),
)
OPTIONS = (
    click.option("--nobody", is_flag=True, help="Nobody can be recognised in it."),
    click.option("--person", "persons", multiple=True, metavar="WHO", help="Id or name of somebody; repeatable."),
    click.option("--adult", "adults", multiple=True, metavar="WHO", help="The same, of somebody of age; repeatable."),
    click.option("--minor", "minors", multiple=True, metavar="WHO", help="The same, of somebody under 18; repeatable."),
    click.option("--no-property", is_flag=True, help="No property or work of others can be recognised in it."),
    click.option("--property", "properties", multiple=True, metavar="WHAT", help="Id or name; repeatable."),
    click.option("--music", type=click.Choice(licensing.WORDS["music"]), help="Whether music can be heard."),
    click.option("--track", "tracks", multiple=True, metavar="WHAT", help="Id or title of music in it; repeatable."),
    click.option("--made", "digital_source_type", metavar="CODE", help="IPTC code, such as digitalCapture."),
    click.option("--compensation", type=click.Choice(licensing.WORDS["compensation"]), help="Such as gifted."),
    click.option("--testimonial", type=click.Choice(list(YES_NO)), help="Whether it says what somebody thinks."),
    click.option("--ingredient", "ingredients", multiple=True, metavar="ASSET", help="Part of it; repeatable."),
    click.option("--copyright-notice", metavar="TEXT", help="What copies say of the copyright."),
    click.option("--data-mining", metavar="WORD", help="What copies say of machine learning."),
)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.command("facts")
@click.argument("asset_id", metavar="ASSET")
@_options
@as_json
def facts_command(asset_id: str, json_: bool, **given: Any) -> None:
    """Answer questions on an asset that decide whether it may be used; the others stay as they are.

    Lists take the place of the older ones: name everybody who can be recognised. A name that is new makes a person,
    a property or a track of that name. Look at what is known with: ugc-hub rights show ASSET.
    """
    _agree(given)
    with opened() as hub:
        with hub.database.write() as session:
            panel.asset_of(session, SYSTEM, asset_id)
            answers = _answers(hub, session, asset_id, given)
            licensing.answer(hub, session, SYSTEM, asset_id=asset_id, answers=answers)
        _tell(hub, asset_id, json_=json_)


def _agree(given: dict[str, Any]) -> None:
    """Refuse what says nothing, or two things at once."""
    if not any(value not in (None, False, ()) for value in given.values()):
        raise Invalid("Say at least one fact, such as --nobody or --music none; --help lists them.")
    listed = [*given["persons"], *given["adults"], *given["minors"]]
    if given["nobody"] and listed:
        raise Invalid("Either nobody can be recognised (--nobody), or those whom you name.", extra={"field": "people"})
    if len({" ".join(one.split()) for one in listed}) < len(listed):
        raise Invalid("Name each person once: with --person, --adult or --minor.", extra={"field": "people"})
    if given["no_property"] and given["properties"]:
        words = "Either no property can be recognised (--no-property), or what you name."
        raise Invalid(words, extra={"field": "properties"})
    if given["tracks"] and given["music"] not in (None, "present"):
        raise Invalid("Tracks are named where music is present: --music present.", extra={"field": "music"})


def _answers(hub: Hub, session: Session, asset_id: str, given: dict[str, Any]) -> dict[str, Any]:
    names = ("digital_source_type", "compensation", "music", "copyright_notice", "data_mining")
    answers: dict[str, Any] = {name: given[name] for name in names if given[name] is not None}
    if given["testimonial"] is not None:
        answers["is_testimonial"] = YES_NO[given["testimonial"]]
    if given["ingredients"]:
        answers["ingredients"] = list(given["ingredients"])
    people = [
        naming.person(hub, session, SYSTEM, asset_id=asset_id, word=word, is_adult=is_adult)
        for option, is_adult in (("persons", None), ("adults", True), ("minors", False))
        for word in given[option]
    ]
    if people or given["nobody"]:
        answers["people"] = people
    for kind, nothing in (("properties", given["no_property"]), ("tracks", False)):
        things = [naming.thing(hub, session, SYSTEM, asset_id=asset_id, kind=kind, word=word) for word in given[kind]]
        if things or nothing:
            answers[kind] = things
    if "tracks" in answers:
        answers["music"] = "present"
    elif answers.get("music", "present") != "present":
        answers["tracks"] = []
    return answers


@click.command("status")
@click.argument("asset_id", metavar="ASSET")
@click.argument("status", type=click.Choice(list(STATUSES)))
@click.option("--note", default="", help="Why, for those who look at it later.")
@click.option("--legal-order", is_flag=True, help="A court or an authority has ordered it.")
@as_json
def status_command(asset_id: str, status: str, note: str, legal_order: bool, json_: bool) -> None:
    """Open an asset for use (approved), or close it: pending, hold or taken-down.

    Open does not mean allowed: grants and facts decide on each use.
    """
    if legal_order and status == "approved":
        raise Invalid("A legal order closes an asset: hold or taken-down.", extra={"field": "legal_order"})
    with opened() as hub:
        with hub.database.write() as session:
            panel.asset_of(session, SYSTEM, asset_id)
            licensing.set_status(
                hub,
                session,
                SYSTEM,
                asset_id=asset_id,
                status=STATUSES[status],
                note=note.strip()[:1000],
                legal_order=legal_order,
            )
        _tell(hub, asset_id, json_=json_)


def _tell(hub: Hub, asset_id: str, *, json_: bool) -> None:
    with hub.database.read() as session:
        found = panel.rights_of(hub, session, SYSTEM, asset_id)
    if json_:
        show(found)
        return
    say(asset_id)
    for name, words in ASKED:
        say(f"  {words}: {_said(name, found)}")


def _said(name: str, found: dict[str, Any]) -> str:
    value = found[name]
    if name == "people":
        age = {True: "of age", False: "under 18", None: "age not known"}
        return ", ".join(f"{one['name']} ({age[one['is_adult']]})" for one in value) or found["people_state"]
    if name == "properties":
        return ", ".join(one["name"] for one in value) or str(found["property_state"])
    if name == "music":
        return ", ".join(one["name"] for one in found["tracks"]) or str(value)
    if name == "status":
        known = {record: word for word, record in STATUSES.items()}
        note = f" ({found['status_note']})" if found["status_note"] else ""
        return f"{known.get(value, value)}{note}"
    return {True: "yes", False: "no", None: "unknown"}.get(value, str(value))
