"""Running totals of impressions and spend, as somebody states them; where one reaches its cap, the term ends.

A source (a platform, a report) says how much it has counted up to a day. The counter of a cap is what was counted so
far plus the newest total of each source, so that the same report may come in as often as it likes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Grant, GrantMilestone, GrantSupersession, GrantTotal
from ugc_hub.rights import write_instant

from .changes import grants_changed
from .milestones import ENDING, locked, put

MOST = 10**15
"""The largest total: a thousand million in money, as millionths."""
LONGEST_SOURCE = 100


@dataclass(frozen=True)
class Total:
    """What one source has counted up to the end of a day (UTC), since the beginning; None is not stated."""

    source: str
    day: date
    impressions: int | None = None
    spend_micros: int | None = None

    def numbers(self) -> dict[str, int]:
        """Return what is stated, by counter."""
        return {name: number for name in ENDING if (number := getattr(self, name)) is not None}


def state_total(hub: Hub, session: Session, actor: Actor, *, grant_id: str, total: Total) -> GrantTotal:
    """Keep a running total of a grant, and end its term at the instant where a cap was reached.

    The same source and day again takes the place of what was stated; the same numbers change nothing. Where a
    correction takes a total below its cap again, the term goes on as agreed. It counts for later versions of the grant
    as well.

    Raises:
        Invalid: the source or a number is none, the day lies ahead, or a total is less than on an earlier day (code
            `total_fell`).
        NotFound: there is no such grant.
    """
    require(actor, "rights.edit")
    total = _checked(hub, total)
    grant = locked(hub, session, grant_id)
    caps = caps_of(grant)
    if not set(caps) & set(total.numbers()):
        words = (
            "This grant has no limit on what is stated." if caps else "This grant has no limit of impressions or spend."
        )
        raise Invalid(words, extra={"field": "impressions"})
    before = _rows(session, grant_id)
    row = next((one for one in before if (one.source, one.day) == (total.source, total.day)), None)
    if row is not None and all(getattr(row, name) == number for name, number in total.numbers().items()):
        return row
    _growing(before, total)
    sums, reached = _sums(before), _reached(grant, caps, before)
    if row is None:
        row = GrantTotal(
            id=hub.new_id("tot"), created_at=hub.now(), grant_id=grant_id, source=total.source, day=total.day
        )
        session.add(row)
    row.at, row.by = min(hub.now(), _end_of(total.day)), actor.user_id
    for name, number in total.numbers().items():
        setattr(row, name, number)
    session.flush()
    details = {"total": row.id, "day": row.day.isoformat(), **total.numbers()}
    record(session, hub.now(), "grant.total", grant_id, actor=actor.user_id, **details)
    _count(hub, session, actor, grant=grant, caps=caps, sums=sums, known=reached)
    for newer in _newer(session, grant_id):
        if set(caps_of(newer)) & set(total.numbers()):
            state_total(hub, session, actor, grant_id=newer.id, total=total)
    return row


def _newer(session: Session, grant_id: str) -> Sequence[Grant]:
    wanted = select(Grant).join(GrantSupersession, GrantSupersession.newer_id == Grant.id)
    return session.scalars(wanted.where(GrantSupersession.older_id == grant_id, Grant.state != "rejected")).all()


def carry_totals(hub: Hub, session: Session, actor: Actor, *, old_id: str, rows: Sequence[Grant]) -> None:
    """Let new versions of a grant know what was stated for the old one, and end those whose limit is used up already.

    Their counters hold these totals; without them the next report of a source would be counted on top.
    """
    for row in rows:
        caps, names = caps_of(row), [column.name for column in GrantTotal.__table__.columns]
        for one in _rows(session, old_id) if caps else ():
            values = {name: getattr(one, name) for name in names}
            session.add(GrantTotal(**{**values, "id": hub.new_id("tot"), "grant_id": row.id}))
        session.flush()
        full = [name for name, cap in caps.items() if row.counters.get(name, 0) >= cap]
        if full and session.get(GrantMilestone, (row.id, "cap_reached")) is None:
            at = _reached(row, caps, _rows(session, row.id)) or hub.now()
            record(session, hub.now(), "grant.cap_reached", row.id, caps=sorted(full), counters=dict(row.counters))
            put(hub, session, actor, row=row, name="cap_reached", at=at)


def _checked(hub: Hub, total: Total) -> Total:
    source = " ".join(total.source.split())
    if not 0 < len(source) <= LONGEST_SOURCE or not source.isprintable():
        raise Invalid("Say where the numbers come from, such as “Meta Ads”.", extra={"field": "source"})
    if total.day > hub.now().astimezone(UTC).date():
        raise Invalid("A total cannot be stated for a day that lies ahead.", extra={"field": "date"})
    if not total.numbers():
        raise Invalid("State the impressions, the spend, or both.", extra={"field": "impressions"})
    for name, number in total.numbers().items():
        if isinstance(number, bool) or not 0 <= number <= MOST:
            raise Invalid(f"A total is a number from 0 to {MOST:,}.", extra={"field": name})
    return Total(source, total.day, total.impressions, total.spend_micros)


def caps_of(grant: Grant) -> dict[str, int]:
    """Return the caps whose counters totals are stated for."""
    return {name: int(cap) for name in ENDING if (cap := grant.body.get(f"max_{name}")) is not None}


def _rows(session: Session, grant_id: str) -> Sequence[GrantTotal]:
    wanted = select(GrantTotal).where(GrantTotal.grant_id == grant_id).order_by(GrantTotal.day, GrantTotal.id)
    return session.scalars(wanted).all()


def totals_of(session: Session, actor: Actor, grant_id: str, *, limit: int = 100) -> list[GrantTotal]:
    """Return the totals that were stated for a grant, the newest days first."""
    require(actor, "rights.view")
    wanted = select(GrantTotal).where(GrantTotal.grant_id == grant_id)
    return list(session.scalars(wanted.order_by(GrantTotal.day.desc(), GrantTotal.id.desc()).limit(limit)))


def _growing(rows: Iterable[GrantTotal], total: Total) -> None:
    """Refuse the numbers of a day where those since the beginning are meant."""
    for one in rows:
        if one.source != total.source or one.day == total.day:
            continue
        earlier = one.day < total.day
        for name, number in total.numbers().items():
            other = getattr(one, name)
            if other is not None and (number < other if earlier else number > other):
                field = name.removesuffix("_micros")
                stated = f"{'were' if field == 'impressions' else 'was'} stated {'higher' if earlier else 'lower'}"
                words = (
                    f"A running total only grows, and {field} of {one.source} on {one.day} {stated} than this. "
                    "State everything since the beginning, or correct that day first."
                )
                raise Invalid(words, code="total_fell", extra={"field": name})


def _sums(rows: Iterable[GrantTotal]) -> dict[str, int]:
    """Add up the newest total of each source; `rows` are in the order of their days."""
    newest: dict[tuple[str, str], int] = {}
    for one in rows:
        for name in ENDING:
            number = getattr(one, name)
            if number is not None:
                newest[name, one.source] = number
    sums: dict[str, int] = defaultdict(int)
    for (name, _), number in newest.items():
        sums[name] += number
    return dict(sums)


def _reached(grant: Grant, caps: Mapping[str, int], rows: Sequence[GrantTotal]) -> datetime | None:
    """Return the first instant at which one of the counters is known to have reached its cap."""
    sums = _sums(rows)
    full = {name: cap for name, cap in caps.items() if name in sums and grant.counters.get(name, 0) >= cap}
    rest = {name: grant.counters.get(name, 0) - sums[name] for name in full}
    seen: list[GrantTotal] = []
    for one in sorted(rows, key=lambda one: (one.at, one.day, one.id)):
        seen.append(one)
        so_far = _sums(sorted(seen, key=lambda one: (one.day, one.id)))
        if any(rest[name] + so_far.get(name, 0) >= cap for name, cap in full.items()):
            return one.at
    return None


def _count(
    hub: Hub,
    session: Session,
    actor: Actor,
    *,
    grant: Grant,
    caps: Mapping[str, int],
    sums: Mapping[str, int],
    known: datetime | None,
) -> None:
    """Bring the counters up to date, and the term where a cap was reached, earlier, or not after all."""
    rows = _rows(session, grant.id)
    counters = dict(grant.counters)
    for name, number in _sums(rows).items():
        if name in caps:
            counters[name] = counters.get(name, 0) - sums.get(name, 0) + number
    full = [name for name, cap in caps.items() if counters.get(name, 0) >= cap > grant.counters.get(name, 0)]
    grant.counters = counters
    session.flush()
    if full:
        record(session, hub.now(), "grant.cap_reached", grant.id, caps=sorted(full), counters=counters)
    at = _reached(grant, caps, rows)
    kept = session.get(GrantMilestone, (grant.id, "cap_reached"))
    # What somebody stated as the instant, in other words than totals, stays.
    stated = kept is not None and kept.at != known
    if at != known and not (stated and (at is None or (kept is not None and kept.at <= at))):
        put(hub, session, actor, row=grant, name="cap_reached", at=at)
    else:
        grants_changed(hub, session, [grant.id])


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def plain_total(row: GrantTotal) -> dict[str, Any]:
    """Return a total as plain values."""
    names = ("id", "grant_id", "source", "impressions", "spend_micros", "by", "created_at")
    return {name: getattr(row, name) for name in names} | {"date": row.day.isoformat(), "at": write_instant(row.at)}
