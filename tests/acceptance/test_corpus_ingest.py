"""Every file of the corpus through the door: accepted and described, or refused with nothing of it kept."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.peak import grows_less_than
from tests.pictures import jpeg
from tests.postgres import database_of
from tests.support import CORPUS, manifest
from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.licensing.rows import cleared
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.errors import HubError, from_engine
from ugc_hub.hub import Hub
from ugc_hub.ingest import Upload, accept
from ugc_hub.jobs.doctor import examine
from ugc_hub.jobs.handlers import handlers
from ugc_hub.licensing import StatedUse
from workers.media.limits import Limits
from workers.media.sandbox import Sandbox
from workers.queue.runner import RunnerOptions, Worker
from workers.queue.wake import Stop

NOT_MEDIA = {"captions", "names"}
GENERAL = {"media_error", "refused", "gone", "error", "damaged", "child_failed", "cancelled"}
"""Codes that say nothing in particular; a refusal has one that does."""
ROWS = [(part, row) for part in ("good", "bad") for row in manifest(part) if row["kind"] not in NOT_MEDIA]
TAKEN = [("sqlite", *known) for known in ROWS] + [("postgresql", *known) for known in ROWS[::8]]
"""Database, part and file: measuring does not depend on what keeps the records, so PostgreSQL gets one in eight."""
MOST_GROWN = 50_000_000
"""Bytes that taking one file in may need outside the media process; what tests before this held does not count."""

Take = Callable[[bytes | Path, str], str]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with database_of(request.param) as url:
        made = make_hub(tmp_path_factory.mktemp("corpus") / "var", url)
        made.runs.mkdir(parents=True)
        yield made
        made.close()


@pytest.fixture(scope="module")
def take(hub: Hub) -> Iterator[Take]:
    """A function that takes one file in and measures it, as upload and worker do; it returns the asset's id.

    Nobody waits here for the clips of videos: those are made, and judged, where versions are made of them.
    """
    with Sandbox(Limits()) as sandbox:
        known = {kind: handler for kind, handler in handlers(hub, sandbox).items() if kind != "normalise"}
        worker = Worker(hub.database.engine, known, RunnerOptions(folder=hub.runs), Stop())

        def one(source: bytes | Path, name: str) -> str:
            data = source if isinstance(source, bytes) else source.read_bytes()
            upload = Upload(file_name=name, door="api", size_bytes=len(data))
            accepted = accept(hub, SYSTEM, io.BytesIO(data), upload)
            while worker.step():
                pass
            return accepted.asset_id

        yield one
        worker.close()


def outcome(hub: Hub, take: Take, path: Path) -> catalog.AssetView | HubError:
    """Return the asset, or the error that whoever sent the file sees."""
    try:
        return catalog.get(hub, SYSTEM, take(path, path.name))
    except Exception as error:
        known = error if isinstance(error, HubError) else from_engine(error)
        if known is None:
            raise
        return known


@pytest.mark.req("R54")
@pytest.mark.parametrize(
    ("hub", "part", "row"),
    TAKEN,
    ids=[f"{kind}-{row['file']}" for kind, _, row in TAKEN],
    indirect=["hub"],
    scope="module",
)
def test_each_file_is_taken_or_refused_as_it_should(
    hub: Hub, take: Take, corpus: Path, part: str, row: dict[str, str]
) -> None:
    with grows_less_than(MOST_GROWN):
        found = outcome(hub, take, corpus / part / row["file"])
    if isinstance(found, HubError):
        assert row["verdict_class"] in {"reject", "either"}, (found.code, found.message)
        assert 400 <= found.status < 500
        assert found.code not in GENERAL
        assert found.message.endswith(".")
        assert len(found.message.split()) >= 5
        assert not hub.storage.exists(f"originals/{row['sha256']}")
        return
    assert row["verdict_class"] in {"accept", "either"}
    assert found.status == "ready"
    assert found.sha256 == row["sha256"]
    assert found.facts is not None
    assert {"thumb"} <= set(found.previews)
    if row["verdict_class"] == "accept":
        assert (found.width, found.height) == (int(row["width_shown"]), int(row["height_shown"]))


def test_nothing_is_left_that_no_record_names(hub: Hub, take: Take) -> None:
    rebuild(hub)  # the index too; what follows the records in a worker does not run here
    assert [finding for finding in examine(hub) if finding.level != "ok"] == []


def hostile_names() -> list[str]:
    rows = [row for row in manifest("bad") if row["kind"] == "names"]
    return [name for row in rows if CORPUS for name in json.loads((CORPUS / "bad" / row["file"]).read_text())]


@pytest.mark.req("R58")
def test_hostile_names_are_kept_as_harmless_text(hub: Hub, take: Take) -> None:
    for number, name in enumerate(hostile_names()):
        view = catalog.get(hub, SYSTEM, cleared(hub, take(jpeg(120, 90, seed=1000 + number), name)))
        assert view.status == "ready"
        assert not set(view.file_name) & set("/\\\0\r\n\u202e")
        sent, _ = catalog.take_original(hub, SYSTEM, view.id, stated=StatedUse())
        assert sent.download_name.lower().endswith((".jpg", ".jpeg"))
        assert name not in sent.storage_key
