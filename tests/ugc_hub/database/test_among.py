"""Rows of a list that is one parameter."""

import json

import pytest
from sqlalchemy import Executable, select, union_all

from tests.ugc_hub.rows import asset_row
from ugc_hub.catalog.tiles import _tiles
from ugc_hub.database.among import among
from ugc_hub.hub import Hub
from ugc_hub.licensing.statements import SUBJECTS
from ugc_hub.models import Asset, AssetTag, Tag

STRANGE = ('quo"te', "back\\slash", "Käse 🧀", "a,b", "{}", "null", "")


def test_the_rows_of_a_list_are_found_whatever_its_texts_hold(hub: Hub) -> None:
    with hub.database.write() as session:
        for number, name in enumerate(STRANGE):
            session.add(Tag(id=f"tag_{number}", name=name, folded=name, created_at=hub.now()))
    wanted = select(Tag.name).where(among(Tag.folded, "names"))
    with hub.database.read() as session:
        for some in (STRANGE, STRANGE[:2], STRANGE[-1:], ("none",), ()):
            found = set(session.scalars(wanted, {"names": list(some)}))
            assert found == set(some) - {"none"}


def test_a_list_is_asked_of_several_tables_in_one_statement(hub: Hub) -> None:
    one, other, third = (asset_row(hub) for _ in range(3))
    with hub.database.write() as session:
        session.add(Tag(id="tag_sea", name="sea", folded="sea", created_at=hub.now()))
        session.flush()
        session.add_all(AssetTag(asset_id=asset, tag_id="tag_sea") for asset in (one, third))
    both = union_all(
        select(Asset.id).where(among(Asset.id), Asset.trashed_at.is_(None)),
        select(AssetTag.asset_id).where(among(AssetTag.asset_id)),
    )
    with hub.database.read() as session:
        assert sorted(session.scalars(both, {"ids": [one, other]})) == sorted([one, other, one])


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_sqlite_looks_each_of_a_list_up_in_the_index(hub: Hub) -> None:
    wanted = select(Asset.title).where(among(Asset.id))
    plain = wanted.compile(dialect=hub.database.engine.dialect)
    with hub.database.read() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {plain}", ('["a"]',)).all()
    [told] = [row[3] for row in plan if "assets" in row[3]]
    assert told == "SEARCH assets USING INDEX sqlite_autoindex_assets_1 (id=?)"


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "values", "index"),
    [(SUBJECTS, {"subjects": ["per_1"]}, "ix_grants_subject"), (_tiles(own=True), {"owner": "c"}, "assets_1 (id=?)")],
)
def test_sqlite_begins_with_the_list_and_not_with_all_of_a_kind(
    hub: Hub, statement: Executable, values: dict[str, object], index: str
) -> None:
    with hub.database.read() as session:
        dialect = session.connection().dialect
        made = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        asked = {name: json.dumps(value) for name, value in {"ids": ["ast_1"], **values}.items()}
        given = tuple({**made.params, **asked}[name] for name in made.positiontup)
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {made}", given).all()
    steps = [row[3] for row in plan]
    assert any(index in one for one in steps), steps
    passed = ("ix_grants_reach", "ix_assets_creator", "SCAN assets", "SCAN grants")
    assert [one for one in steps if any(name in one for name in passed)] == []
