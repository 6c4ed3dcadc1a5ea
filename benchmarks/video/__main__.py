"""Measures four placements of a clip of ten seconds in 1080p, all contenders in turn, round by round.

The placements are those that the hub is asked for most: TikTok (9:16), Meta (4:5) and YouTube (16:9) as H.264, and the
GIF for e-mail as the shipped preset has it; `--films` measures a square film in place of the GIF.

All begin with the same normalised clip and write H.264 with the same settings and the same sound. "ours" makes all
films from one decode and measures each file again, as it does in the hub, and finds out how the GIF fits into its
budget; "ffmpeg" makes the same four one after the other and measures nothing, the GIF in one go with the setting that
the hub ended with; "MoviePy" does so by its own means (only where it is installed), the GIF with as many pictures of
the same size; "encoders" gets pictures that are cut, scaled and chosen already and does nothing but encode them: what
no arrangement of the rest can undercut.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from benchmarks.video import clips, contenders
from benchmarks.video.contenders import Order
from workers.media import probe
from workers.media.limits import Limits
from workers.media.video import filters, mezzanine, tool
from workers.media.video.shapes import VideoPlan

TARGETS = {"veryfast": 1.25, "medium": 1.15}
"""How many times as long ffmpeg takes one by one, at least."""
MOVIEPY_TARGET, ENCODERS_TARGET = 2.8, 1.2
ALIKE = 0.05
"""By how much GIFs may differ in length: it is told in hundredths of a second for each picture, and rounded."""


def vmaf(wanted: Order, plan: VideoPlan, made: Path) -> float:
    """Return the mean VMAF of a file against the same pictures before they were encoded."""
    graph = f"{';'.join(filters.chains(plan, wanted.clip, ('1:v', 'r')))};[0:v][r]libvmaf=n_threads=2"
    words = ["-i", f"file:{made}", "-i", f"file:{wanted.source}", "-filter_complex", graph, "-f", "null", "-"]
    said = tool.run(words, made.with_suffix(".log"))
    return float(said.split("VMAF score:")[1].split()[0])


def gif(path: Path) -> tuple[int, int, int, float]:
    """Return width, height, number of pictures and seconds of a GIF."""
    with Image.open(path, formats=["GIF"]) as picture:
        count, lasts = int(getattr(picture, "n_frames", 1)), 0.0
        for number in range(count):
            picture.seek(number)
            lasts += float(picture.info.get("duration", 0)) / 1000
        return *picture.size, count, lasts


def same_gifs(paths: dict[str, Path]) -> None:
    """Refuse to compare GIFs that are not of one size, with as many pictures in the same time."""
    found = {name: gif(path) for name, path in paths.items()}
    first = next(iter(found.values()))
    for one in found.values():
        if one[:3] != first[:3] or abs(one[3] / first[3] - 1) > ALIKE:
            raise SystemExit(f"The GIFs are not alike (width, height, pictures, seconds): {found}")


def files(wanted: Order, names: list[str]) -> dict[str, list[Path]]:
    """Return what each contender made, films first."""
    made = {name: [wanted.folder / f"{name}-{number}.mp4" for number in range(len(wanted.films))] for name in names}
    made["ours"] = [wanted.folder / f"{plan.digest()}.mp4" for plan in wanted.films]
    if wanted.moving is not None:
        for name, paths in made.items():
            paths.append(wanted.folder / f"{wanted.moving.digest() if name == 'ours' else name}.gif")
    return made


def measure(wanted: Order, rounds: int) -> dict[str, object]:
    """Run all contenders so often, in turn, and return the medians of their seconds."""
    works: dict[str, Callable[[], None]] = {
        "ours": partial(contenders.ours, wanted),
        "ffmpeg": partial(contenders.ffmpeg, wanted),
        "encoders": partial(contenders.encoders, contenders.raw(wanted), wanted),
    }
    if find_spec("moviepy") is not None:
        works["moviepy"] = partial(contenders.moviepy, wanted)
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            begun = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - begun)
    medians = {name: round(statistics.median(times), 2) for name, times in seconds.items()}
    made = files(wanted, list(works))
    quality = {name: round(vmaf(wanted, wanted.films[0], made[name][0]), 2) for name in ("ours", "ffmpeg")}
    count = len(wanted.films)
    weights = {name: sum(path.stat().st_size for path in paths[:count]) for name, paths in made.items()}
    told: dict[str, object] = {"seconds": medians, "vmaf": quality, "film_bytes": weights}
    if wanted.moving is not None:
        same_gifs({name: paths[-1] for name, paths in made.items()})
        told["gif"] = gif(made["ours"][-1])
        told["gif_bytes"] = {name: paths[-1].stat().st_size for name, paths in made.items()}
    return told


def prepared(path: Path, folder: Path, preset: str, *, films: bool) -> tuple[Order, float]:
    """Normalise a clip and return what is made of it, and how many seconds normalising took."""
    facts = probe.inspect(path, folder, Limits()).facts
    begun = time.perf_counter()
    found = mezzanine.normalise(path, facts, folder, Limits())
    took = round(time.perf_counter() - begun, 2)
    return contenders.order(folder / found.path, found.clip, folder, preset, films=films), took


def main() -> int:
    """Print JSON, a line for each preset, and return 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.video", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--presets", nargs="+", default=list(TARGETS))
    parser.add_argument("--clip", default="camera", help="camera, grain, or the path of a clip")
    parser.add_argument("--films", action="store_true", help="four films: a square one in place of the GIF")
    asked = parser.parse_args()
    missed = False
    for preset in asked.presets:
        with tempfile.TemporaryDirectory() as folder:
            path = clips.MADE[asked.clip](Path(folder)) if asked.clip in clips.MADE else Path(asked.clip).resolve()
            wanted, normalising = prepared(path, Path(folder), preset, films=asked.films)
            found = {"clip": path.name, "preset": preset, "normalising_s": normalising}
            found |= measure(wanted, asked.rounds)
        seconds = found["seconds"]
        assert isinstance(seconds, dict)
        times = {name: round(value / seconds["ours"], 2) for name, value in seconds.items()}
        print(json.dumps({**found, "times_ours": times}), flush=True)
        missed |= times["ffmpeg"] < TARGETS.get(preset, 1.0) or 1 / times["encoders"] > ENCODERS_TARGET
        missed |= times.get("moviepy", MOVIEPY_TARGET) < MOVIEPY_TARGET
    return 1 if missed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(str(error))
