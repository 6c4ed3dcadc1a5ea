"""Rights at the command line: ask, look, grant, revoke, take in a campaign's sheets, and try the rule on cases."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import click

from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.answering import facts_command, status_command
from ugc_hub.cli.common import opened
from ugc_hub.cli.deeds import fulfil_command, override_command, total_command
from ugc_hub.cli.output import always_json, as_json, say, show
from ugc_hub.cli.sighting import sightings_command
from ugc_hub.errors import Invalid, NotFound


@click.group()
def rights() -> None:
    """Ask what is allowed, give and end grants, and try how uses are decided."""


rights.add_command(fulfil_command)
rights.add_command(total_command)
rights.add_command(override_command)
rights.add_command(facts_command)
rights.add_command(sightings_command)
rights.add_command(status_command)


@rights.command("simulate")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@always_json
def simulate_command(file: Any) -> None:
    """Print the answers to a JSON file of cases (`-` for standard input). No data is touched.

    The file holds `cases` (assets, grants and a request), `normalisation_cases` (dates of contracts) and
    `revocation_cases`; a `vocabulary` in it takes the place of the built-in one. What grants state that the rule does
    not know is told beside the answers.
    """
    from ugc_hub.rights import Malformed, overlooked, simulate

    plain = _object(file)
    try:
        show(simulate(plain))
        for one in overlooked(plain):
            say(f"No such member of a grant, so it changed nothing: {one}", err=True)
    except Malformed as error:
        raise Invalid(f"{Path(file.name).name} is no file of cases: its {error.field} has another form.") from error


def _object(file: Any) -> dict[str, Any]:
    name = Path(file.name).name
    try:
        plain = json.load(file, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:  # a wrong encoding is a ValueError as well
        raise Invalid(f"{name} is not valid JSON: {error}.") from error
    if not isinstance(plain, dict):
        raise Invalid(f"{name} must hold one JSON object.")
    return plain


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")


@rights.command("show")
@click.argument("asset_id")
@as_json
def show_rights(asset_id: str, json_: bool) -> None:
    """Print the state of an asset, what is known of it, and its grants."""
    from ugc_hub.licensing import panel

    with opened() as hub, hub.database.read() as session:
        found = panel.rights_of(hub, session, SYSTEM, asset_id)
    if json_:
        show(found)
        return
    say(f"{asset_id}: {found['status']}{' - ' + found['status_note'] if found['status_note'] else ''}")
    for name in ("digital_source_type", "compensation", "is_testimonial", "people_state", "property_state", "music"):
        say(f"  {name:20} {found[name]}")
    for grant in found["grants"]:
        say(f"  {grant['id']}  {grant['standing']:12} {grant['sentence']}")
    if not found["grants"]:
        say("  There is no grant.")


def _instant(text: str | None, option: str, *, ends: bool = False) -> datetime | None:
    """Read a day in UTC (where something ends: with that day) or an instant with its offset."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-05-01"):
            begins = datetime.combine(date.fromisoformat(text), time(), UTC)
            return begins + timedelta(days=1) if ends else begins
        instant = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        instant = datetime.min
    if instant.utcoffset() is None:
        raise Invalid(f"{option} is a day, or an instant with its offset such as 2026-05-01T00:00:00+02:00.")
    return instant


def _known(dimension: str, *values: str) -> None:
    """Refuse a word that the vocabulary does not have, and name those that it has."""
    from ugc_hub.rights import standard

    words = standard()
    wrong = words.unknown(dimension, frozenset(values))
    if wrong:
        having = {"channels": words.channels, "edits": words.edits}.get(dimension)
        hint = f"Choose of {', '.join(sorted(having))}." if having else "Write DE, US-NY, EU or WORLD."
        raise Invalid(f"There is no {', '.join(wrong)} among the {dimension}. {hint}", extra={"field": dimension})


@rights.command("ask")
@click.argument("asset_id")
@click.option("--channel", required=True, help="Such as email or paid_social.meta.")
@click.option("--territory", "territories", multiple=True, help="Country, subdivision, group or WORLD; repeatable.")
@click.option("--edit", "edits", multiple=True, help="Such as crop or subtitle; repeatable.")
@click.option("--product", "products", multiple=True, help="Repeatable.")
@click.option("--from", "begins", metavar="TIME", help="Day or instant at which the use begins (default: now).")
@click.option("--to", "ends", metavar="TIME", help="Last day, or instant at which it ends; with --from.")
@click.option("--continue", "going_on", is_flag=True, help="It is live already.")
@as_json
def ask_command(asset_id: str, json_: bool, **given: Any) -> None:
    """Answer whether a use is allowed. Exit status 1 when it is not."""
    from ugc_hub import licensing
    from ugc_hub.licensing.missing import with_trash
    from ugc_hub.licensing.wording import place_names
    from ugc_hub.models import Asset
    from ugc_hub.rights import write_decision

    _known("channels", given["channel"])
    _known("edits", *given["edits"])
    _known("territories", *given["territories"])
    begins, ends = _instant(given["begins"], "--from"), _instant(given["ends"], "--to", ends=True)
    use = licensing.Use(
        channel=given["channel"],
        territories=given["territories"],
        edits=frozenset(given["edits"]),
        products=frozenset(given["products"]),
        at=begins if ends is None else None,
        starts_at=begins if ends is not None else None,
        ends_at=ends,
        operation="continue" if given["going_on"] else "publish",
    )
    with opened() as hub, hub.database.read() as session:
        if session.get(Asset, asset_id) is None:
            raise NotFound(f"There is no asset {asset_id}. List them with: ugc-hub assets list.")
        decision = with_trash(session, asset_id, licensing.ask(hub, session, asset_id, use))
    plain = write_decision(decision)
    if json_:
        show(plain)
    else:
        say("Allowed." if decision.allowed else "Not allowed.")
        for reason in decision.reasons:
            places = f" ({place_names(reason.territories, 4)})" if reason.territories else ""
            say(f"  {reason.key}{places}: {reason.sentence} {reason.next_step}")
        for duty in plain["duties"]:
            say(f"  duty: {json.dumps(duty, ensure_ascii=False)}")
        if plain["valid_until"]:
            say(f"  valid until {plain['valid_until']}")
    if not decision.allowed:
        sys.exit(1)


@rights.command("grant")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option("--proof", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File that proves it.")
@click.option("--proof-kind", default="note", show_default=True, help="Such as esign_pdf or screenshot.")
@always_json
def grant_command(file: Any, proof: Path | None, proof_kind: str) -> None:
    """Write the grant of a JSON file: `grant`, `assets` (ids; null for all), and where known `text`."""
    from ugc_hub import licensing
    from ugc_hub.licensing import giving

    plain = _object(file)
    asked = giving.Given.of(plain)
    evidence = licensing.Proof(proof_kind, proof.read_bytes()) if proof else None
    with opened() as hub:
        show({"grants": giving.give(hub, SYSTEM, asked, evidence)})


@rights.command("revoke")
@click.argument("grant_id")
@click.option("--basis", required=True, help="Such as contract_notice or gdpr_withdrawal.")
@click.option("--channel", "channels", multiple=True, help="Only these channels; repeatable.")
@click.option("--territory", "territories", multiple=True, help="Only these places; repeatable.")
@click.option("--note", default="")
@always_json
def revoke_command(grant_id: str, **given: Any) -> None:
    """End a grant as its agreement and the basis say, and print what follows."""
    from dataclasses import asdict

    from ugc_hub import licensing

    with opened() as hub, hub.database.write() as session:
        withdrawal = licensing.Withdrawal(**given)
        show(asdict(licensing.revoke(hub, session, SYSTEM, grant_id=grant_id, withdrawal=withdrawal)))


@rights.command("import")
@click.argument("grants", type=click.File("r", encoding="utf-8-sig"))
@click.option("--assets", required=True, type=click.File("r", encoding="utf-8-sig"), help="Sheet of the assets.")
@click.option("--creators", type=click.File("r", encoding="utf-8-sig"), help="Sheet of the creators.")
@click.option("--state", "stated", multiple=True, help="reviewed, no-property or platform-authorised; repeatable.")
@click.option("--evidence-level", type=click.IntRange(0, 2), default=2, show_default=True)
@as_json
def import_command(grants: Any, assets: Any, creators: Any, json_: bool, **given: Any) -> None:
    """Take in a campaign's grants from CSV sheets, all of them or none.

    What the sheets do not say is not assumed: state what you know with --state. See docs/explanation/rights-import.md.
    """
    from dataclasses import asdict

    from ugc_hub import licensing
    from ugc_hub.licensing.importing import STATEMENTS

    wrong = sorted(set(given["stated"]) - set(STATEMENTS))
    if wrong:
        raise Invalid(f"--state is {', '.join(STATEMENTS)}; not {', '.join(wrong)}.", extra={"field": "state"})
    flags = {name.replace("-", "_"): name in given["stated"] for name in STATEMENTS}
    sheets = licensing.read_sheets(grants, assets, creators)
    with opened() as hub:
        done = licensing.import_sheets(
            hub, SYSTEM, sheets, licensing.Stated(**flags, evidence_level=given["evidence_level"])
        )
    if json_:
        show(asdict(done))
        return
    say(
        f"{done.agreements} agreements with {done.grants} grants for {len(done.assets)} assets, "
        f"{done.revoked} revoked, {done.unchanged} rows were here already."
    )


@rights.command("rebuild")
@as_json
def rebuild_command(json_: bool) -> None:
    """Work out anew what may be used of every asset, and tell where something else was kept.

    It is derived from grants and rights facts and is kept up to date with them; there should be no difference. The
    hub may go on working meanwhile.
    """
    from dataclasses import asdict

    from ugc_hub.licensing import rebuild

    with opened() as hub:
        found = rebuild(hub)
    if json_:
        show(asdict(found))
        return
    for asset_id in found.different:
        say(asset_id)
    say(f"{found.assets} assets are open for use; {len(found.different)} differed from what was kept.")


@rights.command("feed")
@click.option("--since", type=click.IntRange(0), default=0, show_default=True, help="Cursor of the last entry read.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@as_json
def feed_command(since: int, limit: int, json_: bool) -> None:
    """List what ended since a cursor, oldest first, in the order in which it was committed."""
    from ugc_hub.licensing import feed

    with opened() as hub, hub.database.read() as session:
        items = feed(session, SYSTEM, since=since, limit=limit)
    if json_:
        show({"items": items, "next_since": items[-1]["cursor"] if items else since})
        return
    for one in items:
        copies = f"{len(one['usages'])} {'copy' if len(one['usages']) == 1 else 'copies'}"
        when = f"{one['cursor']:>8}  {one['kind']:8}  {one['effective_at']}"
        say(f"{when}  {one['asset_id']}  {one['basis']}  {copies}")
