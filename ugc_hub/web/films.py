"""Versions of videos in plain words: what is planned, what was made, and the video that they start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workers.media.plans import AnyPlan, media_type_of
from workers.media.shapes import ImagePlan
from workers.media.video.rungs import LadderPlan
from workers.media.video.shapes import AnimationPlan, Clip, VideoPlan

from . import words

CODECS = {"h264": "H.264", "hevc": "H.265", "vp9": "VP9", "av1": "AV1"}
_SILENT_LUFS = -70.0
"""What is fainter counts as silence (the absolute gate of ITU-R BS.1770)."""

Line = tuple[str, str]


def seconds(value: float) -> str:
    """Return seconds with one digit where it says something: `15 s`, `6.4 s`."""
    return f"{value:.1f}".removesuffix(".0") + " s"


def rate(value: tuple[int, int] | list[int]) -> str:
    """Return pictures a second: `30`, `29.97`."""
    return f"{value[0] / value[1]:.2f}".rstrip("0").rstrip(".")


def lines(plans: Sequence[AnyPlan], clip: Clip) -> list[Line]:
    """Return label and value of what a version of a clip will be; `plans` has one for each format."""
    plan = plans[0]
    if isinstance(plan, VideoPlan):
        return planned(plan, has_sound=clip.has_sound)
    size = ("Size", f"{plan.width} × {plan.height}")
    if isinstance(plan, ImagePlan):
        at = plan.still.frame / clip.frame_rate if plan.still is not None else 0.0
        names = ", ".join(dict.fromkeys(_format(one) for one in plans))
        button = ", with a play button" if plan.still is not None and plan.still.button is not None else ""
        return [size, ("Moment", seconds(at)), ("File", f"{names}{_most(plan)}{button}")]
    lasts = seconds(plan.frames / clip.frame_rate)
    if isinstance(plan, AnimationPlan):
        pictures = rate((min(plan.rate * clip.rate[1], clip.rate[0]), clip.rate[1]))
        found = [size, ("Length", f"{lasts}, at most {pictures} pictures a second, {_shown(plan.loops)}")]
        return [*found, ("File", f"{_format(plan)}{_most(plan)}, without sound")]
    heard = sound(plan, has_sound=clip.has_sound)
    sizes = f"{words.count(len(plan.rungs), 'size')}, up to {plan.width} × {plan.height}"
    drawn = _drawn(plan, clip.frame_rate)
    return [("Size", sizes), ("Length", lasts), ("File", "HLS, in pieces"), ("Sound", heard), *drawn]


def _format(plan: AnyPlan) -> str:
    name = media_type_of(plan).partition("/")[2]
    return {"webp": "WebP"}.get(name, name.upper())


def _most(plan: ImagePlan | AnimationPlan) -> str:
    return f", at most {words.size(plan.max_bytes)}" if plan.max_bytes is not None else ""


def planned(plan: VideoPlan, *, has_sound: bool) -> list[Line]:
    """Return label and value of what a film will be."""
    lasts = plan.frames * plan.rate[1] / plan.rate[0]
    found = [
        ("Size", f"{plan.width} × {plan.height}"),
        ("Length", f"{seconds(lasts)}, {rate(plan.rate)} pictures a second"),
        ("File", f"{plan.recipe.container.upper()}, {CODECS[plan.recipe.codec]}{_bound(plan)}"),
        ("Sound", sound(plan, has_sound=has_sound)),
    ]
    return [*found, *_drawn(plan, plan.rate[0] / plan.rate[1])]


def _drawn(plan: VideoPlan | LadderPlan, frame_rate: float) -> list[Line]:
    """Return what is burned in, and the cards."""
    found: list[Line] = []
    if plan.captions is not None:
        found.append(("Captions", f"{words.count(len(plan.captions.cues), 'caption')}, burned in"))
    cards = [(name, card) for name, card in (("intro", plan.intro), ("end", plan.end)) if card is not None]
    if cards:
        said = ", ".join(f"{name} {seconds(card.frames / frame_rate)}" for name, card in cards)
        found.append(("Cards", f"{said}, in silence"))
    return found


def _bound(plan: VideoPlan) -> str:
    if plan.max_bytes is not None and plan.max_bytes < 10**9:
        return f", at most {words.size(plan.max_bytes)}"
    if plan.recipe.kbps_max is not None:
        # What its encoder is told. Nobody refuses more, and of what is next to noise more may come.
        lasts = plan.shown * plan.rate[1] / plan.rate[0]
        return f", aims at {words.size(round((plan.recipe.kbps_max + plan.recipe.audio_kbps) * 125 * lasts))} at most"
    return ""


def sound(plan: VideoPlan | LadderPlan, *, has_sound: bool) -> str:
    """Return what becomes of the sound."""
    if plan.bed is None and not has_sound:
        return "None: the video has none"
    if plan.bed is None and not plan.sound.keep:
        return "Muted"
    kept = "Kept" if plan.bed is None else "Music under it" if has_sound and plan.sound.keep else "Music instead"
    if plan.sound.loudness_lufs is None:
        return f"{kept} as it is" if plan.bed is None else kept
    return f"{kept}, at {_lufs(plan.sound.loudness_lufs)}, peaks at most {_signed(plan.sound.true_peak_dbtp)} dBTP"


def _signed(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace("-", "−")


def _lufs(value: float) -> str:
    return f"{_signed(value)} LUFS"


def of_clip(clip: Clip) -> list[Line]:
    """Return label and value of what was measured of a video when it was made ready for versions."""
    found = [("Made ready as", f"{clip.width} × {clip.height}, {rate(clip.rate)} pictures a second, SDR, upright")]
    found.append(("Scenes", str(len(clip.cuts) + 1) if clip.cuts else "One, without a cut"))
    if not clip.has_sound:
        return found
    loud = clip.loudness
    if loud is not None and loud.integrated_lufs is not None:
        peak = f", peaks at {_signed(loud.true_peak_dbtp)} dBTP" if loud.true_peak_dbtp is not None else ""
        found.append(("Loudness", f"{_lufs(loud.integrated_lufs)}{peak}"))
    else:
        found.append(("Loudness", "Nothing is to be heard"))
    quiet = sum(one.end_s - one.start_s for one in clip.silences)
    found.append(("Silences", f"{len(clip.silences)}, {seconds(quiet)} in all" if clip.silences else "None"))
    return found


def made(measured: dict[str, Any] | None) -> str:
    """Return what was measured of a finished version: `0:15 · 30 pictures a second · H.264 High · −14 LUFS`."""
    if not measured:
        return ""
    file = measured.get("measured", measured)
    if "thumbhash" in file:
        return ""
    if "video_s" not in file:
        return _other(file)
    parts = [seconds(float(file["video_s"]))]
    if file.get("rate"):
        parts.append(f"{rate(file['rate'])} pictures a second")
    parts.append(f"{CODECS.get(file['codec'], str(file['codec']).upper())} {file['profile']}".strip())
    heard = (measured.get("loudness") or {}).get("integrated_lufs")
    if heard is not None or not file.get("audio_codec"):
        parts.append(_lufs(heard) if heard is not None else "no sound")
    return " · ".join([*parts, *sounding(measured)])


def sounding(measured: dict[str, Any] | None) -> list[str]:
    """Return what somebody should know of the sound of a finished version before they use it; often nothing."""
    if not measured:
        return []
    file, heard = measured.get("measured", measured), (measured.get("loudness") or {}).get("integrated_lufs")
    silent = heard is None and bool(file.get("audio_codec"))
    return [*([f"as good as silent, below {_lufs(_SILENT_LUFS)}"] if silent else []), *_short(measured)]


def _short(measured: dict[str, Any]) -> list[str]:
    """Say that a sound did not become as loud as asked, or was lifted from next to silence."""
    asked, lifted = measured.get("short_of_lufs"), measured.get("lifted_db")
    if asked is None:
        return [f"next to silence, lifted by {lifted:.0f} dB as the platform asks: listen for hiss"] if lifted else []
    why = f"next to silence, and more than {lifted:.0f} dB would lift hiss" if lifted else "its peaks leave no room"
    return [f"quieter than the {_lufs(asked)} advised: {why}"]


def _other(file: dict[str, Any]) -> str:
    """Return the same of an animation or a stream."""
    lasts = seconds(float(file["duration_s"]))
    if "rungs" in file:
        return " · ".join([lasts, words.count(len(file["rungs"]), "size"), *_short(file)])
    return f"{lasts} · {_shown(int(file['loops']))}"


def _shown(loops: int) -> str:
    return "without end" if loops == 0 else "shown once" if loops == 1 else f"shown {loops} times"
