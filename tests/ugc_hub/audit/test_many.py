"""Many writers at once, and writers that die, leave one whole chain."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from tests.ugc_hub.audit.tampering import broken, chain, happen
from tests.waiting import wait_until
from ugc_hub.audit import record
from ugc_hub.hub import Hub
from ugc_hub.models import Campaign, Event


def test_no_two_events_follow_the_same_one_however_many_write_at_once(hub: Hub) -> None:
    gate = threading.Barrier(8)

    def write(number: int) -> None:
        gate.wait()
        for turn in range(12):
            with hub.database.write() as session:
                record(session, hub.now(), "thread", f"{number}.{turn}")
                session.add(Campaign(id=f"cmp_{number}_{turn}", created_at=hub.now(), name=f"{number} {turn}"))
                if turn % 3 == 0:
                    session.flush()
                record(session, hub.now(), "thread", f"{number}.{turn}.more")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    events = chain(hub)
    assert len(events) == 8 * 12 * 2
    assert broken(hub) is None
    # The order is that of the commits: what one transaction wrote stands together.
    assert all(b.object_id == f"{a.object_id}.more" for a, b in zip(events[::2], events[1::2], strict=True))


WRITER = """
import sys
from ugc_hub.audit import record
from ugc_hub.hub import open_hub
from ugc_hub.models import Campaign
from ugc_hub.settings import Settings

folder, url, name = sys.argv[1:4]
hub = open_hub(Settings(data_dir=folder, database_url=url, min_free_bytes=0))
print("ready", flush=True)
for number in range(int(sys.argv[4])):
    with hub.database.write() as session:
        session.add(Campaign(id=f"cmp_{name}_{number}", created_at=hub.now(), name=f"{name} {number}"))
        record(session, hub.now(), "process", f"{name}.{number}")
"""


def writer(hub: Hub, name: str, count: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", WRITER, str(hub.settings.data_dir), hub.settings.database_url, name, str(count)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environ)


def test_processes_share_one_chain(hub: Hub) -> None:
    processes = [writer(hub, f"p{number}", 40) for number in range(3)]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert len(chain(hub)) == 120
    assert broken(hub) is None


def _committed(hub: Hub) -> int:
    with hub.database.read() as session:
        return session.scalar(select(func.count()).select_from(Campaign)) or 0


@pytest.mark.req("R87")
def test_a_process_killed_in_the_middle_leaves_a_whole_chain_with_what_was_committed(hub: Hub) -> None:
    for attempt in range(4):
        process = writer(hub, f"k{attempt}", 100_000)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if not attempt:  # a slow machine may have written nothing by then
            wait_until(lambda: _committed(hub))
        threading.Event().wait(random.uniform(0.05, 0.3))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    happen(hub, 1, kind="afterwards")  # waits for what the killed ones held
    committed = _committed(hub)
    with hub.database.read() as session:
        told = session.scalar(select(func.count()).where(Event.kind == "process"))
    assert committed == told
    assert committed
    assert broken(hub) is None
