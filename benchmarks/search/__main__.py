"""Measures how fast documents are taken in and found, beside SQLite FTS5 and Whoosh.

Every contender runs in a process of its own and takes in the same documents, then answers the same questions: a page of
fifty, the exact total and, where it is asked for, the counts of eight facets, of what one viewer may see. First one
client asks, then eight at once. The hub's times include reading the query; its rights are answered beforehand, as a set
of situations. Whoosh takes in fewer documents (`--whoosh`), because it would take hours. Tantivy alone is measured as
well: it tells what the machine can do in this hour, which moves by half and more, and is nobody to be ahead of.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.search.contenders import Contender, Fts5, Native, Ours
from benchmarks.search.generate import BLOCK, documents
from benchmarks.search.questions import Question, questions
from benchmarks.search.raw import Raw
from ugc_hub.search.language import Clock

RAW = "tantivy"
"""The library that the hub searches with, alone."""
RATE_TARGET = 15_000
"""Documents a second."""
TARGETS_MS = {100_000: 25.0, 1_000_000: 60.0}
"""The 95th percentile of every kind, one client, up to so many documents."""
MOST_S = 20.0
"""Time for one kind at one number of clients; who is slow answers fewer questions."""
FEW = 10
"""Questions whose processor time is taken: on a busy machine only that says what they cost."""
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def fill(contender: Contender, count: int) -> tuple[float, float]:
    """Take documents in; return seconds by the clock and of processor, without the time it takes to make them up."""
    spent = used = 0.0
    for first in range(0, count, BLOCK):
        block = list(documents(first, min(first + BLOCK, count), count))
        gc.freeze()  # so many made-up documents at once are not what a collection of garbage has to look through
        begun, cpu = time.perf_counter(), time.process_time()
        contender.take(block)
        spent, used = spent + time.perf_counter() - begun, used + time.process_time() - cpu
    begun, cpu = time.perf_counter(), time.process_time()
    contender.ready(count)
    return spent + time.perf_counter() - begun, used + time.process_time() - cpu


def ask(clients: list[Callable[[Question], int]], asked: list[Question]) -> list[float]:
    """Ask the questions, shared between clients that ask at once; return the times in ms."""
    times: list[float] = []
    waiting = iter(asked)
    lock = threading.Lock()
    deadline = time.perf_counter() + MOST_S

    def work(client: Callable[[Question], int]) -> None:
        while time.perf_counter() < deadline:
            with lock:
                question = next(waiting, None)
            if question is None:
                return
            begun = time.perf_counter()
            client(question)
            times.append((time.perf_counter() - begun) * 1000)

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def figures(times: list[float]) -> dict[str, float]:
    """Return median, 95th and 99th percentile."""
    ordered = sorted(times)
    return {f"p{part}": ordered[min(len(ordered) * part // 100, len(ordered) - 1)] for part in (50, 95, 99)}


def measure(name: str, count: int, folder: Path) -> dict[str, Any]:
    """Measure one contender; memory is the peak of the process, disk what lies in its folder."""
    made: dict[str, Callable[[], Contender]] = {
        "hub": lambda: Ours(folder, Clock(NOW)),
        "fts5": lambda: Fts5(folder),
        "whoosh": lambda: Native(folder),
        RAW: lambda: Raw(folder),
    }
    contender = made[name]()
    spent, used = fill(contender, count)
    found: dict[str, Any] = {"documents": count, "rate": count / spent, "cpu_us": used / count * 1e6}
    found["disk_mb"] = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    known = list(islice(documents(0, min(count, 5000), count), 5000))
    for kind, asked in questions(known).items():
        few, client = asked[:FEW], contender.client()
        client.ask(few[0])
        cpu = time.process_time()
        found[kind] = {"matches": sum(map(client.ask, few)) / len(few)}
        found[kind]["cpu_ms"] = (time.process_time() - cpu) / len(few) * 1000
        for clients in (1, 8):
            several = [contender.client() for _ in range(clients)]
            found[kind][str(clients)] = figures(ask([one.ask for one in several], asked))
    found["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return found


def show(name: str, found: dict[str, Any]) -> None:
    """Print the figures of a contender."""
    print(
        f"{name}: {found['documents']:,} documents, {found['rate']:,.0f} a second, {found['cpu_us']:.0f} µs CPU each;"
    )
    print(f"  {found['disk_mb']:,.0f} MB on disk, {found['memory_mb']:,.0f} MB of memory")
    print(f"  {'ms at p50, p95, p99':26} {'one client':>26}  {'eight clients':>26}")
    for kind, times in found.items():
        if isinstance(times, dict):
            one, eight = (" ".join(f"{times[who][part]:8.2f}" for part in ("p50", "p95", "p99")) for who in "18")
            print(f"  {kind:26} {one}  {eight}  CPU {times['cpu_ms']:7.2f}  {times['matches']:9,.0f} hits")


def verdict(found: dict[str, dict[str, Any]]) -> list[str]:
    """Return what was missed."""
    hub = found["hub"]
    most = next((limit for size, limit in TARGETS_MS.items() if hub["documents"] <= size), TARGETS_MS[1_000_000])
    missed = [] if hub["rate"] >= RATE_TARGET else [f"{hub['rate']:,.0f} documents a second"]
    for kind, times in hub.items():
        if isinstance(times, dict):
            if times["1"]["p95"] >= most:
                missed.append(f"{kind}: {times['1']['p95']:.1f} ms")
            slower = [
                name for name, other in found.items() if name != RAW and other[kind]["1"]["p50"] < times["1"]["p50"]
            ]
            missed += [f"{kind}: behind {name}" for name in slower]
    return missed


def share(found: dict[str, dict[str, Any]]) -> str:
    """Say how much of what the library does alone in this hour the hub does."""
    hub, raw = found["hub"], found[RAW]
    both = "rights filter and facets"
    return f"Of {RAW} alone: {hub['rate'] / raw['rate']:.2f} of its rate, {both} in " + (
        f"{hub[both]['1']['p95'] / raw[both]['1']['p95']:.2f} of its time."
    )


def main() -> int:
    """Print the figures and, as the last line, JSON; return 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--whoosh", type=int, default=10_000, help="Documents for Whoosh; 0 leaves it out.")
    parser.add_argument("--only", choices=("hub", RAW, "fts5", "whoosh"), help="Measure one, in this process.")
    arguments = parser.parse_args()
    sizes = dict.fromkeys(("hub", RAW, "fts5"), arguments.documents) | {"whoosh": arguments.whoosh}
    if arguments.only:
        with tempfile.TemporaryDirectory(prefix="search-bench-") as folder:
            found = measure(arguments.only, sizes[arguments.only], Path(folder))
        show(arguments.only, found)
        print(json.dumps(found))
        return 0
    all_found: dict[str, dict[str, Any]] = {}
    for name, size in sizes.items():
        if size:
            command = [sys.executable, "-m", "benchmarks.search", "--only", name]
            command += ["--documents", str(arguments.documents), "--whoosh", str(arguments.whoosh)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            *lines, last = done.stdout.splitlines()
            print(*lines, sep="\n", flush=True)
            all_found[name] = json.loads(last)
    print(share(all_found))
    missed = verdict(all_found)
    print("Missed: " + "; ".join(missed) if missed else "All targets were met.")
    print(json.dumps({"benchmark": "search", **all_found}))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
