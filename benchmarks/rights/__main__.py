"""Measures how fast the grants answer.

One asset with 20 grants, a different one for each question, from the rows of the database to the decision with its
reasons or duties. Ten of the grants are of agreements that many assets share, ten are the asset's own. "Again" asks
about assets of which this process was asked before.

Then everything that may be used for paid social in Germany until the end of the year, cropped, of very many assets:
all ids, the first page and the count. Once with a mix of agreements, grants of single assets, releases and
prohibitions, and once with all grants different.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.rights.fill import asset_id, empty_hub, fill_single
from benchmarks.rights.many import fill_different, fill_many
from ugc_hub import licensing
from ugc_hub.hub import Hub, settle
from ugc_hub.licensing import Use
from ugc_hub.models import Clearance, ClearanceBox

SINGLE_TARGET_MS = 1.0
"""The 99th percentile of one question about one asset with 20 grants."""
ALL_TARGET_MS = 100.0
"""The median of one question about all assets of the mix."""
GRANTS = 20
KNOWN = 400
"""Assets whose grants a process may still know."""
ADS = Use("paid_social.meta", ("DE",), frozenset({"crop"}))


Times = tuple[float, float]
"""Seconds by the clock, and seconds of processor time: on a busy machine only the latter say what the work costs."""


def share(times: list[Times], part: float, which: int = 0) -> float:
    """Return the time, in ms, within which this part of the questions was answered."""
    return sorted(one[which] for one in times)[min(int(len(times) * part), len(times) - 1)] * 1000


def figures(name: str, times: list[Times]) -> dict[str, float]:
    """Return median and 99th percentile of both clocks, in ms."""
    return {
        f"{name}_{label}{clock}_ms": share(times, part, which)
        for which, clock in enumerate(("", "_cpu"))
        for label, part in (("p50", 0.5), ("p99", 0.99))
    }


def _seconds(work: Callable[[], object]) -> Times:
    begun, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - used


def single(hub: Hub, assets: int) -> list[Times]:
    """Ask about each asset once, in an order that no cache expects."""
    times = []
    gc.collect()  # what filling left behind is none of the hub's work
    settle()
    with hub.database.read() as session:
        for number in range(assets):
            name = asset_id(number * 7919 % assets)
            times.append(_seconds(partial(licensing.ask, hub, session, name, ADS)))
    return times


YEAR_END = datetime(2027, 12, 31, 23, tzinfo=UTC)
CAMPAIGN = Use(
    "paid_social", ("DE",), frozenset({"crop"}), starts_at=datetime(2027, 6, 1, tzinfo=UTC), ends_at=YEAR_END
)


def together(folder: Path, fill: Callable[[Hub, int], None], assets: int) -> dict[str, float]:
    """Fill a hub, work out what may be used, and ask for it; times in ms, the working out in seconds."""
    hub = empty_hub(folder)
    fill(hub, assets)
    gc.collect()
    clock, cpu = _seconds(partial(licensing.catch_up, hub))
    found: dict[str, float] = {"assets": assets, "worked_out_s": clock, "worked_out_cpu_s": cpu}
    with hub.database.read() as session:
        found["situations"] = session.scalar(select(func.count()).select_from(Clearance)) or 0
        found["boxes"] = session.scalar(select(func.count()).select_from(ClearanceBox)) or 0
        found["usable"] = licensing.count_usable(hub, session, CAMPAIGN)
        asked: dict[str, Callable[[], object]] = {
            "all": lambda: licensing.usable(hub, session, CAMPAIGN),
            "page": lambda: licensing.usable(hub, session, CAMPAIGN, limit=50),
            "count": lambda: licensing.count_usable(hub, session, CAMPAIGN),
        }
        for name, ask in asked.items():
            times = [_seconds(ask) for _ in range(15)]
            found |= figures(name, times)
        ids = [asset_id(number * 7919 % assets) for number in range(min(1000, assets))]
        singly = {one for one, answer in licensing.ask_many(hub, session, ids, CAMPAIGN).items() if answer.allowed}
        if singly != set(ids) & set(licensing.usable(hub, session, CAMPAIGN)):
            raise SystemExit("Asked singly, the answers are others.")
    hub.close()
    return found


def singly(folder: Path, questions: int) -> dict[str, float]:
    """Ask about one asset after the other, first of all and again; times in ms."""
    hub = empty_hub(folder)
    fill_single(hub, questions, GRANTS)
    first = single(hub, questions)
    few = min(KNOWN, questions)
    single(hub, few)
    again = [seconds for _ in range(questions // few) for seconds in single(hub, few)]
    hub.close()
    found: dict[str, float] = {"questions": questions}
    for name, times in (("first", first), ("again", again)):
        found |= figures(name, times)
    return found


def main() -> int:
    """Print the figures and, as the last line, JSON; return 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rights", description=__doc__)
    parser.add_argument("--questions", type=int, default=4000)
    parser.add_argument("--assets", type=int, default=100_000)
    parser.add_argument("--part", choices=("single", "mixed", "different"), help="Only this one; default: all.")
    arguments = parser.parse_args()
    parts: dict[str, Callable[[Path], dict[str, float]]] = {
        "single": lambda folder: singly(folder, arguments.questions),
        "mixed": lambda folder: together(folder, fill_many, arguments.assets),
        "different": lambda folder: together(folder, fill_different, arguments.assets),
    }
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="rights-bench-") as folder:
        for name, measure in parts.items():
            if arguments.part in (None, name):
                found[name] = measure(Path(folder, name))
                print(f"{name}: " + ", ".join(f"{key} {value:.4g}" for key, value in found[name].items()), flush=True)
    print(json.dumps({"benchmark": "rights", **found}))
    slow = found.get("single", {}).get("again_p99_ms", 0) >= SINGLE_TARGET_MS
    return 1 if slow or found.get("mixed", {}).get("all_p50_ms", 0) >= ALL_TARGET_MS else 0


if __name__ == "__main__":
    sys.exit(main())
