"""The state of the index, in words that say what to do next, and searches that go on whatever it is."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.ugc_hub.rows import asset_row, with_clock
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Search
from ugc_hub.catalog.condition import Condition, condition
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.database import feed
from ugc_hub.hub import Hub
from ugc_hub.jobs.doctor import examine
from ugc_hub.jobs.following import Follower
from ugc_hub.models import AssetChange, Meta
from ugc_hub.search import holding


def doctor(hub: Hub, *, deep: bool = False) -> tuple[str, str]:
    """How bad the doctor finds the index, and what it says."""
    [found] = [one for one in examine(hub, deep=deep) if one.code == "index"]
    return found.level, found.message


def finds(hub: Hub) -> tuple[bool, int]:
    """Whether a search has an index, and how many it finds."""
    found = catalog.search(hub, SYSTEM, Search("beach"))
    return found.indexed, len(found.items)


def test_a_hub_without_assets_misses_no_index(hub: Hub) -> None:
    assert (condition(hub).state, condition(hub).searched) == ("ready", False)
    assert doctor(hub)[0] == "ok"


def test_an_index_that_is_missing_is_told_with_what_makes_one(hub: Hub) -> None:
    asset_row(hub, "beach.jpg")
    assert condition(hub).state == "missing"
    assert doctor(hub)[0] == "warning"
    assert "ugc-hub reindex" in doctor(hub)[1]
    assert finds(hub) == (False, 1)
    rebuild(hub)
    assert condition(hub) == Condition("ready", "The index of the search is whole.", True)
    assert doctor(hub, deep=True) == ("ok", "The index of the search is whole. 0 changes wait.")
    assert finds(hub) == (True, 1)


def test_a_new_index_is_told_with_what_is_done_of_it_while_the_one_before_answers(hub: Hub) -> None:
    for number in range(3):
        asset_row(hub, f"beach {number}.jpg")
    seen: list[Condition] = []
    for _ in range(2):
        seen.append(condition(hub))
        rebuild(hub, lambda _: seen.append(condition(hub)))
    assert [(one.state, one.share, one.searched) for one in seen] == [
        ("missing", None, False),
        ("building", 1.0, False),
        ("ready", None, True),
        ("building", 1.0, True),
    ]
    assert "100 % are done" in seen[1].message
    assert condition(hub).state == "ready"


def test_the_share_follows_and_a_builder_that_was_killed_is_not_taken_for_one(hub: Hub) -> None:
    asset_row(hub)
    with hub.index.locked("build"):
        assert (condition(hub).state, condition(hub).share) == ("building", 0.0)
        hub.index.tell(1, 4)
        assert (condition(hub).share, doctor(hub)[0]) == (0.25, "ok")
        assert "25 % are done" in doctor(hub)[1]
    assert condition(hub).state == "missing"


@pytest.mark.parametrize("harm", ["stamp", "files", "folder", "no folder", "asked"])
def test_a_damaged_index_is_told_and_names_are_searched_until_another_is_there(hub: Hub, harm: str) -> None:
    asset_row(hub, "beach.jpg")
    rebuild(hub)
    hub.index.close()
    folder = hub.index.folder
    stamp = next(folder.rglob("stamp.json"))
    if harm == "stamp":
        stamp.write_text("{")
    elif harm == "files":
        for path in stamp.parent.glob("*.store"):
            path.write_bytes(path.read_bytes()[:-4])
    elif harm == "folder":
        shutil.rmtree(stamp.parent)
    elif harm == "no folder":
        shutil.rmtree(folder)
        folder.write_text("in the way")
    else:
        hub.index.ask_anew()
    found = condition(hub)
    assert (found.state, found.searched, bool(found.reason)) == ("damaged", False, True)
    assert "cannot be opened" in found.message
    assert "ugc-hub reindex" in found.message
    assert doctor(hub)[0] == "error"
    if harm != "asked":
        assert finds(hub) == (False, 1)
    if harm == "no folder":
        folder.unlink()
    assert Follower(hub).step() == 1
    assert (condition(hub).state, finds(hub)) == ("ready", (True, 1))


def test_an_index_that_is_behind_is_told_with_the_number_of_changes(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset_row(hub, "beach.jpg")
    rebuild(hub)
    for _ in range(2):
        asset_row(hub)
    with hub.database.write() as session:
        session.execute(update(AssetChange).values(at=int(hub.now().timestamp())))
    waiting = condition(hub).waiting
    assert waiting
    assert condition(hub).state == "ready"
    clock.at += timedelta(minutes=2)
    assert (condition(hub).state, condition(hub).waiting, condition(hub).searched) == ("behind", waiting, True)
    assert doctor(hub)[0] == "warning"
    assert f"behind by {waiting} changes" in doctor(hub)[1]
    assert "ugc-hub worker" in doctor(hub)[1]
    Follower(hub).step()
    assert condition(hub).state == "ready"
    with hub.database.write() as session:
        session.merge(Meta(name=feed.PRUNED, value=str(feed.upto(hub.database, session) + 1)))
    assert (condition(hub).state, condition(hub).waiting) == ("behind", None)
    assert "ugc-hub reindex" in doctor(hub)[1]


def test_what_is_told_of_a_new_index_survives_what_somebody_else_wrote_there(hub: Hub) -> None:
    with hub.index.locked("build"):
        (hub.index.folder / holding._BUILDING).write_text("soon")
        assert hub.index.building() == (0, 0)
    assert hub.index.building() is None
