"""Running a job twice, at once, or after a change of mind alters nothing."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.handles import count
from tests.pictures import jpeg
from tests.sandboxes import lent_for
from ugc_hub import catalog, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.ingest import Upload, accept
from ugc_hub.jobs.collect import collect
from ugc_hub.jobs.doctor import examine
from ugc_hub.jobs.handlers import handlers
from ugc_hub.jobs.links import bands, neighbours
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.models import Asset, Rendition
from workers.media.shapes import NEAR_DUPLICATE_BITS
from workers.queue.context import JobContext
from workers.queue.jobs import get
from workers.queue.shapes import Job

PRESETS = ["meta.fb_feed.image.1x1", "web.srcset.w640"]


def contents(hub: Hub) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for stat in hub.storage.list():
        with hub.storage.open(stat.key) as file:
            found[stat.key] = file.read()
    return found


def rows(hub: Hub, table: type[Asset] | type[Rendition]) -> list[dict[str, object]]:
    with hub.database.read() as session:
        found = session.scalars(select(table).order_by(table.id))
        return [{column.name: getattr(row, column.name) for column in table.__table__.columns} for row in found]


def again(hub: Hub, job: Job, folder: Path, number: int) -> object:
    """Run the handler of a finished job once more, as a worker that was paused too long would."""
    workdir = folder / f"again-{job.id}-{number}"
    workdir.mkdir()
    with lent_for(hub.settings) as sandbox:
        return handlers(hub, sandbox)[job.kind](JobContext(job, workdir))


@pytest.mark.req("R25")
def test_every_job_can_run_again_and_at_once_and_changes_nothing(
    hub: Hub, send: Callable[..., str], tmp_path: Path
) -> None:
    asset_id = send(jpeg(1600, 1600), own=True)
    renditions.request(hub, SYSTEM, asset_id, PRESETS, stated=StatedUse("website"))
    job_id = renditions.of_asset(hub, SYSTEM, asset_id)[0].job_id
    assert job_id is not None
    finish(hub, [job_id])
    inspected = catalog.get(hub, SYSTEM, asset_id).job_id
    assert inspected is not None
    with hub.database.read() as session:
        jobs = [get(session.connection(), number) for number in (inspected, job_id)]
    before = contents(hub), rows(hub, Asset), rows(hub, Rendition)
    for job in jobs:
        assert job is not None
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda number, job=job: again(hub, job, tmp_path, number), range(2)))
    collect(hub, grace_s=0)
    assert (contents(hub), rows(hub, Asset), rows(hub, Rendition)) == before


def held_by(hub: Hub) -> int:
    """Descriptors without those of connections, of which a slow machine needs one more, and of what is garbage."""
    hub.database.dispose()
    gc.collect()
    return count()


def test_a_command_that_ran_a_job_itself_leaves_no_file_open(hub: Hub) -> None:
    held = []
    for seed in (1, 2):  # the first opens what stays open, such as the media process that tests hand on
        accepted = accept(hub, SYSTEM, io.BytesIO(jpeg(seed=seed)), Upload(file_name=f"{seed}.jpg", door="api"))
        assert accepted.job_id is not None
        assert [job.state for job in finish(hub, [accepted.job_id])] == ["done"]
        held.append(held_by(hub))
    assert held[0] == held[1]


@pytest.mark.req("R25")
def test_an_original_measured_by_two_workers_at_once_is_measured_once(hub: Hub, tmp_path: Path) -> None:
    accepted = accept(hub, SYSTEM, io.BytesIO(jpeg()), Upload(file_name="a.jpg", door="api"))
    assert accepted.job_id is not None
    waited_for = [accepted.job_id]
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(lambda _: finish(hub, waited_for), range(2)))
    assert [job.state for jobs in ended for job in jobs] == ["done", "done"]
    assert catalog.get(hub, SYSTEM, accepted.asset_id).status == "ready"
    assert [finding.level for finding in examine(hub)].count("error") == 0


def test_missing_and_altered_bytes_are_named(hub: Hub, send: Callable[..., str]) -> None:
    first, second = send(jpeg(seed=1)), send(jpeg(seed=2))
    gone = f"originals/{catalog.get(hub, SYSTEM, first).sha256}"
    hub.storage.delete(gone)
    altered = f"originals/{catalog.get(hub, SYSTEM, second).sha256}"
    with hub.storage.open(altered) as file:
        data = bytearray(file.read())
    data[-100] ^= 1
    hub.storage.delete(altered)
    hub.storage.put(altered, bytes(data))
    found = {(finding.code, finding.subject) for finding in examine(hub, deep=True) if finding.level == "error"}
    assert found == {("missing_blob", gone), ("corrupt", altered)}


def test_hashes_within_the_distance_always_meet_in_a_band() -> None:
    mine = 0x0123456789ABCDEF
    for start in range(0, 54, 3):
        other = mine ^ (((1 << NEAR_DUPLICATE_BITS) - 1) << start)
        pairs = zip(bands(f"{mine:016x}"), bands(f"{other:016x}"), strict=True)
        assert any(theirs in set(neighbours(ours, NEAR_DUPLICATE_BITS // 4)) for ours, theirs in pairs)
    assert len(set(neighbours(5, 2))) == 1 + 16 + 120
