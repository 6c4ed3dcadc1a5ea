"""Judges a finished video against its plan; what misses it is never handed out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workers.media.errors import MediaError
from workers.media.video import bounds, decoders, levels
from workers.media.video.shapes import Loudness, Measured, SoundPlan, VideoPlan, VideoRecipe

_PROFILES = {"high": "High", "main": "Main", "baseline": "Constrained Baseline"}
_HEARD = {"mp4": "aac", "webm": "opus"}
_MATRIX_709 = (1, 1, 1, 1)
_FRAME_S = 0.0005
_IN_STEP_S = 0.040
_ENDS_S = 0.1
"""Sound is whole frames, and some of its beginning is left out."""


@dataclass(frozen=True)
class Sounding:
    """How the sound of a file is written, and when it is heard in seconds of the pictures."""

    codec: str
    rate: int
    channels: int
    begins_s: float
    lasts_s: float = 0.0


def faults(found: Measured, heard: Loudness | None, plan: VideoPlan, *, audible: bool | None = None) -> tuple[str, ...]:
    """Return what is wrong with a file, each as `name: what was found`; nothing where it is what was planned.

    `audible` tells whether it has to have sound; None where that lies in another file.
    """
    wrong = (*_picture(found, plan), *_clock(found, plan), *_file(found, plan), *_sound(found, heard, plan))
    if audible is not None and audible != (found.audio_codec is not None):
        return (*wrong, f"sound: {'missing' if audible else 'not asked for'}")
    return wrong


def sound_faults(
    found: Sounding, heard: Loudness, plan: tuple[SoundPlan, VideoRecipe], whole_s: float
) -> tuple[str, ...]:
    """Return what is wrong with the sound of a stream, a file of its own, as `faults` does; `whole_s`: of the pictures.

    Too little loudness is none: no platform refuses streams for it, and whoever asked for one is told.
    """
    asked, recipe = plan
    short = levels.short_of(asked, heard)
    wrong = [*_coded(found, recipe), *(one for one in _loud(heard, asked) if not short or "peak" in one)]
    if abs(found.lasts_s - whole_s) > _ENDS_S:
        wrong.append(f"sound: {found.lasts_s:.3f} s of {whole_s:.3f}")
    return tuple(wrong)


def grave(wrong: tuple[str, ...], heard: Loudness | None, plan: VideoPlan) -> tuple[str, ...]:
    """Return those faults for which a version is refused.

    Too little loudness is none where nobody refuses that: peaks that leave no room are in the sound, and a version that
    is as loud as they allow is of more use than none.
    """
    if plan.strict_loudness or not levels.short_of(plan.sound, heard):
        return wrong
    return tuple(fault for fault in wrong if not fault.startswith("loudness"))


def refuse(wrong: tuple[str, ...]) -> MediaError:
    """Return the error for a file that is not what was planned."""
    return MediaError(
        f"The video that came out misses what was asked for ({wrong[0]}). Try again, or choose another format.",
        code="output_invalid",
        detail="; ".join(wrong),
    )


def _picture(found: Measured, plan: VideoPlan) -> Iterator[str]:
    recipe = plan.recipe
    if (found.width, found.height) != (plan.width, plan.height):
        yield f"size: {found.width} x {found.height}"
    if found.codec != recipe.codec:
        yield f"codec: {found.codec}"
    asked = {"h264": _PROFILES.get(recipe.profile, recipe.profile), "hevc": "Main"}.get(recipe.codec, found.profile)
    if found.profile != asked:
        yield f"profile: {found.profile}"
    most = decoders.level(plan)
    if most is not None and found.level is not None and found.level > most + 0.05:
        yield f"level: {found.level:.1f} instead of {most:.1f}"
    if found.pixel_format != "yuv420p":
        yield f"pixel format: {found.pixel_format}"
    if found.colours != _MATRIX_709:
        yield f"colours: {found.colours}"
    if found.sample_aspect not in ("1:1", "0:1"):
        yield f"pixel shape: {found.sample_aspect}"


def _clock(found: Measured, plan: VideoPlan) -> Iterator[str]:
    rate = plan.rate[0] / plan.rate[1]
    if found.rate is None or abs(found.rate[0] / found.rate[1] - rate) > 0.001 * rate:
        yield f"frame rate: {found.rate}"
    if abs(found.frames - plan.shown) > 0:
        yield f"frames: {found.frames} instead of {plan.shown}"
    if plan.max_s is not None and found.file_s > plan.max_s + _FRAME_S:
        yield f"duration: {found.file_s:.3f} s"
    if found.keys != found.starts:
        yield f"open groups: {found.keys} key frames, {found.starts} to begin at"
    if found.longest_gop > max(1, round(plan.recipe.gop_s * rate)):
        yield f"groups: {found.longest_gop} pictures"


def _file(found: Measured, plan: VideoPlan) -> Iterator[str]:
    if plan.recipe.container == "mp4" and not found.index_first:
        yield "index: at the end"
    if found.edit_lists:
        yield f"edit lists: {found.edit_lists}"
    if plan.max_bytes is not None and found.size_bytes > plan.max_bytes:
        yield f"weight: {found.size_bytes} bytes"
    weighs = bounds.weighs_kbps(found)
    if weighs < bounds.least_kbps(plan, found.video_s) or (plan.max_kbps is not None and weighs > plan.max_kbps):
        yield f"bit rate: {weighs:.0f} kbit/s"


def _sound(found: Measured, heard: Loudness | None, plan: VideoPlan) -> Iterator[str]:
    if found.audio_codec is None:
        if plan.bed is not None:
            yield "sound: none"
        return
    sounding = Sounding(found.audio_codec, found.audio_rate or 0, found.audio_channels or 0, found.offset_s)
    yield from _coded(sounding, plan.recipe)
    if heard is not None:
        yield from _loud(heard, plan.sound)


def _coded(found: Sounding, recipe: VideoRecipe) -> Iterator[str]:
    if found.codec != _HEARD[recipe.container]:
        yield f"sound: {found.codec}"
    if (found.rate, found.channels) != (48_000, 2):
        yield f"sound: {found.rate} Hz, {found.channels} channels"
    if abs(found.begins_s) > _IN_STEP_S:
        yield f"sound out of step: {found.begins_s:.3f} s"


def _loud(heard: Loudness, asked: SoundPlan) -> Iterator[str]:
    if asked.loudness_lufs is not None and heard.integrated_lufs is not None:
        if abs(heard.integrated_lufs - asked.loudness_lufs) > asked.tolerance_lu:
            yield f"loudness: {heard.integrated_lufs:.1f} LUFS"
        if heard.true_peak_dbtp is not None and heard.true_peak_dbtp > asked.true_peak_dbtp:
            yield f"true peak: {heard.true_peak_dbtp:.1f} dBTP"
