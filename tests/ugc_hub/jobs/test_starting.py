"""What a worker asks for once, before it works."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.support import ROOT
from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.rows import asset_row
from ugc_hub.hub import Hub
from ugc_hub.jobs.starting import queue_upgrades
from workers.queue.jobs import find


def kinds(hub: Hub) -> list[str]:
    with hub.database.read() as session:
        return [job.kind for job in find(session.connection())]


def test_a_worker_asks_once_for_what_an_upgrade_needs(hub: Hub) -> None:
    asset_row(hub)
    queue_upgrades(hub)
    queue_upgrades(hub)
    assert kinds(hub).count("remark") == 1


def test_a_new_hub_needs_nothing_and_neither_do_its_first_assets(hub: Hub) -> None:
    queue_upgrades(hub)
    asset_row(hub)
    queue_upgrades(hub)
    assert "remark" not in kinds(hub)


BEGIN = """
import sys
from pathlib import Path
from ugc_hub.cli import serving
from ugc_hub.settings import Settings
serving._queue_upgrades(Settings(data_dir=Path(sys.argv[1]), database_url=sys.argv[2], text_reader="off"))
print("ugc_hub.licensing" in sys.modules)
"""


def begin(folder: Path, database: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", BEGIN, str(folder), database]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_what_asking_loads_is_gone_when_the_worker_works(tmp_path: Path) -> None:
    with closing(make_hub(tmp_path)) as hub:
        asset_row(hub)
        done = begin(hub.settings.data_dir, hub.settings.database_url)
        assert (done.returncode, done.stdout) == (0, "False\n"), done.stderr
        assert "remark" in kinds(hub)


def test_a_worker_that_cannot_ask_ends_with_the_reason(tmp_path: Path) -> None:
    done = begin(tmp_path, f"postgresql+psycopg://hub@/postgres?host={tmp_path}")
    assert done.returncode == 1
    assert "could not be asked for" in done.stderr
    assert "A worker could not begin" in done.stderr
