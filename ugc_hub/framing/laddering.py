"""`ladder`: a clip becomes a stream in several sizes, between which players change as the connection allows (HLS)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ugc_hub.framing import rates
from ugc_hub.framing.filming import FilmChoice, part_of, safe_of, sound_of
from ugc_hub.framing.following import Part
from ugc_hub.framing.records import Outcome, Reason
from ugc_hub.presets import Preset, Target, catalogue
from ugc_hub.presets.films import STREAM
from workers.media.records import Record
from workers.media.shapes import Box
from workers.media.video.excerpts import cut
from workers.media.video.rungs import LadderPlan, Rung
from workers.media.video.shapes import MOST_LIFT_DB, Captions, Clip, Cue, Span, VideoRecipe

RUNG = "hls_rung"
"""Placement of the sizes that a stream is made of."""
WORTH_S = 60.0
"""What is shorter is served as one file just as well."""
_GOP_S, _GROUPS = 2, 3


@dataclass(frozen=True)
class Laddering(Record):
    """The answer for one clip and one preset; see `Framing` for the outcomes."""

    preset_id: str
    outcome: Outcome
    plan: LadderPlan | None = None
    reasons: tuple[Reason, ...] = ()
    start_s: float = 0.0
    seconds: float = 0.0


def ladder(clip: Clip, preset: Preset, choice: FilmChoice | None = None, *, cues: Sequence[Cue] = ()) -> Laddering:
    """Decide exactly how a clip becomes a stream, up to the size of a preset; pure, deterministic, nothing enlarged.

    A preset for one size of a stream gives it with all lighter ones: alone it would be no stream. Each keeps the shape
    of the clip, at as many pixels as the size has, so that its bit rate is right for a portrait as well.
    """
    wish = choice or FilmChoice()
    if preset.target.placement != RUNG:
        return _refused(preset, Reason("not_a_stream_preset", "The hub makes no stream for this preset.", "refusal"))
    part = part_of(clip, preset.target, wish, cues)
    if isinstance(part, Reason):
        return _refused(preset, part)
    rungs = _rungs(clip, preset.target)
    part = Part(part.first, max(1, part.frames // 2 * 2))
    slowest = min(Fraction(*rung.rate) for rung in rungs)
    # In pictures of the slowest, so that the groups of all rungs begin at the same time.
    gop_s = float(max(1, round(_GOP_S * slowest)) / slowest)
    recipe = VideoRecipe(
        STREAM.id,
        STREAM.version,
        preset=STREAM.preset,
        quality=STREAM.quality,
        gop_s=gop_s,
        audio_kbps=STREAM.audio_kbps,
    )
    plan = LadderPlan(
        crop=Box(0, 0, clip.width, clip.height),
        rungs=rungs,
        first=part.first,
        frames=part.frames,
        recipe=recipe,
        groups=_GROUPS,
        sound=sound_of(preset.target, wish),
        most_lift_db=MOST_LIFT_DB,
        bed=wish.bed,
        imprint=wish.framing.imprint,
    )
    safe = safe_of(preset, plan.width, plan.height)
    plan = replace(plan, captions=_said(clip, part, wish, cues, safe=safe))
    seconds = part.frames / clip.frame_rate
    reasons = (*_smaller(preset.target, rungs[-1]), *_short(seconds))
    outcome: Outcome = "warned" if any(reason.severity == "warning" for reason in reasons) else "ready"
    return Laddering(preset.id, outcome, plan, reasons, round(part.first / clip.frame_rate, 4), round(seconds, 4))


def _said(clip: Clip, part: Part, wish: FilmChoice, cues: Sequence[Cue], *, safe: Box) -> Captions | None:
    """Return the captions that are burned in, in the largest size; None where nobody chose any."""
    start = part.first / clip.frame_rate
    said = cut(cues, Span(start, start + part.frames / clip.frame_rate)) if wish.captions else ()
    return Captions(said, safe, wish.style) if said else None


def _refused(preset: Preset, reason: Reason) -> Laddering:
    return Laddering(preset.id, "refused", reasons=(reason,))


def _rungs(clip: Clip, top: Target) -> tuple[Rung, ...]:
    """Return the sizes up to the preset's that the clip has pixels for; at least one, of the clip's own size."""
    known = [one.target for one in catalogue().presets if one.target.placement == RUNG and not one.target.deprecated]
    targets = [one for one in known if _kbps(one) <= _kbps(top) and one.id != top.id] + [top]
    targets.sort(key=_kbps)
    found = [rung for target in targets if (rung := _rung(clip, target)) is not None]
    if found:
        return tuple(found)
    width, height = clip.width // 2 * 2, clip.height // 2 * 2
    return (Rung(max(2, width), max(2, height), _kbps(targets[0]), _rate(clip, targets[0])),)


def _kbps(target: Target) -> int:
    advice = target.video.kbps_advice
    return target.video.kbps_max or (int(advice) if advice and advice.isdigit() else 0)


def _rung(clip: Clip, target: Target) -> Rung | None:
    size = target.size
    scale = math.sqrt((size.width or 0) * (size.height or 0) / (clip.width * clip.height))
    if not 0 < scale <= 1:
        return None
    width, height = (max(2, round(side * scale / 2) * 2) for side in (clip.width, clip.height))
    return Rung(min(width, clip.width), min(height, clip.height), _kbps(target), _rate(clip, target))


def _rate(clip: Clip, target: Target) -> tuple[int, int]:
    """Return the rate of the clip, or half of it where the size takes no more: every second picture is left out."""
    own, most = Fraction(*clip.rate), rates.most_of(target)
    rate = own if most is None or own <= most else own / 2
    return rate.numerator, rate.denominator


def _smaller(target: Target, largest: Rung) -> Sequence[Reason]:
    size = target.size
    if largest.kbps >= _kbps(target):
        return ()
    sentence = (
        f"The largest size of the stream is {largest.width} x {largest.height} instead of {size.width} x "
        f"{size.height}, because the video has no more pixels."
    )
    return (Reason("below_target", sentence, "warning"),)


def _short(seconds: float) -> Sequence[Reason]:
    if seconds >= WORTH_S:
        return ()
    sentence = f"A video of less than {WORTH_S:.0f} seconds is served as one file just as well, with fewer requests."
    return (Reason("one_file_is_enough", sentence, "advice"),)
