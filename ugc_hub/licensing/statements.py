"""The statements that load what bears on the use of some assets, each built once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    CompoundSelect,
    Executable,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

from ugc_hub.database.among import among
from ugc_hub.models import Asset, AssetPerson, AssetRights, Grant, GrantAsset, GrantSupersession, Person

Chosen = Callable[[Any], ColumnElement[bool]]
"""Says which assets are meant, of a column that holds their ids."""
EVERY_ASSET = "*"


def _as_kept(column: Any) -> ColumnElement[Any]:
    """A column as its driver hands it out: rows that were seen before are known by that, and need no conversion."""
    plain = cast(column, Text) if isinstance(column.type, JSON) else type_coerce(column, NullType())
    return plain.label(column.key)


def _absent(column: Any) -> ColumnElement[Any]:
    """Nothing in the place of a column, where the rows of one statement are of two kinds."""
    nothing = cast(null(), Text() if isinstance(column.type, JSON) else column.type)
    return type_coerce(nothing, NullType()).label(column.key)


_GRANT = (
    *(Grant.body, Grant.counters, Grant.id, Grant.state),
    *(Grant.starts_at, Grant.ends_at, Grant.perpetual, Grant.evidence_ok),
    *(Grant.revoked, Grant.effect),
)
ID, ASSET, ANSWERS = 2, len(_GRANT), len(_GRANT) + 1
COLUMNS = tuple(map(_as_kept, _GRANT))
"""What `to_grant` takes; then come whether there are revocations, and the effect.

After these stands the asset that the grant names, or whose answers the row holds in its last column.
"""


class _Together(FunctionElement[str]):
    """Columns as the text of one JSON list: a row of grants then has one column that says nothing, and not twelve."""

    type = Text()
    inherit_cache = True


@compiles(_Together, "sqlite")
def _json_array(element: _Together, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array({compiler.process(element.clauses, **options)})"


@compiles(_Together, "postgresql")
def _json_build_array(element: _Together, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(json_build_array({compiler.process(element.clauses, **options)}) AS TEXT)"


_ANSWERS = _Together(
    *(AssetRights.people_state, AssetRights.property_state, Asset.kind, AssetRights.status),
    *(AssetRights.digital_source_type, AssetRights.has_audio, AssetRights.is_testimonial, AssetRights.compensation),
    *(cast(AssetRights.properties, Text), AssetRights.music),
    *(cast(AssetRights.tracks, Text), cast(AssetRights.ingredients, Text), cast(AssetRights.edits, Text)),
).label("answers")
"""What `to_facts` takes, after the id of the asset."""


def _facts(chosen: Chosen, *before: ColumnElement[Any]) -> Select[Any]:
    rows = select(*before, Asset.id.label("asset_id"), _ANSWERS)
    return rows.outerjoin(AssetRights, AssetRights.asset_id == Asset.id).where(chosen(Asset.id))


def _whole(chosen: Chosen) -> CompoundSelect[Any]:
    """All that bears on assets, but for grants about persons and things; see `WHOLE`."""
    facts = _facts(chosen, *map(_absent, _GRANT))
    named = _grants(GrantAsset.asset_id).join(GrantAsset, GrantAsset.grant_id == Grant.id)
    newer = _newer().join(GrantAsset, GrantAsset.grant_id == GrantSupersession.older_id)
    return union_all(
        facts,
        named.where(chosen(GrantAsset.asset_id)),
        # What takes the place of one of them counts even where it names other assets.
        newer.where(chosen(GrantAsset.asset_id)),
        # What is about all assets that show somebody bears on no other: there may be a release for each of thousands.
        *_everywhere(lambda row: row.subject.is_(None)),
    )


def _everywhere(
    about: Callable[[Any], ColumnElement[bool]], reach: Callable[[Any], Any] = lambda row: row.reach
) -> Iterable[Select[Any]]:
    older = aliased(Grant)
    yield _grants(literal(EVERY_ASSET).label("asset_id")).where(and_(reach(Grant) == "all", about(Grant)))
    newer = _newer().join(older, older.id == GrantSupersession.older_id)
    yield newer.where(and_(reach(older) == "all", about(older)))


def _grants(asset: Any) -> Select[Any]:
    return select(*COLUMNS, asset, cast(null(), Text).label("answers"))


def _newer() -> Select[Any]:
    nothing = type_coerce(cast(null(), GrantAsset.asset_id.type), NullType()).label("asset_id")
    return _grants(nothing).join(GrantSupersession, GrantSupersession.newer_id == Grant.id)


def _one(column: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column == bindparam("ids")
    return condition


# One asset is the usual question, and a list of one would be written out anew for every statement.
WHOLE: tuple[Executable, Executable] = (_whole(_one), _whole(among))
"""Of one asset and of several, `ids`: rows of their facts, without the id of a grant, and rows of grants.

Grants follow that are about all assets, but none about persons and things: those are in `SUBJECTS`.
"""
FACTS: tuple[Executable, Executable] = (_facts(_one), _facts(among))
"""Facts alone: the id of the asset and its answers."""
# Written so that no database begins with all releases, for the sake of their reach: subjects are few.
SUBJECTS: Executable = union_all(
    *_everywhere(lambda row: among(row.subject, "subjects"), lambda row: func.coalesce(row.reach, null()))
)
"""The same rows of grants that are about all assets that show one of `subjects`."""
PEOPLE: Executable = (
    select(AssetPerson.asset_id, Person.id, Person.is_adult)
    .join(Person, Person.id == AssetPerson.person_id)
    .where(among(AssetPerson.asset_id))
    .order_by(Person.id)
)
