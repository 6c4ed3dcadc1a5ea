"""Measures the whole way of many pictures, from the first byte to the last asset that is ready, and the yardstick.

The hub's part is all of it: storing durably, records, jobs, the child process of each file, facts, previews, faces,
hashes. `--source FOLDER` names the pictures (default: the good part of the corpus, else generated ones).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from PIL import Image
from sqlalchemy import func, select

from benchmarks.ingest.least import least, warm
from tests.pictures import jpeg
from ugc_hub.accounts import SYSTEM
from ugc_hub.database.upgrade import migrate
from ugc_hub.hub import Hub, open_hub, prepare
from ugc_hub.ingest import Upload, accept
from ugc_hub.models import Asset
from ugc_hub.settings import Settings
from workers.media.errors import Unsupported
from workers.media.sniff import HEAD_BYTES, sniff

TARGET = 2.0
"""How much longer than the yardstick the hub may take."""
CORPUS = Path(os.environ.get("UGC_HUB_CORPUS", "../shared/corpus")) / "good"


def pictures(source: Path | None, work: Path) -> list[Path]:
    """Return the pictures to take in: still images within the hub's limits, no videos."""
    folder = source or (CORPUS if CORPUS.is_dir() else None)
    if folder is None:
        return [_generated(work / f"photo{seed}.jpg", 4032, 3024, seed) for seed in range(24)]
    return [path for path in sorted(folder.iterdir()) if path.is_file() and _is_picture(path)]


def _generated(path: Path, width: int, height: int, seed: int) -> Path:
    path.write_bytes(jpeg(width, height, seed, quality=90))
    return path


def _is_picture(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            return sniff(file.read(HEAD_BYTES)).kind == "image"
        except Unsupported:
            return False


def yardstick(paths: list[Path], processes: int) -> float:
    """Return the seconds that the least takes, with warm processes."""
    with ProcessPoolExecutor(processes, initializer=warm) as pool:
        list(pool.map(least, paths[:processes]))
        begun = time.perf_counter()
        list(pool.map(_tolerant, sorted(paths, key=lambda path: -path.stat().st_size)))
        return time.perf_counter() - begun


def _tolerant(path: Path) -> int:
    try:
        return least(path)
    except (OSError, ValueError, Image.DecompressionBombError):
        return 0  # more pixels than the hub takes; it refuses them just as early


def hub_time(paths: list[Path], processes: int) -> tuple[float, int]:
    """Return the seconds from the first byte to the last asset measured, and how many became ready."""
    with tempfile.TemporaryDirectory(prefix="ingest-bench-") as folder:
        data = Path(folder, "var")
        hub = open_hub(Settings(data_dir=data, min_free_bytes=0))
        migrate(hub.database)
        prepare(hub)
        hub.runs.mkdir(parents=True)
        environ = {**os.environ, "UGC_HUB_DATA_DIR": str(data), "UGC_HUB_MIN_FREE_BYTES": "0"}
        command = [sys.executable, "-m", "ugc_hub", "worker"]
        workers = [subprocess.Popen(command, env=environ) for _ in range(processes)]
        try:
            _warm_up(hub, Path(folder), processes)
            begun = time.perf_counter()
            for path in paths:
                with path.open("rb") as file:
                    accept(hub, SYSTEM, file, Upload(file_name=path.name, door="api"))
            _wait(hub)
            seconds = time.perf_counter() - begun
            return seconds, _count(hub, "ready") - processes * 2
        finally:
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.wait()
            hub.close()


def _warm_up(hub: Hub, folder: Path, processes: int) -> None:
    """Let each worker measure something, so that start-up is not counted on either side."""
    for number in range(processes * 2):
        path = _generated(folder / f"warm{number}.jpg", 400, 300, 9000 + number)
        with path.open("rb") as file:
            accept(hub, SYSTEM, file, Upload(file_name=path.name, door="api"))
    _wait(hub)


def _count(hub: Hub, status: str) -> int:
    with hub.database.read() as session:
        return session.scalar(select(func.count()).select_from(Asset).where(Asset.status == status)) or 0


def _wait(hub: Hub) -> None:
    while _count(hub, "received"):
        time.sleep(0.1)  # asking more often would take processor time from what is measured


def main() -> int:
    """Print the figures and, as the last line, JSON; return 1 where the target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--source", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ingest-bench-") as folder:
        paths = pictures(arguments.source, Path(folder))
        total = sum(path.stat().st_size for path in paths)
        print(f"{len(paths)} pictures, {total / 1e6:.1f} MB, {arguments.processes} processes on each side")
        ours, least_times, ready = [], [], 0
        for number in range(arguments.rounds):
            least_times.append(yardstick(paths, arguments.processes))
            seconds, ready = hub_time(paths, arguments.processes)
            ours.append(seconds)
            print(f"round {number + 1}: hub {ours[-1]:.2f} s, hash + decode + thumbnail {least_times[-1]:.2f} s")
    ratio = statistics.median(ours) / statistics.median(least_times)
    print(f"{ready} of {len(paths)} ready; the hub takes {ratio:.2f} times the least (target: at most {TARGET})")
    print(json.dumps({"benchmark": "ingest", "ratio": ratio, "hub_s": ours, "least_s": least_times, "ready": ready}))
    return 0 if ratio <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
