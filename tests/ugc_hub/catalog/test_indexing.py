"""The index follows the records, whatever happens in between."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from tests.ugc_hub.rows import asset_row, facts_of, statements, with_clock
from tests.ugc_hub.submissions.acts import begun, give, handed_in
from tests.waiting import wait_until
from ugc_hub.catalog.documents import documents
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub
from ugc_hub.jobs.following import Follower
from ugc_hub.jobs.indexer import Indexer
from ugc_hub.models import Asset, AssetRights, Creator
from ugc_hub.search.documents import FACETS
from ugc_hub.search.engine import Request, Result, Sight
from ugc_hub.search.errors import Corrupt
from ugc_hub.search.language import Clock, parse
from ugc_hub.search.naming import colour_name, colour_names
from ugc_hub.search.places import LAYOUT

EVERYTHING = Sight(everything=True)


def found(hub: Hub, words: str = "") -> list[str]:
    reading = parse(words, Clock(hub.now()))
    return [hit.id for hit in hub.index.engine().search(Request(EVERYTHING, reading.tree)).hits]


def everything(hub: Hub) -> Result:
    return hub.index.engine().search(Request(EVERYTHING, facets=FACETS))


def test_nothing_is_opened_as_long_as_there_is_nothing_to_index(hub: Hub) -> None:
    assert Follower(hub).step() == 0
    assert not (hub.index.folder / "tantivy").exists()


def test_the_first_step_builds_and_the_next_ones_follow(hub: Hub) -> None:
    one = asset_row(hub, "beach-sunset.jpg", creator="ana", campaign="Summer")
    follower = Follower(hub)
    assert follower.step() == 1
    assert found(hub, "sunset creator:@ana campaign:summer kind:image orientation:landscape") == [one]
    two = asset_row(hub, "mountain.jpg")
    assert follower.step() == 1
    assert found(hub, "mountain") == [two]
    assert follower.step() == 0
    with hub.database.write() as session:
        session.execute(update(Creator).values(display_name="Ana Kowalski"))
        session.execute(delete(Asset).where(Asset.id == two))
    follower.step()
    assert found(hub, "kowalski") == [one]
    assert found(hub) == [one]


def test_an_asset_is_submitted_when_it_was_handed_in_and_not_when_the_file_was_sent(hub: Hub) -> None:
    other = asset_row(hub, "lake.jpg")
    form = begun(hub)
    sent = give(hub, form)
    follower = Follower(hub)
    follower.step()
    assert found(hub, "submitted:today") == [other]
    handed_in(hub, form)
    while follower.step():
        pass
    assert sorted(found(hub, "submitted:today has:submitted")) == sorted([other, sent])
    assert found(hub, "submitted:<today") == []


def test_what_was_erased_is_gone(hub: Hub) -> None:
    asset_row(hub)
    follower = Follower(hub)
    follower.step()
    with hub.database.write() as session:
        session.execute(update(Asset).values(status="erased"))
    follower.step()
    assert found(hub) == []


@pytest.mark.req("R90")
def test_files_of_the_index_forget_what_was_erased_some_minutes_later(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    gone, kept = asset_row(hub, "quagga.jpg"), asset_row(hub, "zebra.jpg")
    follower = Follower(hub)
    follower.step()
    before = segments(hub)
    erase(hub, gone)
    follower.step()
    assert found(hub) == [kept]
    assert before & segments(hub), "what is deleted stays in the files of an index"
    clock.go_on(seconds=299)
    assert follower.step() == 0
    clock.go_on(seconds=1)
    assert follower.step() == 1
    assert follower.step() == 0
    clock.go_on(seconds=59)
    assert follower.step() == 0
    assert before & segments(hub), "a search that began before may still be reading it"
    clock.go_on(seconds=1)
    with hub.index.locked("build"):
        assert follower.step() == 0
        assert before & segments(hub), "somebody builds, and nobody can tell in which folder"
    assert follower.step() == 0
    assert not before & segments(hub)
    assert found(hub, "zebra") == [kept]
    clock.go_on(seconds=301)
    assert follower.step() == 0
    asset_row(hub, "trashed.jpg", trashed_at=hub.now())
    follower.step()
    assert hub.index.erased_since() is None, "what lies in the trash may come back"


def test_what_is_erased_while_an_index_is_made_anew_is_forgotten_by_the_next(hub: Hub) -> None:
    asset_row(hub, "quagga.jpg")
    follower = Follower(hub)
    follower.step()
    hub.index.note_erased(1)
    hub.index.forgetting()
    assert hub.index.erased_since() == 0, "whoever dies here begins again"
    hub.index.note_erased(2)
    hub.index.note_erased(3)
    hub.index.forgot()
    assert hub.index.erased_since() == 2
    assert follower.step() == 1
    assert hub.index.erased_since() is None


def erase(hub: Hub, asset: str) -> None:
    with hub.database.write() as session:
        session.execute(update(Asset).where(Asset.id == asset).values(status="erased", file_name=""))


def segments(hub: Hub) -> set[str]:
    hub.index.close()
    return {path.name for path in hub.index.folder.rglob("*.store")}


def test_documents_of_many_assets_take_a_fixed_number_of_statements(hub: Hub) -> None:
    ids = [asset_row(hub, f"{number}.jpg", creator="ana") for number in range(30)]
    counts = []
    for some in (ids[:1], ids):
        with statements(hub) as seen, hub.database.read() as session:
            assert len(documents(hub, session, some)) == len(some)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 4


def test_what_a_legal_order_hides_is_not_found_by_what_it_shows(hub: Hub) -> None:
    one = asset_row(hub, facts=facts_of(palette=("#ff0000",)))
    with hub.database.read() as session:
        assert colour_names(documents(hub, session, [one])[0].keywords["colour"]) == ("red",)
    with hub.database.write() as session:
        session.add(AssetRights(asset_id=one, legal_order=True, updated_at=hub.now()))
    with hub.database.read() as session:
        assert "colour" not in documents(hub, session, [one])[0].keywords


@pytest.mark.parametrize(
    ("code", "name"),
    [
        *(("#000000", "black"), ("#ffffff", "white"), ("#808080", "grey"), ("#e4002b", "red"), ("#ff8800", "orange")),
        *(("#ffe100", "yellow"), ("#1fa33a", "green"), ("#12b5b0", "teal"), ("#1e66ff", "blue"), ("#7a2cc9", "purple")),
        *(("#ff5fb0", "pink"), ("#ffb3b8", "pink"), ("#6b3f1d", "brown")),
    ],
)
def test_colours_have_the_names_that_people_give_them(code: str, name: str) -> None:
    assert colour_name(code) == name


@pytest.mark.req("R33")
def test_an_index_that_was_removed_gives_the_same_answers_when_it_is_built_again(hub: Hub) -> None:
    for number in range(25):
        palette = ("#ff0000",) if number % 3 else ("#1e66ff", "#ffffff")
        asset_row(hub, f"beach {number}.jpg", creator="ana" if number % 2 else "bea", facts=facts_of(palette=palette))
    follower = Follower(hub)
    follower.step()
    before = everything(hub)
    assert before.total == 25
    hub.index.close()
    shutil.rmtree(hub.index.folder)
    assert Follower(hub).step() == 25
    after = everything(hub)
    assert (after.hits, after.facets) == (before.hits, before.facets)


@pytest.mark.req("R34")
@pytest.mark.parametrize("damage", ["segment", "bit", "stamp", "current", "layout"])
def test_a_damaged_index_is_found_at_the_start_and_built_anew(hub: Hub, damage: str) -> None:
    one = asset_row(hub, "beach.jpg")
    rebuild(hub)
    hub.index.close()
    place = hub.index.folder / "tantivy"
    folder = place / (place / "current").read_text().strip()
    if damage in ("segment", "bit"):
        path = max(folder.glob("*.store"))
        content = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(content[:-9] if damage == "segment" else bytes([content[0] ^ 1]) + content[1:])
    elif damage == "layout":
        path = folder / "stamp.json"
        path.write_text(path.read_text().replace(f'"layout": {LAYOUT}', '"layout": 0'))
    else:
        (folder / "stamp.json" if damage == "stamp" else place / "current").write_bytes(b"?")
    assert Follower(hub).step() == 1
    assert found(hub, "beach") == [one]


@pytest.mark.req("R34")
@pytest.mark.parametrize("url", ["tantivy:", "whoosh:"])
def test_damage_that_comes_later_is_found_with_the_next_change(hub: Hub, url: str) -> None:
    hub = replace(hub, settings=replace(hub.settings, index_url=url))
    one = asset_row(hub, "beach.jpg")
    with Indexer(hub, 0.02):
        wait_until(lambda: hub.index.known() > 0 and found(hub) == [one], 20)
        hub.index.close()
        for path in [*hub.index.folder.rglob("*.store"), *hub.index.folder.rglob("*.seg")]:
            content = path.read_bytes()
            path.unlink()  # who has it open would be killed if it became shorter
            path.write_bytes(content[:-9])
        two = asset_row(hub, "lake.jpg")
        wait_until(lambda: _whole(hub) and sorted(found(hub)) == sorted([one, two]), 20)


def _whole(hub: Hub) -> bool:
    try:
        hub.index.look(whole=True)
    except Corrupt:
        return False
    return True


def test_an_index_too_far_behind_is_built_anew(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    follower = Follower(hub)
    asset_row(hub, "one.jpg")
    follower.step()
    monkeypatch.setattr("ugc_hub.database.feed.MOST", 1)
    for number in range(3):
        asset_row(hub, f"{number}.jpg")
    assert follower.step() == 4
    assert len(found(hub)) == 4


def test_whoever_finds_the_index_damaged_asks_for_another(hub: Hub) -> None:
    asset_row(hub)
    follower = Follower(hub)
    follower.step()
    hub.index.ask_anew()
    assert follower.step() == 1
    assert not hub.index.is_asked_anew()
    assert follower.step() == 0


def test_an_index_that_knows_less_and_is_put_in_use_meanwhile_is_brought_up_to_date(hub: Hub) -> None:
    asset_row(hub, "one.jpg")
    follower = Follower(hub)
    follower.step()
    with hub.index.locked("build"):
        aside = hub.index.aside()
        aside.commit(hub.index.known())
    two = asset_row(hub, "two.jpg")
    follower.step()
    aside.swap()
    assert found(hub) == []
    follower.step()
    assert found(hub) == [two]


@pytest.mark.req("R33")
@pytest.mark.parametrize(("point", "command"), [("reindex", "reindex"), ("index_updated", "follow")])
def test_a_process_killed_while_it_indexes_loses_nothing(hub: Hub, point: str, command: str) -> None:
    follower = Follower(hub)
    one = asset_row(hub, "one.jpg")
    follower.step()
    hub.index.close()
    two = asset_row(hub, "two.jpg")
    program = "from ugc_hub.cli.root import main; main(['reindex'])"
    if command == "follow":
        program = (
            "from ugc_hub.hub import open_hub; from ugc_hub.settings import load_settings;"
            "from ugc_hub.jobs.following import Follower; Follower(open_hub(load_settings())).step()"
        )
    settings = hub.settings
    environ = {
        **os.environ,
        "UGC_HUB_CRASH_AT": point,
        "UGC_HUB_DATA_DIR": str(settings.data_dir),
        "UGC_HUB_DATABASE_URL": settings.database_url,
    }
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, check=False)
    assert done.returncode == 137, done.stderr
    assert found(hub) == [one]
    follower.step()
    assert sorted(found(hub)) == [one, two]
    hub.index.close()
    assert rebuild(hub) == 2
    assert sorted(found(hub)) == [one, two]


def test_searches_go_on_while_an_index_is_built_beside(hub: Hub) -> None:
    ids = sorted(asset_row(hub, f"{number}.jpg") for number in range(5))
    rebuild(hub)
    seen: list[int] = []
    rebuild(hub, lambda count: seen.append(len(found(hub))))
    assert seen == [5]
    assert sorted(found(hub)) == ids


@pytest.mark.req("R33")
def test_changes_are_found_within_a_second_at_fifty_changes_a_second(hub: Hub) -> None:
    asset_row(hub, "first.jpg")
    late: list[float] = []
    with Indexer(hub):
        wait_until(lambda: hub.index.known() > 0, 20)
        for number in range(100):
            began = time.monotonic()
            asset_row(hub, f"photo {number} thing{number}x.jpg")
            if number % 20 == 19:
                wait_until(partial(found, hub, f"thing{number}x"), 10)
                late.append(time.monotonic() - began)
            time.sleep(max(0.0, 0.02 - (time.monotonic() - began)))
    assert max(late) < 1.0, late


@pytest.mark.parametrize(("assets", "ready"), [(1, True), (0, False)])
def test_a_worker_that_has_just_started_is_ready_for_a_change_where_there_are_assets(
    hub: Hub, assets: int, *, ready: bool
) -> None:
    for number in range(assets):
        asset_row(hub, f"{number}.jpg")
    rebuild(hub)
    hub.index.close()
    program = (
        "import sys, time\n"
        "from ugc_hub.hub import open_hub; from ugc_hub.settings import load_settings\n"
        "from ugc_hub.jobs.indexer import Follower, Indexer\n"
        "prepared = []\n"
        "prepare = Follower.prepare\n"
        "Follower.prepare = lambda self: prepared.append(prepare(self))\n"
        "with Indexer(open_hub(load_settings())):\n"
        "    until = time.monotonic() + 30\n"
        "    while not prepared and time.monotonic() < until: time.sleep(0.02)\n"
        "print(len(prepared), 'ugc_hub.catalog.indexing' in sys.modules)\n"
    )
    settings = hub.settings
    known = {"UGC_HUB_DATA_DIR": str(settings.data_dir), "UGC_HUB_DATABASE_URL": settings.database_url}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env={**os.environ, **known}, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", str(ready)], done.stderr


def test_one_worker_of_a_machine_keeps_the_index_and_another_takes_over(hub: Hub, tmp_path: Path) -> None:
    asset_row(hub, "one.jpg")
    with Indexer(hub, 0.02):
        with Indexer(hub, 0.02):
            wait_until(lambda: hub.index.known() > 0 and len(found(hub)) == 1, 20)
    with Indexer(hub, 0.02):
        asset_row(hub, "two.jpg")
        wait_until(lambda: len(found(hub)) == 2, 20)


@pytest.mark.parametrize("error", [KeyError("ugc_hub.licensing"), ImportError("half a module"), ValueError("locked")])
def test_whatever_goes_wrong_once_the_index_follows_again(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    step, left = Follower.step, [error]

    def fail_once(follower: Follower) -> int:
        if left:
            raise left.pop()
        return step(follower)

    monkeypatch.setattr(Follower, "step", fail_once)
    monkeypatch.setattr("ugc_hub.jobs.indexer.WAIT_S", 0.05)
    asset_row(hub, "one.jpg")
    with Indexer(hub, 0.02):
        wait_until(lambda: hub.index.known() > 0 and len(found(hub)) == 1, 20)
    assert not left
