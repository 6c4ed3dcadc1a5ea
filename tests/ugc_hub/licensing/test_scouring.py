"""What was erased cannot be read in the files of the database either."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.submissions.acts import begun, give, handed_in
from ugc_hub import catalog, licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.creators import the_creator
from ugc_hub.errors import Unavailable
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.submissions import Sender
from workers.queue.jobs import find
from workers.queue.shapes import Query

SECRETS = (b"quillon.zeph", b"Quillon Zephyr", b"walrus-on-the-beach", b"a walrus that sings")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub on SQLite: what PostgreSQL does with its files is its own affair."""
    made = make_hub(tmp_path / "var")
    yield made
    made.close()


def held(hub: Hub) -> set[bytes]:
    """Return which secrets can be read in any file of the hub."""
    files = [path.read_bytes() for path in hub.settings.data_dir.rglob("*") if path.is_file()]
    return {secret for secret in SECRETS if any(secret in data for data in files)}


@pytest.mark.req("R90")
def test_no_file_holds_a_word_of_an_erased_creator(hub: Hub) -> None:
    token = begun(hub, Sender("Quillon Zephyr", "quillon.zeph", "q@example.org"), creator="quillon.zeph")
    give(hub, token, name="walrus-on-the-beach.jpg")
    handed_in(hub, token)
    for number in range(120):  # enough that pages are split, joined and left behind
        asset = asset_row(hub, creator="quillon.zeph", name=f"walrus-on-the-beach-{number}.jpg")
        if number % 3 == 0:
            clear(hub, asset)
            words = "a walrus that sings " * (1 + number)
            catalog.describe(hub, SYSTEM, asset, catalog.Description(description=words))
            catalog.describe(hub, SYSTEM, asset, catalog.Description(description="a walrus"))
    assert held(hub) >= {b"quillon.zeph", b"walrus-on-the-beach", b"a walrus that sings"}
    creator = the_creator(hub, "quillon.zeph").id
    licensing.erase_creator(hub, SYSTEM, creator, reason="They asked for it")
    with hub.database.read() as session:
        ids = [job.id for job in find(session.connection(), Query(state="queued", limit=1000))]
    finish(hub, ids)
    assert held(hub) == set()


def test_a_log_that_somebody_reads_is_emptied_later(hub: Hub) -> None:
    log = hub.settings.data_dir / "hub.sqlite-wal"
    with hub.database.read() as session:
        session.connection().exec_driver_sql("SELECT count(*) FROM creators").scalar()
        begun(hub)
        with pytest.raises(Unavailable):
            hub.database.scour()
    hub.database.scour()
    assert log.stat().st_size == 0


def test_two_that_empty_the_log_at_once_do_not_fail_each_other(hub: Hub) -> None:
    def busy(name: str) -> None:
        for number in range(10):
            asset_row(hub, name=f"{name}-{number}.jpg")
            hub.database.scour()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(busy, ("a", "b", "c")))
