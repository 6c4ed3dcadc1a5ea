"""The feed of changes: everything that alters what is found of an asset is noted, and no note is ever missed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update

from tests.ugc_hub.licensing.rows import cleared
from tests.ugc_hub.rows import asset_row, statements, with_clock
from ugc_hub.database import feed
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetChange, AssetRights, AssetText, Campaign, Creator


def end(hub: Hub) -> int:
    with hub.database.read() as session:
        return feed.upto(hub.database, session)


def noted(hub: Hub, since: int) -> list[str]:
    with hub.database.read() as session:
        found = feed.changes(hub.database, session, since)
    assert found is not None
    return sorted({entry.asset_id for entry in found.entries})


def test_an_asset_is_noted_when_it_comes_changes_and_goes(hub: Hub) -> None:
    start = end(hub)
    one = asset_row(hub, "one.jpg")
    assert noted(hub, start) == [one]
    for change in (update(Asset).values(file_name="two.jpg"), delete(Asset)):
        start = end(hub)
        with hub.database.write() as session:
            session.execute(change)
        assert noted(hub, start) == [one]


def test_a_new_name_of_a_creator_or_campaign_is_noted_for_all_of_their_assets(hub: Hub) -> None:
    ours = sorted(asset_row(hub, f"{number}.jpg", creator="ana", campaign="Summer") for number in range(3))
    asset_row(hub, "other.jpg", creator="bea", campaign="Winter")
    for table, change in ((Creator, {"display_name": "Ana K"}), (Campaign, {"name": "Summer 2030"})):
        column = Creator.handle if table is Creator else Campaign.name
        start = end(hub)
        with hub.database.write() as session:
            session.execute(update(table).where(column.in_(["ana", "Summer"])).values(**change))
        assert noted(hub, start) == ours


def test_what_may_be_done_with_an_asset_is_noted(hub: Hub) -> None:
    one = asset_row(hub)
    start = end(hub)
    with hub.database.write() as session:
        row = session.get(AssetRights, one) or AssetRights(asset_id=one, updated_at=hub.now())
        row.legal_order = True
        session.add(row)
    assert noted(hub, start) == [one]
    start = end(hub)
    cleared(hub, one)
    assert noted(hub, start) == [one]


def test_words_in_an_asset_are_noted_when_they_come_change_and_go(hub: Hub) -> None:
    one = asset_row(hub)
    asset_row(hub, "other.jpg")
    row = {"asset_id": one, "kind": "ocr", "words": "Sale", "language": "", "reader": "", "by_hand": True}
    for change in (
        insert(AssetText).values(**row, changed_at=hub.now()),
        update(AssetText).values(words="Sold"),
        delete(AssetText),
    ):
        start = end(hub)
        with hub.database.write() as session:
            session.execute(change)
        assert noted(hub, start) == [one]


def test_a_place_once_read_is_not_read_again(hub: Hub) -> None:
    asset_row(hub)
    assert noted(hub, end(hub)) == []


@pytest.mark.req("R33")
@pytest.mark.parametrize("hub", ["postgresql"], indirect=True)
def test_a_change_that_commits_after_later_ones_is_not_missed(hub: Hub) -> None:
    first, second = asset_row(hub, "1.jpg"), asset_row(hub, "2.jpg")
    start = end(hub)
    with hub.database.engine.connect() as slow:
        slow.execute(update(Asset).where(Asset.id == first).values(file_name="late.jpg"))
        with hub.database.write() as session:
            session.execute(update(Asset).where(Asset.id == second).values(file_name="early.jpg"))
        place = end(hub)
        assert noted(hub, start) == [second]
        slow.commit()
    assert noted(hub, place) == sorted([first, second])
    assert noted(hub, end(hub)) == []


def test_old_entries_go_and_whoever_has_not_read_them_is_told(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    start = end(hub)
    asset_row(hub)
    with hub.database.write() as session:
        assert feed.prune(hub.database, session, hub.now()) > 0  # this clock stands years ahead of that of the database
    with hub.database.read() as session:
        assert session.scalar(select(AssetChange.id)) is None
        assert feed.changes(hub.database, session, start) is None
    here = end(hub)
    assert noted(hub, here) == []
    late = asset_row(hub, "late.jpg")
    assert noted(hub, here) == [late]
    clock.at -= timedelta(days=3000)
    with hub.database.write() as session:
        assert feed.prune(hub.database, session, hub.now()) == 0


def test_a_place_of_another_database_is_told(hub: Hub) -> None:
    with hub.database.read() as session:
        assert feed.changes(hub.database, session, end(hub) + 1_000_000) is None
        assert feed.changes(hub.database, session, 0) is None


def test_a_change_of_many_assets_is_one_statement(hub: Hub) -> None:
    ids = sorted(asset_row(hub, f"{number}.jpg") for number in range(40))
    start = end(hub)
    with statements(hub) as seen, hub.database.write() as session:
        session.execute(update(Asset).values(kind="video"))
    assert len(seen) == 1
    assert noted(hub, start) == ids


def test_the_triggers_are_there_after_every_migration(hub: Hub) -> None:
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if not hub.database.sqlite:
        names = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with hub.database.read() as session:
        found = {name.partition("_noted")[0] for name in session.scalars(text(names)) if "_noted" in name}
    named = {"creators", "campaigns", "tags", "campaign_fields", "field_values", "submission_forms"}
    assert found == named | {"assets", "asset_rights", "asset_clearances", "asset_tags", "asset_texts"}
