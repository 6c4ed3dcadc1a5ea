"""Measures four placements of a clip of ten seconds in 1080p, all contenders in turn, round by round.

All begin with the same normalised clip and write H.264 with the same settings and the same sound. "ours" makes all
four from one decode and measures each file again, as it does in the hub; "ffmpeg" makes the same four one after the
other and measures nothing; "MoviePy" does so by its own means (only where it is installed); "encoders" gets pictures
that are cut and scaled already and does nothing but encode them: what no arrangement of the rest can undercut.
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
from dataclasses import replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from benchmarks.video import clips
from workers.media import probe
from workers.media.limits import Limits
from workers.media.shapes import Box
from workers.media.video import encode, filters, mezzanine, render, tool
from workers.media.video.encode import Rate
from workers.media.video.shapes import Clip, SoundPlan, VideoPlan, VideoRecipe

SIZES = ((1080, 1920), (1080, 1350), (1920, 1080), (1080, 1080))
COLOURS = [word for name in ("color_primaries", "color_trc", "colorspace") for word in (f"-{name}", "bt709")]
COLOURS += ["-color_range", "tv"]
"""What given pictures are: without names ffmpeg would convert them first, and smooth the grain away that costs most."""
TARGETS = {"veryfast": 1.25, "medium": 1.15}
"""How many times as long ffmpeg takes one by one, at least."""
MOVIEPY_TARGET, ENCODERS_TARGET = 2.8, 1.2


def plans(clip: Clip, preset: str) -> list[VideoPlan]:
    """Four placements, each with the largest window of its shape; the sound stays as loud as it is."""
    made = []
    for width, height in SIZES:
        across = min(clip.width, round(clip.height * width / height / 2) * 2)
        down = min(clip.height, round(clip.width * height / width / 2) * 2)
        crop = Box((clip.width - across) // 4 * 2, (clip.height - down) // 4 * 2, across, down)
        recipe = VideoRecipe("bench", 1, preset=preset, quality=21)
        whole = VideoPlan(width, height, crop, Box(0, 0, width, height), 0, clip.frames, clip.rate, recipe)
        made.append(replace(whole, sound=SoundPlan(loudness_lufs=None)))
    return made


def ours(source: Path, clip: Clip, wanted: list[VideoPlan], folder: Path) -> None:
    """All four from one decode, each measured."""
    made = render.render(source, clip, wanted, folder)
    failed = [one for one in made.values() if isinstance(one, Exception)]
    if failed:
        raise failed[0]


def ffmpeg(source: Path, clip: Clip, wanted: list[VideoPlan], folder: Path) -> None:
    """The same files by the same filters and settings, one after the other."""
    for number, plan in enumerate(wanted):
        graph = ";".join(filters.chains(plan, clip, ("0:v", "v")))
        words = ["-i", f"file:{source}", "-filter_complex", graph, "-map", "[v]", *encode.video_words(plan, Rate())]
        words += ["-map", "0:a", *encode.sound_words(plan.recipe)]
        tool.run([*words, *encode.file_words(plan.recipe, str(folder / f"one-{number}.mp4"))], folder / "one.log")


def moviepy(source: Path, clip: Clip, wanted: list[VideoPlan], folder: Path) -> None:
    """The same four by MoviePy, with the same encoder settings."""
    opened = import_module("moviepy").VideoFileClip  # no dependency of the hub: measured where it is there
    for number, plan in enumerate(wanted):
        crop = plan.crop
        with opened(str(source)) as whole:
            part = whole.cropped(crop.x, crop.y, width=crop.width, height=crop.height)
            part = part.resized((plan.width, plan.height))
            own = ["-crf", f"{plan.recipe.quality:g}", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0"]
            part.write_videofile(
                str(folder / f"moviepy-{number}.mp4"), codec="libx264", preset=plan.recipe.preset, audio_codec="aac",
                audio_bitrate="192k", threads=encode.THREADS, ffmpeg_params=[*own, "-pix_fmt", "yuv420p"], logger=None,
            )  # fmt: skip


def raw(source: Path, clip: Clip, wanted: list[VideoPlan], folder: Path) -> list[Path]:
    """All pictures of each plan, cut and scaled: 3.7 GB, which the system keeps in memory where it has it."""
    paths = []
    for number, plan in enumerate(wanted):
        path = folder / f"raw-{number}.yuv"
        graph = ";".join(filters.chains(plan, clip, ("0:v", "v")))
        words = ["-i", f"file:{source}", "-filter_complex", graph, "-map", "[v]"]
        tool.run([*words, "-pix_fmt", "yuv420p", "-f", "rawvideo", str(path)], folder / "raw.log")
        paths.append(path)
    return paths


def encoders(paths: list[Path], wanted: list[VideoPlan], folder: Path) -> None:
    """Encode given pictures, all four at once, in one process."""
    words: list[str] = []
    for path, plan in zip(paths, wanted, strict=True):
        size, rate = f"{plan.width}x{plan.height}", f"{plan.rate[0]}/{plan.rate[1]}"
        words += [*COLOURS, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size, "-r", rate]
        words += ["-t", str(clips.SECONDS), "-i", f"file:{path}"]
    for number, plan in enumerate(wanted):
        words += ["-map", f"{number}:v", *encode.video_words(plan, Rate()), "-t", str(clips.SECONDS)]
        words += encode.file_words(plan.recipe, str(folder / f"alone-{number}.mp4"))
    tool.run(words, folder / "alone.log")


def vmaf(source: Path, clip: Clip, plan: VideoPlan, made: Path) -> float:
    """Return the mean VMAF of a file against the same pictures before they were encoded."""
    graph = f"{';'.join(filters.chains(plan, clip, ('1:v', 'r')))};[0:v][r]libvmaf=n_threads=2"
    said = tool.run(["-i", f"file:{made}", "-i", f"file:{source}", "-filter_complex", graph, "-f", "null", "-"], made.with_suffix(".log"))  # fmt: skip  # noqa: E501
    return float(said.split("VMAF score:")[1].split()[0])


def measure(preset: str, rounds: int, folder: Path, path: Path) -> dict[str, object]:
    """Run all contenders so often, in turn, and return the medians of their seconds."""
    facts = probe.inspect(path, folder, Limits()).facts
    begun = time.perf_counter()
    found = mezzanine.normalise(path, facts, folder, Limits())
    normalising = time.perf_counter() - begun
    source, clip, wanted = folder / found.path, found.clip, plans(found.clip, preset)
    given = raw(source, clip, wanted, folder)
    contenders: dict[str, Callable[[], None]] = {
        "ours": partial(ours, source, clip, wanted, folder),
        "ffmpeg": partial(ffmpeg, source, clip, wanted, folder),
        "encoders": partial(encoders, given, wanted, folder),
    }
    if find_spec("moviepy") is not None:
        contenders["moviepy"] = partial(moviepy, source, clip, wanted, folder)
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, work in contenders.items():
            begun = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - begun)
    medians = {name: round(statistics.median(times), 2) for name, times in seconds.items()}
    quality = {
        "ours": round(vmaf(source, clip, wanted[0], folder / f"{wanted[0].digest()}.mp4"), 2),
        "ffmpeg": round(vmaf(source, clip, wanted[0], folder / "one-0.mp4"), 2),
    }
    weights = {
        "ours": sum((folder / f"{plan.digest()}.mp4").stat().st_size for plan in wanted),
        "ffmpeg": sum(path.stat().st_size for path in folder.glob("one-*.mp4")),
        "encoders": sum(path.stat().st_size for path in folder.glob("alone-*.mp4")),
    }
    told: dict[str, object] = {"seconds": medians, "vmaf": quality, "bytes": weights}
    return {"preset": preset, "normalising_s": round(normalising, 2), **told}


def main() -> int:
    """Print JSON, a line for each preset, and return 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.video", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--presets", nargs="+", default=list(TARGETS))
    parser.add_argument("--clip", default="camera", help="camera, grain, or the path of a clip")
    asked = parser.parse_args()
    missed = False
    for preset in asked.presets:
        with tempfile.TemporaryDirectory() as folder:
            path = clips.MADE[asked.clip](Path(folder)) if asked.clip in clips.MADE else Path(asked.clip).resolve()
            found = {"clip": path.name, **measure(preset, asked.rounds, Path(folder), path)}
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
