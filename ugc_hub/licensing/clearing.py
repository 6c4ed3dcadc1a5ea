"""Keeps what may be done with assets beside the grants and facts that say it, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from sqlalchemy import delete, exists, func, insert, or_, select, text
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub, crash_point
from ugc_hub.models import AssetClearance, AssetRights, Clearance, ClearanceBox, ClearancePart
from ugc_hub.rights import AssetFacts, Grant
from ugc_hub.rights.compiling import Setting, compiled
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

from .bearing import Bearing
from .canonical import digest
from .encoding import edition, row_of
from .loading import Situation, situation
from .missing import with_parts_in_trash

AT_ONCE = 200
"""Assets that are worked out within the transaction that changes their rights; more of them are left to a job."""
BATCH = 500
JOB = "clear"


def follow(hub: Hub, session: Session, asset_ids: Iterable[str] | None) -> None:
    """Bring what may be done with some assets up to date, in the transaction that changed their rights.

    None is all assets. Too many of them are closed at once and opened again by a job: what is out of date hides an
    asset and never releases it.
    """
    session.flush()
    ids = None if asset_ids is None else with_wholes(session, sorted(set(asset_ids)))
    if ids is None or len(ids) > AT_ONCE:
        _lock_all(hub, session)
        if ids is None:
            session.execute(delete(AssetClearance))
        for some in _some(ids or ()):
            session.execute(delete(AssetClearance).where(AssetClearance.asset_id.in_(some)))
        few = missing(hub, session, AT_ONCE + 1)
        if len(few) > AT_ONCE:
            enqueue(session.connection(), JOB, {})
            return
        ids = few
    elif ids:
        _lock(hub, session, ids)
    if ids:
        project(hub, session, ids)


def missing(hub: Hub, session: Session, limit: int) -> list[str]:
    """Return assets that are open for use and about which nothing is worked out, or for another edition."""
    known = (
        exists()
        .where(AssetClearance.asset_id == AssetRights.asset_id)
        .where(
            or_(
                AssetClearance.clearance_id.is_(None),
                AssetClearance.clearance_id.in_(
                    select(Clearance.id).where(Clearance.edition == edition(hub.settings.party, hub.words))
                ),
            )
        )
    )
    wanted = select(AssetRights.asset_id).where(AssetRights.status == "active", ~known)
    return list(session.scalars(wanted.order_by(AssetRights.asset_id).limit(limit)))


def with_wholes(session: Session, ids: list[str]) -> list[str]:
    """The assets, with those that they are part of."""
    wholes: set[str] = set()
    for some in _some(ids):
        wholes |= set(session.scalars(select(ClearancePart.asset_id).where(ClearancePart.part_id.in_(some))))
    return sorted({*ids, *wholes})


def _lock(hub: Hub, session: Session, ids: list[str]) -> None:
    """Let changes to the same assets follow one another: the second must see what the first one wrote."""
    if hub.database.sqlite:
        return  # whoever writes is alone already
    session.execute(text("SELECT pg_advisory_xact_lock_shared(hashtextextended('clearances', 0))"))
    names = text(
        "SELECT pg_advisory_xact_lock(hashtextextended('clearance:' || name, 0)) "
        "FROM (SELECT name FROM unnest(CAST(:names AS text[])) AS name ORDER BY name) AS names"
    )
    session.execute(names, {"names": ids})


def _lock_all(hub: Hub, session: Session) -> None:
    hub.database.serialise(session, "clearances")


def project(hub: Hub, session: Session, ids: list[str]) -> dict[str, int | None]:
    """Work out some assets anew, whatever is known of them; the caller holds the locks.

    Returns the clearance of each that is open for use.
    """
    works = _Works(hub, situation(session, ids), with_parts_in_trash(session, ids))
    rows = {one: works.rows(one) for one in ids if works.is_open(one)}
    known = _keep(hub, session, [one for one in rows.values() if one is not None])
    found = {one: None if content is None else known[content.sha256] for one, content in rows.items()}
    parts = [{"asset_id": one, "part_id": part} for one in rows for part in works.bearing.parts(one)]
    session.execute(delete(AssetClearance).where(AssetClearance.asset_id.in_(ids)))
    session.execute(delete(ClearancePart).where(ClearancePart.asset_id.in_(ids)))
    if found:
        session.execute(insert(AssetClearance), [{"asset_id": one, "clearance_id": id_} for one, id_ in found.items()])
    if parts:
        session.execute(insert(ClearancePart), parts)
    return found


@dataclass(frozen=True)
class Content:
    """What is allowed in one situation, as rows of boxes."""

    sha256: str
    boxes: list[dict[str, Any]]


@dataclass
class _Works:
    """Works out assets of one situation; what bears on two of them alike is worked out once."""

    hub: Hub
    found: Situation
    binned: frozenset[str] = frozenset()
    """Those of which nothing may leave, whatever the grants say."""
    known: dict[object, Content | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bearing = Bearing(self.found)

    def is_open(self, asset: str) -> bool:
        facts = self.found.facts.get(asset)
        return facts is not None and facts.status == "active"

    def rows(self, asset: str) -> Content | None:
        if asset in self.binned:
            return self._of([])
        bearing = self.bearing.on(asset)
        if any(row.id in self.found.windows for row in bearing):
            return None
        parts = self.bearing.parts(asset)
        seen: object = asset if parts else (_alike(self.found.facts[asset]), tuple(row.id for row in bearing))
        if seen not in self.known:
            self.known[seen] = self._content(asset, bearing)
        return self.known[seen]

    def _content(self, asset: str, bearing: list[Grant]) -> Content | None:
        party = self.hub.settings.party
        setting = Setting(frozenset({party}), self.hub.now(), self.found.duty_state, self.hub.words)
        try:
            boxes, scale = compiled(asset, bearing, self.found.facts, setting)
        except OverflowError:
            return None
        return self._of(sorted((row_of(box, scale) for box in boxes), key=lambda row: sorted(row.items())))

    def _of(self, rows: list[dict[str, Any]]) -> Content:
        plain = [{name: str(value) for name, value in row.items()} for row in rows]
        return Content(digest([str(edition(self.hub.settings.party, self.hub.words)), plain]), rows)


def _alike(facts: AssetFacts) -> AssetFacts:
    return replace(facts, id="")


def _keep(hub: Hub, session: Session, contents: list[Content]) -> dict[str, int]:
    """Keep each content once; return the ids of their clearances."""
    wanted = {one.sha256: one for one in contents}
    known = _ids(session, wanted)
    if len(known) == len(wanted):
        return known
    hub.database.serialise(session, "clearances.new")
    known = _ids(session, wanted)
    number = edition(hub.settings.party, hub.words)
    new = [one for sha256, one in sorted(wanted.items()) if sha256 not in known]
    if new:
        session.execute(insert(Clearance), [{"sha256": one.sha256, "edition": number} for one in new])
        known = _ids(session, wanted)
    boxes = [
        {**box, "clearance_id": known[one.sha256], "number": place, "edition": number}
        for one in new
        for place, box in enumerate(one.boxes)
    ]
    if boxes:
        session.execute(insert(ClearanceBox), boxes)
    return known


def _ids(session: Session, wanted: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in _some(wanted):
        rows = session.execute(select(Clearance.sha256, Clearance.id).where(Clearance.sha256.in_(some)))
        found.update((sha256, number) for sha256, number in rows)
    return found


def _some(values: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(values)
    while some := list(islice(rest, BATCH)):
        yield some


def queue_missing(hub: Hub) -> bool:
    """Ask for a job where something is not worked out, as after an upgrade; return whether there is."""
    with hub.database.write() as session:
        if not missing(hub, session, 1):
            return False
        enqueue(session.connection(), JOB, {}, options=Options(key=JOB))
        return True


def catch_up(hub: Hub) -> int:
    """Work out what is missing, some assets in each transaction; return how many assets that were."""
    done = 0
    while True:
        with hub.database.write() as session:
            _lock_all(hub, session)
            ids = missing(hub, session, BATCH)
            if ids:
                project(hub, session, ids)
            else:
                tidy(session)
                return done
        crash_point("after_cleared")
        done += len(ids)


def tidy(session: Session) -> None:
    """Remove what no asset is in any more; the caller holds the lock of all."""
    used = exists().where(AssetClearance.clearance_id == Clearance.id)
    session.execute(delete(Clearance).where(~used))


@dataclass(frozen=True)
class Rebuilt:
    """What working all of it out anew found: how many assets are open, and which of them had something else."""

    assets: int
    different: list[str]


def rebuild(hub: Hub) -> Rebuilt:
    """Work out every asset anew and tell where it differs from what was kept; nothing should."""
    different: list[str] = []
    seen, after = 0, ""
    while True:
        with hub.database.write() as session:
            _lock_all(hub, session)
            batch = _after(session, after)
            if not batch:
                tidy(session)
                return Rebuilt(seen, different)
            before = dict(
                session.execute(
                    select(AssetClearance.asset_id, func.coalesce(AssetClearance.clearance_id, 0)).where(
                        AssetClearance.asset_id.in_(batch)
                    )
                ).all()
            )
            now = {one: number or 0 for one, number in project(hub, session, batch).items()}
            different += [one for one in batch if before.get(one) != now.get(one)]
            seen += len(now)
            after = batch[-1]


def _after(session: Session, after: str) -> list[str]:
    """The next assets that are open, or that something is kept of."""
    first = select(AssetRights.asset_id).where(AssetRights.status == "active", AssetRights.asset_id > after)
    second = select(AssetClearance.asset_id).where(AssetClearance.asset_id > after)
    found = {
        one
        for wanted in (first.order_by(AssetRights.asset_id), second.order_by(AssetClearance.asset_id))
        for one in session.scalars(wanted.limit(BATCH))
    }
    return sorted(found)[:BATCH]
