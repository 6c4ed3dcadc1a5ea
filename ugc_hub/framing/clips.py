"""`of_clip`: a normalised clip, a preset and a choice become the exact work, by the kind of what the preset takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ugc_hub.framing import zones
from ugc_hub.framing.animating import Animating, animation
from ugc_hub.framing.filming import FilmChoice, Filming, film
from ugc_hub.framing.laddering import RUNG, ladder
from ugc_hub.framing.postering import poster
from ugc_hub.framing.records import AnyFraming
from ugc_hub.presets import Preset
from workers.media.video.shapes import Clip, Cue
from workers.media.video.wholes import Whole


def of_clip(clip: Clip, preset: Preset, choice: FilmChoice | None = None, *, cues: Sequence[Cue] = ()) -> AnyFraming:
    """Decide exactly what a preset makes of a clip; pure and deterministic. See `makes_of_clips` for which do.

    `cues` are the captions of the clip: no version begins or ends inside one, and they are burned in where chosen.
    """
    return KINDS[preset.target.kind](clip, preset, choice or FilmChoice(), cues)


def makes_of_clips(preset: Preset) -> bool:
    """Tell whether the preset makes something of videos; what is a short text is known of the video already."""
    return preset.target.kind in KINDS and not preset.target.in_words


def whole_of(clip: Clip) -> Whole:
    """Return what a plan says of the clip that it takes a part of."""
    return Whole(clip.width, clip.height, clip.frames, round(clip.duration_s, 4), clip.has_sound)


def _video(clip: Clip, preset: Preset, choice: FilmChoice, cues: Sequence[Cue]) -> AnyFraming:
    return (_stream if preset.target.placement == RUNG else _film)(clip, preset, choice, cues)


def _stream(clip: Clip, preset: Preset, choice: FilmChoice, cues: Sequence[Cue]) -> AnyFraming:
    answer = ladder(clip, preset, choice, cues=cues)
    if answer.plan is None:
        return AnyFraming(preset.id, "refused", reasons=answer.reasons)
    plan = replace(answer.plan, whole=whole_of(clip))
    scale = plan.width / plan.crop.width
    return AnyFraming(
        preset.id,
        answer.outcome,
        (plan,),
        answer.reasons,
        plan.crop,
        scale,
        start_s=answer.start_s,
        seconds=answer.seconds,
    )


def _animation(clip: Clip, preset: Preset, choice: FilmChoice, cues: Sequence[Cue]) -> AnyFraming:
    """Without sound no words are torn, so captions do not count."""
    return _framed(clip, preset, choice, animation(clip, preset, choice))


def _still(clip: Clip, preset: Preset, choice: FilmChoice, cues: Sequence[Cue]) -> AnyFraming:
    framed = poster(clip, preset, choice)
    shown = framed.plans[0].still if framed.plans else None
    return AnyFraming(
        preset.id,
        framed.outcome,
        framed.plans,
        framed.reasons,
        framed.crop,
        framed.scale,
        framed.covered,
        start_s=round(shown.frame / clip.frame_rate, 4) if shown is not None else None,
    )


def _film(clip: Clip, preset: Preset, choice: FilmChoice, cues: Sequence[Cue]) -> AnyFraming:
    answer = film(clip, preset, choice, cues=cues)
    return replace(_framed(clip, preset, choice, answer), safe=answer.safe)


def _framed(clip: Clip, preset: Preset, choice: FilmChoice, answer: Filming | Animating) -> AnyFraming:
    """Return what is planned of a clip in the form of all kinds; a refusal has no plan."""
    if answer.plan is None:
        return AnyFraming(answer.preset_id, "refused", reasons=answer.reasons)
    plan = replace(answer.plan, whole=whole_of(clip))
    # A path set by hand looks where it looks: the focal point has no part in it.
    covered = zones.covered_over_time(preset, plan, clip, None if choice.path else choice.framing.focal_point)
    return AnyFraming(
        answer.preset_id,
        answer.outcome,
        (plan,),
        (*answer.reasons, *zones.reasons_for(covered)),
        plan.crop,
        max(plan.placed.width / plan.crop.width, plan.placed.height / plan.crop.height),
        covered,
        start_s=answer.start_s,
        seconds=answer.seconds,
    )


Planner = Callable[[Clip, Preset, FilmChoice, Sequence[Cue]], AnyFraming]
KINDS: Mapping[str, Planner] = {"video": _video, "animation": _animation, "image": _still}
"""What plans each kind of target."""
