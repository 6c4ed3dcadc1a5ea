"""Versions of a grant compared: what allows nothing new needs no new proof and rests on the old signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.models import Grant, GrantMilestone
from ugc_hub.rights import DateRefused, Malformed, Milestones, narrower, read_grant, write_instant
from ugc_hub.rights import Grant as Rule

from .grants import plain_of
from .terms import read_window, term_of

_SOME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Compared:
    """A new version before it is written: what it says, whether the old proofs do, and what has happened already."""

    plain: dict[str, Any]
    proven: bool
    so_far: Milestones


def compare(
    hub: Hub, session: Session, old: Grant, *, plain: Mapping[str, Any], signed_at: datetime | None
) -> Compared:
    """Look at what a new version of `old` would say; `signed_at` is when it was signed, None: nobody said.

    What allows nothing new is a promise kept in part, not a new one. So it keeps the day of the old signature: groups
    of countries go on meaning what they meant then, and no exclusive grant of the time between comes before it.
    """
    happened = happened_to(session, old.id)
    before = plain_of(old)
    kept = {**plain, "signed_at": before.get("signed_at"), "evidence_ok": True}
    if old.evidence_ok and allows_nothing_new(hub, before, kept, happened):
        return Compared(kept, True, happened)
    if plain.get("window") is None or plain.get("window") != before.get("window"):
        happened = Milestones()
    # A prohibition needs no signature: where none is given, its groups of countries go on meaning what they meant.
    unsigned = signed_at is None and old.effect == "prohibit"
    signed = before.get("signed_at") if unsigned else write_instant(signed_at or hub.now())
    # What began the term has happened whoever signs what later; a limit that was reached may be a higher one now.
    so_far = replace(happened, cap_reached_at=None)
    return Compared({**plain, "signed_at": signed, "evidence_ok": False}, False, so_far)


def happened_to(session: Session, grant_id: str) -> Milestones:
    """Return what began or ended the term of a grant so far."""
    rows = session.scalars(select(GrantMilestone).where(GrantMilestone.grant_id == grant_id))
    return Milestones(**{f"{one.name}_at": one.at for one in rows})


def allows_nothing_new(hub: Hub, old: Mapping[str, Any], new: Mapping[str, Any], so_far: Milestones) -> bool:
    """Whether a plain grant in the place of another one allows no use that the other did not; see `rights.narrower`."""
    try:
        first, second = _read(hub, old, so_far), _read(hub, new, so_far)
        if _known(first) and _known(second):
            return narrower(second, first)
        if not _shorter(new.get("window"), old.get("window")):
            return False
    except (DateRefused, Malformed, TypeError):  # refused when it is written
        return False
    # Both wait for the same event, and the terms were compared in words.
    alike: dict[str, Any] = {"starts_at": _SOME, "ends_at": None, "perpetual": True}
    return narrower(replace(second, **alike), replace(first, **alike))


def _read(hub: Hub, plain: Mapping[str, Any], so_far: Milestones) -> Rule:
    """Return a plain grant with its term as things stand."""
    read = read_grant({**plain, "id": "version"})
    term = term_of(plain, replace(so_far, signed_at=read.signed_at), hub.now())
    return replace(read, starts_at=term.starts_at, ends_at=term.ends_at, perpetual=term.perpetual)


def _known(grant: Rule) -> bool:
    return grant.starts_at is not None and (grant.ends_at is not None or grant.perpetual)


def _shorter(new: Mapping[str, Any] | None, old: Mapping[str, Any] | None) -> bool:
    """Whether a term in words lies within another one, whenever the event happens with which both begin."""
    if not new or not old:
        return False
    one, two = read_window(new), read_window(old)
    alike = (one.trigger, one.zone) == (two.trigger, two.zone) and one.perpetual <= two.perpetual
    length = two.count is None or (one.unit == two.unit and one.count is not None and one.count <= two.count)
    ends = two.until is None or (one.until is not None and one.until <= two.until)
    begins = two.start is None or (one.start is not None and one.start >= two.start)
    return alike and length and ends and begins
