"""Runs the comparison, prints a table and, as the last line or into a file, JSON."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from benchmarks.images import photo
from benchmarks.images.contenders import Contender, cpu_of, peak_of, prepare, start
from benchmarks.images.quality import Judge
from benchmarks.images.work import AVIF_SPEED, SETTINGS, WEBP_METHOD, Output, outputs

PEERS = ("sharp", "sharp-own", "thumbor", "pillow")
TARGETS = {"sharp": 4.0, "sharp-own": 4.0, "thumbor": 2.2}
"""How many times as fast as the peer we want to be; `sharp-own` is sharp with the AVIF effort it has by default."""
ENCODING_TARGET = 1.6
"""How much longer than encoding alone we may take."""


@dataclass(frozen=True)
class Row:
    """One file of a peer, and the similarity of ours at its bytes."""

    output: str
    bytes: int
    ssim: float
    our_ssim: float


@dataclass
class Times:
    """What the timed runs of one contender took, in seconds."""

    wall: list[float]
    cpu: list[float]

    def summary(self) -> dict[str, float]:
        """Return the numbers of the report."""
        return {
            "median": statistics.median(self.wall),
            "fastest": min(self.wall),
            "cpu_median": statistics.median(self.cpu),
        }


def measure(contenders: list[Contender], work: Path, rounds: int) -> dict[str, Times]:
    """Return the times of each contender; the order turns by one in each round, the first round warms up."""
    times = {contender.name: Times([], []) for contender in contenders}
    for turn in range(rounds + 1):
        start_at = turn % len(contenders)
        for contender in contenders[start_at:] + contenders[:start_at]:
            folder = work / contender.name
            folder.mkdir(exist_ok=True)
            cpu, begin = cpu_of(contender.pid()), time.perf_counter()
            contender.run(folder)
            if turn:
                times[contender.name].wall.append(time.perf_counter() - begin)
                times[contender.name].cpu.append(cpu_of(contender.pid()) - cpu)
    return times


def compare(judge: Judge, made: list[Output], work: Path) -> dict[str, Any]:
    """Return, for each peer, bytes and similarity of its files and of ours at the same bytes."""
    found: dict[str, Any] = {}
    for peer in PEERS:
        rows = []
        for output in made:
            weight, theirs = judge.score(work / peer, output)
            rows.append(Row(output.name, weight, theirs, judge.at_bytes(output, weight)))
        found[peer] = {
            "ssim": statistics.mean(row.ssim for row in rows),
            "our_ssim_at_equal_bytes": statistics.mean(row.our_ssim for row in rows),
            "worst_difference": min(row.our_ssim - row.ssim for row in rows),
            "files": [asdict(row) for row in rows],
        }
    return found


def table(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    heads = ("median s", "fastest", "x ours", "cpu s", "peak MB", "SSIM", "ours*")
    lines = [report["settings"], " " * 10 + "".join(f"{head:>9}" for head in heads)]
    ours = report["seconds"]["ours"]["median"]
    for name, seconds in report["seconds"].items():
        values = [seconds["median"], seconds["fastest"], seconds["median"] / ours, seconds["cpu_median"]]
        line = f"{name:10}" + "".join(f"{value:9.3f}" for value in values) + f"{report['peak_bytes'][name] / 1e6:9.0f}"
        quality = report["quality"].get(name)
        if quality:
            line += f"{quality['ssim']:9.4f}{quality['our_ssim_at_equal_bytes']:9.4f}"
        lines.append(line)
    lines.append("* similarity of ours at the same number of bytes")
    lines += [f"{'met' if met else 'MISSED':6} {text}" for text, met in report["targets"].items()]
    return "\n".join(lines)


def judge_targets(seconds: dict[str, dict[str, float]], quality: dict[str, Any]) -> dict[str, bool]:
    """Return which targets were met."""
    ours = seconds["ours"]["median"]
    met = {f">= {factor}x {peer}": seconds[peer]["median"] >= factor * ours for peer, factor in TARGETS.items()}
    met[f"<= {ENCODING_TARGET}x encoding alone"] = ours <= ENCODING_TARGET * seconds["encoding"]["median"]
    for peer in TARGETS:
        mean = quality[peer]["our_ssim_at_equal_bytes"] - quality[peer]["ssim"]
        # The third decimal is the last that can be seen.
        met[f"SSIM at equal bytes >= {peer}"] = round(mean, 3) >= 0
    return met


def run(source: Path | None, rounds: int, work: Path) -> dict[str, Any]:
    """Make the picture, let all contenders work, compare."""
    if source is None:
        source = work / "photo.jpg"
        photo.make(source)
    with Image.open(source) as picture:
        size = ImageOps.exif_transpose(picture).size
    made = outputs(*size)
    task = {
        "source": str(source.resolve()),
        "size": size,
        "outputs": [asdict(output) for output in made],
        "method": WEBP_METHOD,
        "speed": AVIF_SPEED,
    }
    contenders = start(task, work)
    try:
        times = measure(contenders, work, rounds)
        peaks = {contender.name: peak_of(contender.pid()) for contender in contenders}
    finally:
        for contender in contenders:
            contender.close()
    seconds = {name: each.summary() for name, each in times.items()}
    judged = work / "judged"
    judged.mkdir()
    quality = compare(Judge(source, made, judged), made, work)
    return {
        "settings": SETTINGS,
        "outputs": len(made),
        "rounds": rounds,
        "seconds": seconds,
        "peak_bytes": peaks,
        "quality": quality,
        "targets": judge_targets(seconds, quality),
    }


def main() -> int:
    """Return the exit status: 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.images", description=__doc__)
    parser.add_argument("--source", type=Path, help="a picture to use instead of the generated one")
    parser.add_argument("--rounds", type=int, default=7, help="timed runs of each contender")
    parser.add_argument("--json", type=Path, help="where to write the report; standard output otherwise")
    chosen = parser.parse_args()
    prepare()
    with tempfile.TemporaryDirectory(prefix="ugc-hub-bench-") as folder:
        report = run(chosen.source, chosen.rounds, Path(folder))
    print(table(report))
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=1))
    else:
        print(json.dumps(report))
    return 0 if all(report["targets"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
