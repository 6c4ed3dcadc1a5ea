"""Loads everything that bears on the use of some assets, in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Executable,
    Text,
    and_,
    bindparam,
    cast,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import NullType

from ugc_hub.database import READS
from ugc_hub.models import Asset, AssetPerson, AssetRights, DutyFulfilment, GrantAsset, GrantSupersession, Person
from ugc_hub.models import Grant as GrantRow
from ugc_hub.models import Revocation as RevocationRow
from ugc_hub.rights import AssetFacts, DateRefused, Grant, Milestones, Revocation, Window, resolve
from ugc_hub.rights import Person as Shown

from .rows import to_facts, to_grant
from .terms import open_window

Chosen = Callable[[Any], ColumnElement[bool]]
"""Says which assets are meant, of a column that holds their ids."""


def _as_kept(column: Any) -> ColumnElement[Any]:
    """A column as its driver hands it out: rows that were seen before are known by that, and need no conversion."""
    return type_coerce(column, NullType()).label(column.key)


def _as_text(column: Any) -> ColumnElement[Any]:
    return cast(column, Text).label(column.key)


_COLUMNS = (
    _as_text(GrantRow.body),
    _as_text(GrantRow.counters),
    GrantRow.id,
    GrantRow.state,
    *map(_as_kept, (GrantRow.starts_at, GrantRow.ends_at, GrantRow.perpetual, GrantRow.evidence_ok)),
)
"""What `to_grant` takes; two more columns follow it, and the asset that the grant names."""
_WIDTH = len(_COLUMNS)
_BODY, _ID, _ENDS, _PERPETUAL, _REVOKED, _EFFECT = 0, 2, 5, 6, _WIDTH, _WIDTH + 1
"""Where they stand in a row: by position, because a lookup by name costs as much as reading the row."""
EVERY_ASSET = "*"
_EVERYWHERE = "everywhere"


def _rows(chosen: Chosen, *, subjects: bool) -> CompoundSelect[Any]:
    """Return the statement of all grants that bear on assets; with `subjects` also those about persons and things."""

    def everywhere(row: Any) -> ColumnElement[bool]:
        # What is about all assets that show somebody bears on no other: there may be a release for each of thousands.
        nobody: ColumnElement[bool] = row.subject.is_(None)
        about = row.subject.in_(bindparam("subjects", expanding=True)) if subjects else None
        return and_(row.reach == "all", nobody if about is None else or_(nobody, about))

    columns = (*_COLUMNS, _as_kept(GrantRow.revoked), GrantRow.effect)
    older = aliased(GrantRow)
    newer = select(*columns, literal(None).label("asset_id")).join(
        GrantSupersession, GrantSupersession.newer_id == GrantRow.id
    )
    return union_all(
        select(*columns, GrantAsset.asset_id)
        .join(GrantAsset, GrantAsset.grant_id == GrantRow.id)
        .where(chosen(GrantAsset.asset_id)),
        select(*columns, literal(EVERY_ASSET).label("asset_id")).where(everywhere(GrantRow)),
        # What takes the place of one of them counts even where it names other assets.
        newer.join(GrantAsset, GrantAsset.grant_id == GrantSupersession.older_id).where(chosen(GrantAsset.asset_id)),
        newer.join(older, older.id == GrantSupersession.older_id).where(everywhere(older)),
    )


def _facts_of(chosen: Chosen) -> Executable:
    return (
        select(
            Asset.id,
            AssetRights.people_state,
            AssetRights.property_state,
            Asset.kind,
            AssetRights.status,
            AssetRights.digital_source_type,
            _as_kept(AssetRights.has_audio),
            _as_kept(AssetRights.is_testimonial),
            AssetRights.compensation,
            _as_text(AssetRights.properties),
            AssetRights.music,
            _as_text(AssetRights.tracks),
            _as_text(AssetRights.ingredients),
        )
        .outerjoin(AssetRights, AssetRights.asset_id == Asset.id)
        .where(chosen(Asset.id))
    )


def _one(column: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column == bindparam("ids")
    return condition


def _many(column: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column.in_(bindparam("ids", expanding=True))
    return condition


# One asset is the usual question, and a list of one would be written out anew for every statement.
_ROWS = {subjects: (_rows(_one, subjects=subjects), _rows(_many, subjects=subjects)) for subjects in (False, True)}
_FACTS = (_facts_of(_one), _facts_of(_many))
_PEOPLE = (
    select(AssetPerson.asset_id, Person.id, Person.is_adult)
    .join(Person, Person.id == AssetPerson.person_id)
    .where(_many(AssetPerson.asset_id))
    .order_by(Person.id)
)


def _fetch(session: Session, statements: tuple[Any, Any], ids: list[str], **more: Any) -> Iterable[Any]:
    if len(ids) == 1:
        return session.connection().execute(statements[0], {"ids": ids[0], **more}).all()
    return session.connection().execute(statements[1], {"ids": ids, **more}).all()


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


def situation(session: Session, asset_ids: Iterable[str]) -> Situation:
    """Load what bears on these assets; ingredients that the assets name are loaded too.

    Two statements, and one more each where there are persons, ingredients, revocations or duties of grants.
    """
    facts = load_facts(session, asset_ids)
    further = {one for fact in facts.values() for one in fact.ingredients} - facts.keys()
    while further:
        facts |= load_facts(session, further)
        further = {one for fact in facts.values() for one in fact.ingredients} - facts.keys() - further
    found: dict[str, tuple[Any, ...]] = {}
    assets: dict[str, set[str] | frozenset[str]] = {}
    alone = {one: frozenset({one}) for one in (*facts, EVERY_ASSET)}
    subjects = sorted({one for fact in facts.values() for one in _subjects(fact)})
    about = {"subjects": subjects} if subjects else {}
    for row in _fetch(session, _ROWS[bool(subjects)], sorted(facts), **about):
        grant_id, asset_id = row[_ID], row[-1]
        found[grant_id] = row
        if asset_id is not None:
            named = assets.setdefault(grant_id, alone[asset_id])
            if isinstance(named, set):
                named.add(asset_id)
            elif asset_id not in named:
                assets[grant_id] = {*named, asset_id}
    revocations = _revocations(session, [grant_id for grant_id, row in found.items() if row[_REVOKED]])
    grants = tuple(
        [
            to_grant(row[:_WIDTH], _reach(assets.get(grant_id), row[_EFFECT]), revocations.get(grant_id, ()))
            for grant_id, row in found.items()
        ]
    )
    endless = [(grant_id, row) for grant_id, row in found.items() if not (row[_ENDS] or row[_PERPETUAL])]
    windows = {grant_id: window for grant_id, row in endless if (window := open_window(row[_BODY])) is not None}
    return Situation(grants, facts, _fulfilled(session, grants), windows)


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
    columns = (*_COLUMNS, GrantRow.revoked, GrantRow.effect, GrantRow.reach)
    rows = session.execute(select(*columns).where(GrantRow.id.in_(ids)).order_by(GrantRow.id)).all()
    revocations = _revocations(session, [row.id for row in rows if row.revoked])
    return [
        to_grant(
            tuple(row[:_WIDTH]),
            frozenset(assets[row.id]) if row.reach == "assets" else _reach({EVERY_ASSET}, row.effect),
            revocations.get(row.id, ()),
        )
        for row in rows
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
    rows = _fetch(session, _FACTS, ids) if ids else ()
    listed = [row[0] for row in rows if row[1] == "listed"]
    if not listed:
        return {row[0]: to_facts(tuple(row)) for row in rows}
    people: dict[str, list[Shown]] = defaultdict(list)
    for asset_id, person, is_adult in session.connection().execute(_PEOPLE, {"ids": listed}):
        people[asset_id].append(Shown(person, is_adult))
    return {row[0]: to_facts(tuple(row), tuple(people[row[0]])) for row in rows}


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
