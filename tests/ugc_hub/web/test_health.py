"""Health: alive, and able to work."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from tests.support import ROOT
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options


def test_a_hub_that_works_is_ready(stranger: Person) -> None:
    assert stranger.get("/healthz").json == {"status": "ok"}
    answer = stranger.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "parts": {"database": "ok", "storage": "ok", "jobs": "ok"},
        "index": {"state": "ready", "message": "There is no asset yet, so there is no index of the search."},
    }


def test_the_state_of_the_index_is_told_and_keeps_nobody_from_the_hub(hub: Hub, stranger: Person) -> None:
    def index() -> dict[str, object]:
        answer = stranger.get("/readyz")
        assert answer.status_code == 200
        assert str(hub.settings.data_dir) not in answer.get_data(as_text=True)
        return dict(json.loads(answer.data)["index"])

    asset_row(hub)
    assert index()["state"] == "missing"
    assert "ugc-hub reindex" in str(index()["message"])
    with hub.index.locked("build"):
        hub.index.tell(1, 3)
        assert (index()["state"], index()["share"]) == ("building", 0.333)
    rebuild(hub)
    assert index() == {"state": "ready", "message": "The index of the search is whole."}
    next(hub.index.folder.rglob("stamp.json")).write_text("{")
    assert index()["state"] == "damaged"


@pytest.mark.req("R44")
def test_a_storage_that_is_gone_is_named_without_its_path(hub: Hub, stranger: Person) -> None:
    shutil.rmtree(hub.settings.data_dir / "objects")
    answer = stranger.get("/readyz")
    assert answer.status_code == 503
    assert json.loads(answer.data)["parts"]["storage"] == "failing"
    assert str(hub.settings.data_dir) not in answer.get_data(as_text=True)
    assert stranger.get("/healthz").status_code == 200


@pytest.mark.req("R44")
def test_jobs_that_nobody_does_are_noticed(hub: Hub, stranger: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub.database.write() as session:
        enqueue(session.connection(), "inspect", {"asset_id": "x"}, options=Options())
    monkeypatch.setattr("ugc_hub.web.health.LONGEST_LAG_S", 0.0)
    answer = stranger.get("/readyz")
    assert answer.status_code == 503
    assert json.loads(answer.data)["parts"] == {"database": "ok", "storage": "ok", "jobs": "late"}


def test_the_web_process_loads_no_decoder_and_no_bucket_client() -> None:
    heavy = "{'PIL', 'cv2', 'av', 'numpy', 'boto3', 'moviepy', 'pillow_heif'}"
    code = f"import sys, ugc_hub.web.app; print(sorted({heavy} & {{name.split('.')[0] for name in sys.modules}}))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
