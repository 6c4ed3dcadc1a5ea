"""Loads everything that bears on the use of some assets, in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Text, bindparam, cast, literal, select, union_all
from sqlalchemy.orm import Session

from ugc_hub.models import Asset, AssetPerson, AssetRights, DutyFulfilment, GrantAsset, GrantSupersession, Person
from ugc_hub.models import Grant as GrantRow
from ugc_hub.models import Revocation as RevocationRow
from ugc_hub.rights import AssetFacts, DateRefused, Grant, Milestones, Revocation, Window, resolve
from ugc_hub.rights import Person as Shown

from .grants import open_window, to_grant

_COLUMNS = (
    GrantRow.id,
    GrantRow.state,
    cast(GrantRow.body, Text).label("body"),
    GrantRow.starts_at,
    GrantRow.ends_at,
    GrantRow.perpetual,
    GrantRow.evidence_ok,
    GrantRow.counters,
    GrantRow.revoked,
    GrantRow.effect,
)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ROWS = union_all(
    select(*_COLUMNS, GrantAsset.asset_id, literal("named").label("why"))
    .join(GrantAsset, GrantAsset.grant_id == GrantRow.id)
    .where(GrantAsset.asset_id.in_(_IDS)),
    select(*_COLUMNS, literal(None).label("asset_id"), literal("all").label("why")).where(GrantRow.reach == "all"),
    # What takes the place of one of them counts even where it names other assets.
    select(*_COLUMNS, literal(None).label("asset_id"), literal("newer").label("why"))
    .join(GrantSupersession, GrantSupersession.newer_id == GrantRow.id)
    .join(GrantAsset, GrantAsset.grant_id == GrantSupersession.older_id)
    .where(GrantAsset.asset_id.in_(_IDS)),
)
_FACTS = (
    select(Asset.id, Asset.kind, AssetRights)
    .outerjoin(AssetRights, AssetRights.asset_id == Asset.id)
    .where(Asset.id.in_(_IDS))
)
_PEOPLE = (
    select(AssetPerson.asset_id, Person.id, Person.is_adult)
    .join(Person, Person.id == AssetPerson.person_id)
    .where(AssetPerson.asset_id.in_(_IDS))
    .order_by(Person.id)
)


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


def situation(session: Session, asset_ids: Iterable[str]) -> Situation:
    """Load what bears on these assets; ingredients that the assets name are loaded too.

    Two statements, and one more each where there are persons, ingredients, revocations or duties of grants.
    """
    facts = load_facts(session, asset_ids)
    further = {one for fact in facts.values() for one in fact.ingredients} - facts.keys()
    while further:
        facts |= load_facts(session, further)
        further = {one for fact in facts.values() for one in fact.ingredients} - facts.keys() - further
    found: dict[str, Any] = {}
    assets: dict[str, set[str]] = defaultdict(set)
    reaching_all: set[str] = set()
    for row in session.connection().execute(_ROWS, {"ids": sorted(facts)}):
        found[row.id] = row
        if row.why == "named":
            assets[row.id].add(row.asset_id)
        elif row.why == "all":
            reaching_all.add(row.id)
    revocations = _revocations(session, [row.id for row in found.values() if row.revoked])
    grants = []
    windows = {row.id: window for row in found.values() if (window := open_window(row)) is not None}
    for row in found.values():
        every = row.id in reaching_all
        # A prohibition without assets reaches those that show its subject; a permission for all says so.
        reach = (frozenset("*") if row.effect == "permit" else None) if every else frozenset(assets[row.id]) or _NONE
        grants.append(to_grant(row, reach, revocations.get(row.id, ())))
    return Situation(tuple(grants), facts, _fulfilled(session, grants), windows)


def grants_of(session: Session, grant_ids: Iterable[str]) -> list[Grant]:
    """Load grants by id, each with all of its assets; ids that none has are left out."""
    ids = sorted(set(grant_ids))
    assets: dict[str, set[str]] = defaultdict(set)
    for grant_id, asset_id in session.execute(
        select(GrantAsset.grant_id, GrantAsset.asset_id).where(GrantAsset.grant_id.in_(ids))
    ):
        assets[grant_id].add(asset_id)
    rows = session.execute(select(*_COLUMNS, GrantRow.reach).where(GrantRow.id.in_(ids)).order_by(GrantRow.id)).all()
    revocations = _revocations(session, [row.id for row in rows if row.revoked])
    found = []
    for row in rows:
        every = frozenset("*") if row.effect == "permit" else None
        named = frozenset(assets[row.id]) if row.reach == "assets" else every
        found.append(to_grant(row, named, revocations.get(row.id, ())))
    return found


_NONE = frozenset({""})
"""Names no asset, so that a row that was loaded as the newer one of another is about nothing by itself."""


def load_facts(session: Session, asset_ids: Iterable[str]) -> dict[str, AssetFacts]:
    """Load the rights facts of assets by id; assets that do not exist are left out."""
    ids = sorted(set(asset_ids))
    rows = session.connection().execute(_FACTS, {"ids": ids}).all()
    people: dict[str, list[Shown]] = defaultdict(list)
    listed = [row.id for row in rows if row.people_state == "listed"]
    if listed:
        for asset_id, person, is_adult in session.connection().execute(_PEOPLE, {"ids": listed}):
            people[asset_id].append(Shown(person, is_adult))
    return {row.id: _facts(row, tuple(people[row.id])) for row in rows}


def _facts(row: Any, people: tuple[Shown, ...]) -> AssetFacts:
    if row.status is None:
        return AssetFacts(row.id, row.kind)
    return AssetFacts(
        id=row.id,
        kind=row.kind,
        status=row.status,
        digital_source_type=row.digital_source_type,
        has_audio=row.has_audio,
        is_testimonial=row.is_testimonial,
        compensation=row.compensation,
        people=() if row.people_state == "none" else (people or None),
        properties=() if row.property_state == "none" else (tuple(row.properties) or None),
        music=row.music,
        tracks=tuple(row.tracks),
        ingredients=tuple(row.ingredients),
    )


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
    ids = [grant.id for grant in grants if any(duty.phase == "pre" for duty in grant.duties)]
    if not ids:
        return {}
    rows = select(DutyFulfilment.grant_id, DutyFulfilment.duty).where(DutyFulfilment.grant_id.in_(ids))
    return {f"{grant_id}:{duty}": True for grant_id, duty in session.execute(rows)}
