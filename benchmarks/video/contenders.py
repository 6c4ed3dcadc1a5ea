"""Those that make the four placements: the hub, ffmpeg and MoviePy one by one, and the encoders with nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.video import clips
from ugc_hub.framing.animating import animation
from ugc_hub.framing.filming import FilmChoice
from ugc_hub.presets import catalogue
from workers.media.errors import PlanImpossible
from workers.media.shapes import Box
from workers.media.video import animate, beside, encode, filters, render, tool, trying
from workers.media.video.encode import Rate
from workers.media.video.shapes import AnimationPlan, Clip, SoundPlan, VideoPlan, VideoRecipe
from workers.media.video.trying import Setting

SIZES = ((1080, 1920), (1080, 1350), (1920, 1080))
"""TikTok, Meta and YouTube."""
SQUARE = (1080, 1080)
EMAIL = "email.animated.gif"
"""The shipped preset: its plan decides size, rate and length of the GIF, and its budget."""
LENGTHS_S = (None, 2.0, 1.0)
"""How long it lasts: as the preset has it, unless that is too heavy."""
COLOURS = [word for name in ("color_primaries", "color_trc", "colorspace") for word in (f"-{name}", "bt709")]
COLOURS += ["-color_range", "tv"]
"""What given pictures are: without names ffmpeg would convert them first, and smooth the grain away that costs most."""


@dataclass(frozen=True)
class Order:
    """What everybody makes of one clip, into one folder."""

    source: Path
    clip: Clip
    folder: Path
    films: tuple[VideoPlan, ...]
    moving: AnimationPlan | None = None
    setting: Setting | None = None
    """What the hub ended with for the GIF. Whoever makes only that one is not charged for the search."""


def order(source: Path, clip: Clip, folder: Path, preset: str, *, films: bool) -> Order:
    """Return three films and the GIF for e-mail, or with `films` a square film in its place.

    The GIF is made once, to know its setting; where it is too heavy a shorter part is taken, as the refusal says.
    """
    wanted = tuple(film(clip, size, preset) for size in ((*SIZES, SQUARE) if films else SIZES))
    asked = Order(source, clip, folder, wanted)
    if films:
        return asked
    for seconds in LENGTHS_S:
        answer = animation(clip, catalogue().get(EMAIL), FilmChoice(seconds=seconds))
        if answer.plan is None:
            raise SystemExit(f"No GIF for e-mail can be made of this clip: {answer.reasons[0].sentence}")
        try:
            made = animate.animate(source, clip, answer.plan, folder)
        except PlanImpossible:
            continue
        setting = ended_with(answer.plan, made.width, made.rate, made.colours)
        return replace(asked, moving=answer.plan, setting=setting)
    raise SystemExit("No GIF of this clip is light enough for e-mail.")


def film(clip: Clip, size: tuple[int, int], preset: str) -> VideoPlan:
    """Return a placement with the largest window of its shape; the sound stays as loud as it is."""
    width, height = size
    across = min(clip.width, round(clip.height * width / height / 2) * 2)
    down = min(clip.height, round(clip.width * height / width / 2) * 2)
    crop = Box((clip.width - across) // 4 * 2, (clip.height - down) // 4 * 2, across, down)
    recipe = VideoRecipe("bench", 1, preset=preset, quality=21)
    whole = VideoPlan(width, height, crop, Box(0, 0, width, height), 0, clip.frames, clip.rate, recipe)
    return replace(whole, sound=SoundPlan(loudness_lufs=None))


def ended_with(plan: AnimationPlan, width: int, rate: int, colours: int) -> Setting:
    """Return the setting that a GIF of this width, rate and palette was made at."""
    found = (width, rate, colours)
    return next(one for one in trying.settings(plan) if (one.size(plan)[0], one.rate, one.colours) == found)


def ours(wanted: Order) -> None:
    """All films from one decode, beside them the GIF with all that the budget asks for; each is measured."""

    def keep(made: Mapping[str, object]) -> None:
        for one in made.values():
            if isinstance(one, Exception):
                raise one

    if wanted.moving is None:
        keep(render.render(wanted.source, wanted.clip, wanted.films, wanted.folder))
    else:
        both = beside.Together(wanted.films, [wanted.moving])
        beside.make(wanted.source, wanted.clip, both, wanted.folder, keep=keep)


def ffmpeg(wanted: Order) -> None:
    """The same files by the same filters and settings, one after the other; the GIF in one go."""
    for number, plan in enumerate(wanted.films):
        graph = ";".join(filters.chains(plan, wanted.clip, ("0:v", "v")))
        words = ["-i", f"file:{wanted.source}", "-filter_complex", graph, "-map", "[v]"]
        words += [*encode.video_words(plan, Rate()), "-map", "0:a", *encode.sound_words(plan.recipe)]
        words += encode.file_words(plan.recipe, str(wanted.folder / f"ffmpeg-{number}.mp4"))
        tool.run(words, wanted.folder / "ffmpeg.log")
    if wanted.moving is not None and wanted.setting is not None:
        path, given = wanted.folder / "ffmpeg.gif", (wanted.source, None)
        words = animate.encoding(given, wanted.clip, wanted.moving, path, setting=wanted.setting)
        tool.run(words, wanted.folder / "ffmpeg.log")


def moviepy(wanted: Order) -> None:
    """The same four by MoviePy's own means, films with the same encoder settings."""
    opened = import_module("moviepy").VideoFileClip  # no dependency of the hub: measured where it is there
    for number, plan in enumerate(wanted.films):
        with opened(str(wanted.source)) as whole:
            part = _cut(whole, plan.crop).resized((plan.width, plan.height))
            own = ["-crf", f"{plan.recipe.quality:g}", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0"]
            part.write_videofile(
                str(wanted.folder / f"moviepy-{number}.mp4"), codec="libx264", preset=plan.recipe.preset,
                audio_codec="aac", audio_bitrate="192k", threads=encode.THREADS,
                ffmpeg_params=[*own, "-pix_fmt", "yuv420p"], logger=None,
            )  # fmt: skip
    if wanted.moving is not None and wanted.setting is not None:
        start, rate = wanted.moving.first / wanted.clip.frame_rate, wanted.setting.rate_of(wanted.clip)
        # It leaves out a picture that would not be shown in full: long enough for as many as the others have.
        lasts = math.ceil(round(wanted.moving.frames / wanted.clip.frame_rate * rate, 6)) / rate + 0.001
        with opened(str(wanted.source), audio=False) as whole:
            part = whole.subclipped(start, min(start + lasts, whole.duration))
            part = _cut(part, wanted.moving.crop).resized(wanted.setting.size(wanted.moving))
            part.write_gif(str(wanted.folder / "moviepy.gif"), fps=rate, logger=None)


def _cut(whole: Any, crop: Box) -> Any:
    """Cut a window out of a clip of MoviePy, unless that is all of it: it would copy every picture for nothing."""
    if (crop.width, crop.height) == tuple(whole.size):
        return whole
    return whole.cropped(crop.x, crop.y, width=crop.width, height=crop.height)


def raw(wanted: Order) -> list[list[str]]:
    """Write all pictures of each placement, cut, scaled and chosen, and return the words that open each file.

    These are up to 3.7 GB, which the system keeps in memory where it has it.
    """
    opened = []
    for number, plan in enumerate(wanted.films):
        path = wanted.folder / f"raw-{number}.yuv"
        graph = ";".join(filters.chains(plan, wanted.clip, ("0:v", "v")))
        words = ["-i", f"file:{wanted.source}", "-filter_complex", graph, "-map", "[v]"]
        tool.run([*words, "-pix_fmt", "yuv420p", "-f", "rawvideo", str(path)], wanted.folder / "raw.log")
        size, rate = f"{plan.width}x{plan.height}", f"{plan.rate[0]}/{plan.rate[1]}"
        words = [*COLOURS, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size, "-r", rate]
        opened.append([*words, "-t", str(clips.SECONDS), "-i", f"file:{path}"])
    if wanted.moving is not None and wanted.setting is not None:
        path, moving, setting = wanted.folder / "raw.bgra", wanted.moving, wanted.setting
        start, rate = moving.first / wanted.clip.frame_rate, f"{setting.rate_of(wanted.clip):g}"
        part = f"[0:v]trim=end_frame={moving.frames},setpts=PTS-STARTPTS"
        graph = trying.pictures(wanted.clip, moving, setting, part, timed=f"fps={rate}:round=up")
        words = ["-ss", f"{start:.6f}", "-i", f"file:{wanted.source}", "-filter_complex", f"{graph}[v]", "-map", "[v]"]
        tool.run([*words, "-f", "rawvideo", str(path)], wanted.folder / "raw.log")
        width, height = setting.size(moving)
        words = ["-f", "rawvideo", "-pix_fmt", "bgra", "-s", f"{width}x{height}", "-r", rate]
        opened.append([*words, "-i", f"file:{path}"])
    return opened


def encoders(opened: list[list[str]], wanted: Order) -> None:
    """Encode given pictures, all four at once, in one process."""
    words = [word for one in opened for word in one]
    if wanted.setting is not None:
        words += ["-filter_complex", f"[{len(wanted.films)}:v]{trying.palette(wanted.setting.colours)}[gif]"]
    for number, plan in enumerate(wanted.films):
        words += ["-map", f"{number}:v", *encode.video_words(plan, Rate()), "-t", str(clips.SECONDS)]
        words += encode.file_words(plan.recipe, str(wanted.folder / f"encoders-{number}.mp4"))
    if wanted.setting is not None:
        words += ["-map", "[gif]", "-f", "gif", str(wanted.folder / "encoders.gif")]
    tool.run(words, wanted.folder / "encoders.log")
