"""Which grants of agreements hold: a version changes what it takes the place of and leaves the rest of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.models import Grant, GrantSupersession
from ugc_hub.rights import read_instant


@dataclass(frozen=True)
class Clause:
    """A grant of an agreement, with the number of the version that brought it."""

    agreement_id: str
    number: int
    grant: Grant

    @property
    def about(self) -> tuple[str | None, ...]:
        """What a later version that was written as a whole stands for."""
        return self.agreement_id, self.grant.layer, self.grant.subject


def replaced(session: Session, ids: Iterable[str], now: datetime) -> set[str]:
    """Return those of some grants in whose place an active one stands that was signed by `now`."""
    newer = select(GrantSupersession.older_id, Grant).join(Grant, Grant.id == GrantSupersession.newer_id)
    rows = session.execute(newer.where(GrantSupersession.older_id.in_(sorted(ids)), Grant.state == "active"))
    signed = [(older, read_instant(grant.body.get("signed_at"))) for older, grant in rows]
    return {older for older, at in signed if at is None or at <= now}


def standing(session: Session, clauses: Sequence[Clause], now: datetime) -> list[Grant]:
    """Return the grants among active clauses of agreements that reach what is new.

    A new version of one grant leaves the others of its contract as they are, and one that waits for its proof changes
    nothing. A version that was written as a whole, whose permissions take the place of none by name, stands for those
    of earlier versions on the same layer and subject.
    """
    ids = [one.grant.id for one in clauses]
    gone = replaced(session, ids, now)
    named = set(session.scalars(select(GrantSupersession.newer_id).where(GrantSupersession.newer_id.in_(ids))))
    whole: dict[tuple[str | None, ...], int] = {}
    for one in clauses:
        if one.grant.effect == "permit" and one.grant.id not in named:
            whole[one.about] = max(one.number, whole.get(one.about, 0))
    left = [one for one in clauses if one.grant.id not in gone]
    return [one.grant for one in left if one.grant.effect != "permit" or one.number >= whole.get(one.about, 0)]


def successors(session: Session, ids: Iterable[str]) -> list[str]:
    """Return the versions that took the place of some grants, or will: what is used up is used up for them as well."""
    found: dict[str, None] = {}
    newest = list(ids)
    while newest:
        newer = select(Grant.id).join(GrantSupersession, GrantSupersession.newer_id == Grant.id)
        rows = session.scalars(newer.where(GrantSupersession.older_id.in_(newest), Grant.state != "rejected"))
        newest = [one for one in rows.all() if one not in found]
        found.update(dict.fromkeys(newest))
    return sorted(found)


def waiting(session: Session, ids: Iterable[str]) -> list[str]:
    """Return the grants that will take the place of some that hold now: what comes meanwhile belongs to them too."""
    found: dict[str, None] = {}
    newest = list(ids)
    while newest:
        newer = select(Grant).join(GrantSupersession, GrantSupersession.newer_id == Grant.id)
        rows = session.scalars(newer.where(GrantSupersession.older_id.in_(newest)).order_by(Grant.id))
        newest = [row.id for row in rows if row.state != "rejected" and row.reach == "assets" and row.id not in found]
        found.update(dict.fromkeys(newest))
    return list(found)
