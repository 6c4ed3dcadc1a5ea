"""Loads everything that bears on the use of some assets, in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from ugc_hub.database import READS
from ugc_hub.models import DutyFulfilment, GrantAsset
from ugc_hub.models import Grant as GrantRow
from ugc_hub.models import Revocation as RevocationRow
from ugc_hub.rights import AssetFacts, DateRefused, Grant, Milestones, Revocation, Window, resolve
from ugc_hub.rights import Person as Shown

from .rows import lists_people, to_facts, to_grant
from .statements import ANSWERS, ASSET, COLUMNS, EVERY_ASSET, FACTS, ID, PEOPLE, SUBJECTS, WHOLE
from .terms import open_window

_EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class Situation:
    """The rows that answer questions about some assets: the input of `rights.decide`."""

    grants: tuple[Grant, ...]
    facts: Mapping[str, AssetFacts]
    duty_state: Mapping[str, bool]
    """`grant:duty` of what was fulfilled."""
    windows: Mapping[str, Window] = field(default_factory=dict)
    """By grant: terms that begin with a first publication which has not happened."""

    def settled(self, at: datetime) -> Situation:
        """Return the rows as they answer a question about `at`: a use asked for then would be the first publication."""
        if not self.windows or at.utcoffset() is None:
            return self
        return replace(self, grants=tuple(self._settle(grant, at) for grant in self.grants), windows={})

    def _settle(self, grant: Grant, at: datetime) -> Grant:
        window = self.windows.get(grant.id)
        if window is None:
            return grant
        try:
            return replace(grant, ends_at=resolve(window, Milestones(signed_at=grant.signed_at), at).ends_at)
        except DateRefused:  # beyond the calendar: the end stays unknown, which allows nothing
            return grant


def for_all_assets(session: Session) -> Situation:
    """Load what bears on all assets, in one statement; a session that only reads has one state and is asked once."""
    known = session.info.get(_EVERYWHERE)
    if isinstance(known, Situation):
        return known
    found = situation(session, ())
    if session.info.get(READS):
        session.info[_EVERYWHERE] = found
    return found


def situation(session: Session, asset_ids: Iterable[str], *, beds: Iterable[str] = ()) -> Situation:
    """Load what bears on these assets, with some tracks laid under them; ingredients that they name are loaded too.

    One statement, one more where there are persons, properties or tracks, and one each where there are ingredients,
    persons, revocations or duties of grants.
    """
    wanted = set(asset_ids)
    rows = list(_fetch(session, WHOLE, sorted(wanted)))
    facts = _to_facts(session, _asked(rows))
    while further := {one for fact in facts.values() for one in fact.ingredients} - wanted:
        wanted |= further
        more = _fetch(session, WHOLE, sorted(further))
        facts |= _to_facts(session, _asked(more))
        rows += more
    subjects = sorted({*beds, *(one for fact in facts.values() for one in _subjects(fact))})
    if subjects:
        rows += session.connection().execute(SUBJECTS, {"subjects": subjects}).all()
    return _situation(session, rows, facts)


def _asked(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Return of the rows of one statement those that hold the answers about an asset."""
    return [(row[ASSET], row[ANSWERS]) for row in rows if row[ID] is None]


def _situation(session: Session, rows: Iterable[Any], facts: dict[str, AssetFacts]) -> Situation:
    found: dict[str, tuple[tuple[Any, ...], str]] = {}
    assets: dict[str, set[str] | frozenset[str]] = {}
    alone = {one: frozenset({one}) for one in (*facts, EVERY_ASSET)}
    revoked: list[str] = []
    windows: dict[str, Window] = {}
    # All members of a row at once: each by its place or name costs as much as all of them.
    for body, counters, grant_id, state, starts, ends, perpetual, proven, ended, effect, asset_id, _ in rows:
        if grant_id is None:
            continue
        if asset_id is not None:
            named = assets.setdefault(grant_id, alone[asset_id])
            if isinstance(named, set):
                named.add(asset_id)
            elif asset_id not in named:
                assets[grant_id] = {*named, asset_id}
        if grant_id in found:
            continue
        found[grant_id] = ((body, counters, grant_id, state, starts, ends, perpetual, proven), effect)
        if ended:
            revoked.append(grant_id)
        if not (ends or perpetual) and (window := open_window(body)) is not None:
            windows[grant_id] = window
    revocations = _revocations(session, revoked)
    grants = tuple(
        [
            to_grant(row, _reach(assets.get(grant_id), effect), revocations.get(grant_id, ()))
            for grant_id, (row, effect) in found.items()
        ]
    )
    return Situation(grants, facts, _fulfilled(session, grants), windows)


def _fetch(session: Session, statements: tuple[Executable, Executable], ids: list[str]) -> Sequence[Any]:
    if len(ids) == 1:
        return session.connection().execute(statements[0], {"ids": ids[0]}).all()
    return session.connection().execute(statements[1], {"ids": ids}).all()


def _subjects(fact: AssetFacts) -> Iterable[str]:
    """Return the persons, properties and tracks that an asset is said to show or to let be heard."""
    return (*(one.id for one in fact.people or ()), *(fact.properties or ()), *fact.tracks)


def grants_of(session: Session, grant_ids: Iterable[str]) -> list[Grant]:
    """Load grants by id, each with all of its assets; ids that none has are left out."""
    ids = sorted(set(grant_ids))
    assets: dict[str, set[str]] = defaultdict(set)
    for grant_id, asset_id in session.execute(
        select(GrantAsset.grant_id, GrantAsset.asset_id).where(GrantAsset.grant_id.in_(ids))
    ):
        assets[grant_id].add(asset_id)
    columns = (*COLUMNS, GrantRow.reach)
    rows = session.execute(select(*columns).where(GrantRow.id.in_(ids)).order_by(GrantRow.id)).all()
    revocations = _revocations(session, [row.id for row in rows if row.revoked])
    return [
        to_grant(
            tuple(stated),
            frozenset(assets[stated[ID]]) if reach == "assets" else _reach({EVERY_ASSET}, effect),
            revocations.get(stated[ID], ()),
        )
        for *stated, _, effect, reach in rows
    ]


_NONE = frozenset({""})
"""Names no asset, so that a row that was loaded as the newer one of another is about nothing by itself."""


def _reach(assets: set[str] | frozenset[str] | None, effect: str) -> frozenset[str] | None:
    if assets is None:
        return _NONE
    if EVERY_ASSET not in assets:
        return frozenset(assets)
    # A prohibition without assets reaches those that show its subject; a permission for all says so.
    return frozenset({EVERY_ASSET}) if effect == "permit" else None


def load_facts(session: Session, asset_ids: Iterable[str]) -> dict[str, AssetFacts]:
    """Load the rights facts of assets by id; assets that do not exist are left out."""
    ids = sorted(set(asset_ids))
    return _to_facts(session, _fetch(session, FACTS, ids)) if ids else {}


def _to_facts(session: Session, rows: Sequence[Any]) -> dict[str, AssetFacts]:
    listed = [asset_id for asset_id, answers in rows if lists_people(answers)]
    if not listed:
        return {asset_id: to_facts(asset_id, answers) for asset_id, answers in rows}
    people: dict[str, list[Shown]] = defaultdict(list)
    for asset_id, person, is_adult in session.connection().execute(PEOPLE, {"ids": listed}).all():
        people[asset_id].append(Shown(person, is_adult))
    return {asset_id: to_facts(asset_id, answers, tuple(people[asset_id])) for asset_id, answers in rows}


def _revocations(session: Session, grant_ids: list[str]) -> dict[str, tuple[Revocation, ...]]:
    if not grant_ids:
        return {}
    found: dict[str, list[Revocation]] = defaultdict(list)
    rows = select(RevocationRow).where(RevocationRow.grant_id.in_(grant_ids)).order_by(RevocationRow.id)
    for row in session.scalars(rows):
        channels = None if row.channels is None else frozenset(row.channels)
        places = None if row.territories is None else frozenset(row.territories)
        found[row.grant_id].append(Revocation(row.effective_at, row.basis, channels, places))
    return {grant_id: tuple(rows) for grant_id, rows in found.items()}


def _fulfilled(session: Session, grants: Iterable[Grant]) -> dict[str, bool]:
    ids = [grant.id for grant in grants if grant.beforehand]
    if not ids:
        return {}
    rows = select(DutyFulfilment.grant_id, DutyFulfilment.duty).where(DutyFulfilment.grant_id.in_(ids))
    return {f"{grant_id}:{duty}": True for grant_id, duty in session.execute(rows)}
