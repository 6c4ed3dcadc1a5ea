"""What happened, and whether the record of it is whole."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from itertools import chain, islice
from typing import Any

import click

from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show

MOST_NAMED = 1000
"""Wrong decisions that are named; more would say nothing more."""
INSTANT = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"))


@click.group()
def audit() -> None:
    """Look at what happened, and check that nobody changed the record."""


@audit.command("verify")
@click.option("--known", metavar="NUMBER:HASH", help="A newest entry that was noted earlier; it must still be there.")
@as_json
def verify_command(known: str | None, json_: bool) -> None:
    """Check every entry, kept decision, grant, proof and copy. Exit status 1 when something is wrong.

    Note the newest entry that is printed in another place: a copy of the database from an earlier day is whole in
    itself, and only such a note tells that it is not today's.
    """
    from ugc_hub.audit import verify
    from ugc_hub.audit.stamping import verify_stamps
    from ugc_hub.licensing import deviations
    from ugc_hub.licensing.evidence import broken_now

    noted = _known(known) if known else None
    with opened() as hub, hub.database.read() as session:
        verdict = verify(session, hub.secret, known=noted)
        wrong = list(islice(chain(deviations(session), broken_now(hub, session)), MOST_NAMED))
        stamps = verify_stamps(session, hub.stamp_roots)
    newest = f"{verdict.head.sequence}:{verdict.head.hash}"
    if json_:
        broken = asdict(verdict.broken) if verdict.broken else None
        shown = {"events": verdict.events, "newest": newest, "broken": broken}
        told = {"count": stamps.count, "wrong": stamps.wrong, "attested": _attested(stamps)}
        show({**shown, "decisions": [asdict(one) for one in wrong], "timestamps": told})
    else:
        say(f"{verdict.events} entries in order; the newest is {newest}.")
        if stamps.newest is not None:
            at = f"{stamps.newest.stamped_at:%Y-%m-%d %H:%M} UTC"
            say(f"{stamps.count} time stamps; the newest attests entry {stamps.newest.sequence} on {at}.")
        first = [verdict.broken.words] if verdict.broken else []
        for line in [*first, *(one.words for one in wrong), *stamps.wrong]:
            say(f"WRONG: {line}")
    if verdict.broken or wrong or stamps.wrong:
        sys.exit(1)


def _attested(stamps: Any) -> dict[str, Any] | None:
    row = stamps.newest
    return None if row is None else {"sequence": row.sequence, "hash": row.hash, "at": row.stamped_at}


@audit.command("stamp")
def stamp_command() -> None:
    """Have the newest entry attested now by the authority of the setting `audit_timestamp_url`."""
    from ugc_hub.errors import Conflict
    from ugc_hub.jobs.stamp import stamp_now

    with opened() as hub:
        if not hub.settings.audit_timestamp_url:
            raise Conflict("No authority is set. See the settings audit_timestamp_url and audit_timestamp_roots.")
        made = stamp_now(hub)
    if made is None:
        say("There is no entry yet.")
    else:
        say(f"Entry {made.sequence} is attested on {made.stamped_at:%Y-%m-%d %H:%M} UTC.")


def _known(text: str) -> Any:
    from ugc_hub.audit import Head

    sequence, _, hash_ = text.partition(":")
    if not sequence.isdecimal() or len(hash_) != 64:
        raise click.BadParameter("write the number and the hash as `audit verify` prints them", param_hint="--known")
    return Head(int(sequence), hash_)


@audit.command("list")
@click.option("--since", type=INSTANT, help="Only entries from this day or instant on (UTC unless it has an offset).")
@click.option("--kind", default="", help="Only this kind, such as asset.received; `asset.` means all that begin so.")
@click.option("--object", "object_id", default="", help="Only what happened to the object of this id.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@as_json
def list_command(since: datetime | None, kind: str, object_id: str, limit: int, json_: bool) -> None:
    """List what happened, newest first."""
    from datetime import UTC

    from ugc_hub.audit import Query, find

    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    with opened() as hub, hub.database.read() as session:
        found = find(session, Query(since, kind, object_id, limit))
    if json_:
        names = ("id", "at", "actor", "kind", "object_id", "body", "hash")
        show({"items": [{name: getattr(event, name) for name in names} for event in found]})
        return
    for event in found:
        say(
            f"{event.id:>8}  {event.at:%Y-%m-%d %H:%M:%S}  {event.actor or 'hub':26}  {event.kind:24} {event.object_id}"
        )
