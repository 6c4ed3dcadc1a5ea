"""`film`: a normalised clip, a preset and a choice become the exact work for one version, or a refusal in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ugc_hub.framing import cutting, following, planning, rates, sizes
from ugc_hub.framing.following import Part
from ugc_hub.framing.geometry import Extent
from ugc_hub.framing.records import Choice, Outcome, Reason
from ugc_hub.presets import Output, Preset, Target
from ugc_hub.presets.films import recipe_for
from workers.media.records import Record
from workers.media.shapes import Backdrop, Box, MediaFacts, Point
from workers.media.video.excerpts import cut
from workers.media.video.shapes import (
    MOST_LIFT_DB,
    Aim,
    Bed,
    Captions,
    CaptionStyle,
    Clip,
    Cue,
    SoundPlan,
    Span,
    VideoPlan,
    VideoRecipe,
)

_LOUD = {"ads": -14.0, "organic": -14.0, "email": -16.0, "web": -16.0, "print": -16.0}
"""LUFS where the platform names none: what social platforms play at (measured), and the house's own for pages."""
_TRUE_PEAK = -1.0
MOST_AIMS = 100
"""Places that somebody may set a window to by hand, in one version."""


@dataclass(frozen=True)
class FilmChoice(Record):
    """What a person decided about one version; None leaves it to the preset and the clip."""

    framing: Choice = field(default_factory=Choice)
    """Fit, backdrop, focal point, imprint, upscale."""
    start_s: float | None = None
    seconds: float | None = None
    """How long it lasts: exactly so long, to the picture."""
    path: tuple[Aim, ...] = ()
    """Where the window looks, in times of the clip."""
    captions: bool = False
    """Burn the captions in."""
    language: str | None = None
    """Of the captions (BCP 47); None: that of the asset."""
    style: CaptionStyle = field(default_factory=CaptionStyle)
    mute: bool = False
    bed: Bed | None = None
    """Music in the place of the sound."""
    keep_voice: bool = False
    """Lay the music under the clip's own sound instead."""
    still_s: float | None = None
    """Of a still: which moment of the clip is shown."""
    play_button: bool | None = None
    """Of a still: whether a button is drawn that says that there is a video."""
    loops: int | None = None
    """Of an animation: how often it is shown; 0 is without end."""


@dataclass(frozen=True)
class Filming(Record):
    """The answer for one clip and one preset; see `Framing` for the outcomes."""

    preset_id: str
    outcome: Outcome
    plan: VideoPlan | None = None
    reasons: tuple[Reason, ...] = ()
    start_s: float = 0.0
    seconds: float = 0.0
    safe: Box | None = None
    """What the platform leaves free of its own buttons, in pixels of the version."""


def film(clip: Clip, preset: Preset, choice: FilmChoice | None = None, *, cues: Sequence[Cue] = ()) -> Filming:
    """Decide exactly how a clip becomes a preset's version; pure, deterministic, never a silent upscale.

    `cues` are the captions of the clip: no version begins or ends inside one, and they are burned in where chosen.
    """
    wish, target = choice or FilmChoice(), preset.target
    recipe = recipe_for(target) if target.kind == "video" else None
    if recipe is None:
        return _refused(preset, "not_a_video_preset", "The hub makes no video for this preset. Choose one for videos.")
    layout = lay_out(clip, preset, wish.framing)
    if isinstance(layout, Reason):
        return Filming(preset.id, "refused", reasons=(layout,))
    part = part_of(clip, target, wish, cues)
    if isinstance(part, Reason):
        return Filming(preset.id, "refused", reasons=(part,))
    plan = replace(
        _planned(clip, target, layout, part),
        recipe=_asked(recipe, target),
        path=way(clip, layout, part, wish),
        backdrop=wish.framing.backdrop or Backdrop("blur"),
        sound=sound_of(target, wish),
        strict_loudness=target.audio.loudness_lufs is not None,
        # A platform that refuses what is quieter gets what it asks for, hiss and all; the version says so.
        most_lift_db=MOST_LIFT_DB if target.audio.loudness_lufs is None else None,
        bed=wish.bed,
        imprint=wish.framing.imprint,
    )
    safe = safe_of(preset, plan.width, plan.height)
    if wish.captions and cues:
        start = part.first / clip.frame_rate
        said = cut(cues, Span(start, start + part.frames / clip.frame_rate))
        plan = replace(plan, captions=Captions(said, safe, wish.style)) if said else plan
    reasons = (*_remarks(preset, layout), *_shortened(clip, part, wish))
    outcome: Outcome = "warned" if any(reason.severity == "warning" for reason in reasons) else "ready"
    lasts = plan.frames * plan.rate[1] / plan.rate[0]
    return Filming(preset.id, outcome, plan, reasons, round(part.first / clip.frame_rate, 4), round(lasts, 4), safe)


def _refused(preset: Preset, code: str, sentence: str) -> Filming:
    return Filming(preset.id, "refused", reasons=(Reason(code, sentence, "refusal"),))


def _facts(clip: Clip) -> MediaFacts:
    width, height = clip.width, clip.height
    return MediaFacts(
        "video", "mov", "video/quicktime", ".mov", width=width, height=height, stored_width=width, stored_height=height
    )


def lay_out(clip: Clip, preset: Preset, choice: Choice) -> planning.Layout | Reason:
    """Lay the picture out as a photo is, then make every side even: chroma has half the pixels."""
    size = preset.target.size
    output = Output("", (), size.width, size.height, None if size.width else preset.target.ratio)
    layout = planning.lay(_facts(clip), preset, choice, sizes.demand_of(preset.target, output))
    if isinstance(layout, Reason):
        return layout
    canvas = Extent(layout.canvas.width // 2 * 2, layout.canvas.height // 2 * 2)
    placed = _even(layout.placed, canvas)
    return planning.Layout(canvas, _even(layout.crop, Extent(clip.width, clip.height)), placed)


def _even(box: Box, bounds: Extent) -> Box:
    width, height = max(2, min(box.width, bounds.width) // 2 * 2), max(2, min(box.height, bounds.height) // 2 * 2)
    x, y = min(box.x, bounds.width - width) // 2 * 2, min(box.y, bounds.height - height) // 2 * 2
    return Box(x, y, width, height)


def part_of(clip: Clip, target: Target, wish: FilmChoice, cues: Sequence[Cue]) -> Part | Reason:
    """Return which part is shown: as chosen, else the whole clip, else the best part of the greatest length."""
    words = cutting.spans(cues)
    least, most = target.duration.min or 0.0, target.duration.max
    there = clip.duration_s - round((wish.start_s or 0.0) * clip.frame_rate) / clip.frame_rate
    seconds = wish.seconds if wish.seconds is not None else min(there, most or there)
    if most is not None and seconds > most + 1e-6:
        return Reason("too_long", f"The platform takes at most {most:g} seconds. Choose a shorter part.", "refusal")
    if there <= 0:
        sentence = f"The video ends at {round(clip.duration_s, 2):g} s. Begin earlier."
        return Reason("cut_not_possible", sentence, "refusal")
    if wish.seconds is not None and wish.seconds < max(least, 1 / clip.frame_rate - 1e-6) <= clip.duration_s:
        takes = f"the platform takes at least {least:g}" if least else "one picture lasts longer"
        sentence = f"{wish.seconds:g} seconds were chosen, and {takes}. Choose a longer part."
        return Reason("too_short", sentence, "refusal")
    if seconds < least or clip.duration_s + 0.5 / clip.frame_rate < seconds:
        asked = f"the platform takes at least {least:g}" if seconds < least else f"{seconds:g} were asked for"
        return _too_short(clip, there, asked, wish)
    seconds = _reaching(clip, seconds, least)
    if wish.start_s is not None:
        found = cutting.exact(clip, min(seconds, there), wish.start_s, words=words)
        if found is not None and (wish.seconds is None or found.frames >= int(seconds * clip.frame_rate)):
            return found
        sentence = "The part would begin or end inside a caption, or after the end. Move its beginning."
        return Reason("cut_not_possible", sentence, "refusal")
    best = cutting.at_most(clip, seconds, words=words)
    if best is None:
        return Reason("cut_not_possible", "Every part of this length would tear a caption. Choose another.", "refusal")
    return best


def _too_short(clip: Clip, there: float, asked: str, wish: FilmChoice) -> Reason:
    """Say how much there is: of the whole clip, or after a beginning that was chosen."""
    if wish.start_s and wish.seconds is None:
        left = f"Only {max(0.0, round(there, 2))} seconds are left after {wish.start_s:g} s"
        return Reason("too_short", f"{left}, and {asked}. Begin earlier.", "refusal")
    lasts = f"The video lasts {round(clip.duration_s, 2)} seconds"
    return Reason("too_short", f"{lasts}, and {asked}. Choose another length or upload a longer video.", "refusal")


def _reaching(clip: Clip, seconds: float, least: float) -> float:
    """Return the length in whole pictures that does not fall below the least by being rounded down."""
    rate = Fraction(*clip.rate)
    fewest = math.ceil(Fraction(str(least)) * rate)
    return max(seconds, float(fewest / rate)) if int(seconds * float(rate) + 1e-6) < fewest else seconds


def _asked(recipe: VideoRecipe, target: Target) -> VideoRecipe:
    """Return the recipe with the bounds of the platform; an advised rate bounds files for the web, read as they are."""
    video, advice = target.video, target.video.kbps_advice
    most = video.kbps_max or (int(advice) if target.channel == "web" and advice and advice.isdigit() else None)
    sound = max(recipe.audio_kbps, target.audio.kbps_min or 0)
    return replace(recipe, kbps_max=most, kbps_min=video.kbps_min, audio_kbps=sound)


def _planned(clip: Clip, target: Target, layout: planning.Layout, part: Part) -> VideoPlan:
    """Return the plan as far as size and time go."""
    rate = rates.rate_for(clip, target)
    frames = max(1, int(Fraction(part.frames * clip.rate[1], clip.rate[0]) * rate))
    return VideoPlan(
        width=layout.canvas.width,
        height=layout.canvas.height,
        crop=layout.crop,
        placed=layout.placed,
        first=part.first,
        frames=frames,
        rate=(rate.numerator, rate.denominator),
        recipe=VideoRecipe("", 0),
        max_bytes=target.bytes.max,
        min_bytes=target.bytes.min,
        max_kbps=target.video.kbps_max,
        max_s=target.duration.max,
    )


def way(clip: Clip, layout: planning.Layout, part: Part, wish: FilmChoice) -> tuple[Aim, ...]:
    """Return where the window looks: as set by hand, at the chosen focal point, or after what is to be seen."""
    window = Extent(layout.crop.width, layout.crop.height)
    if wish.path:
        return following.by_hand(wish.path, clip, window, part)
    point = wish.framing.focal_point
    if point is not None:
        return following.by_hand((_aim(point, part, clip),), clip, window, part)
    return following.follow(clip, window, part)


def _aim(point: Point, part: Part, clip: Clip) -> Aim:
    return Aim(part.first / clip.frame_rate, point.x, point.y)


def sound_of(target: Target, wish: FilmChoice) -> SoundPlan:
    """Return what becomes of the sound: as loud as the target asks, or as the house does where it asks nothing."""
    audio = target.audio
    loud = audio.loudness_lufs if audio.loudness_lufs is not None else _LOUD[target.channel]
    peak = audio.true_peak_dbtp if audio.true_peak_dbtp is not None else _TRUE_PEAK
    keep = not wish.mute if wish.bed is None else wish.keep_voice and not wish.mute
    return SoundPlan(keep, loud, audio.loudness_tolerance_lu or 1.0, peak)


def safe_of(preset: Preset, width: int, height: int) -> Box:
    """Return the largest part of the canvas that no covered strip reaches, cut from the side that costs least."""
    left, top, right, bottom = 0, 0, width, height
    for region in preset.target.regions:
        for box in region.boxes(width, height):
            sides = {
                "left": max(0, box.x + box.width - left),
                "top": max(0, box.y + box.height - top),
                "right": max(0, right - box.x),
                "bottom": max(0, bottom - box.y),
            }
            if 0 in sides.values():
                continue
            across, down = right - left, bottom - top
            lost = {name: by * (down if name in ("left", "right") else across) for name, by in sides.items()}
            side = min(lost, key=lambda name: lost[name])
            left += sides["left"] if side == "left" else 0
            top += sides["top"] if side == "top" else 0
            right -= sides["right"] if side == "right" else 0
            bottom -= sides["bottom"] if side == "bottom" else 0
    return Box(left, top, max(0, right - left), max(0, bottom - top))


def _remarks(preset: Preset, layout: planning.Layout) -> list[Reason]:
    size = preset.target.size
    reasons = []
    if size.width and size.height and (layout.canvas.width, layout.canvas.height) != (size.width, size.height):
        sentence = (
            f"Made at {layout.canvas} instead of {size.width} x {size.height}, because the video has no more pixels."
        )
        reasons.append(Reason("below_target", sentence, "warning"))
    if layout.scale > 1:
        sentence = f"Enlarged to {round(layout.scale * 100)} percent, as chosen: it will look soft."
        reasons.append(Reason("upscaled", sentence, "warning"))
    return reasons


def _shortened(clip: Clip, part: Part, wish: FilmChoice) -> list[Reason]:
    if wish.seconds is not None or wish.start_s is not None or part.frames == clip.frames:
        return []
    start, end = part.first / clip.frame_rate, (part.first + part.frames) / clip.frame_rate
    sentence = f"Only the part from {start:.1f} to {end:.1f} s is shown: the platform takes no longer video."
    return [Reason("shortened", sentence, "advice")]
