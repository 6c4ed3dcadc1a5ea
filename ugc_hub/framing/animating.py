"""`animation`: a clip becomes an animated picture for e-mail (GIF) or a page (WebP), whose first frame says it all.

Many mail programs show the first picture only, so the part begins where a picture tells most, unless somebody chose.
What moves by itself for longer than five seconds must offer a way to stop it (WCAG 2.2, 2.2.2), and a picture has
none: so it moves for five seconds at most, all showings counted, and then stands still.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ugc_hub.framing import planning, telling
from ugc_hub.framing.filming import FilmChoice, lay_out, way
from ugc_hub.framing.following import Part
from ugc_hub.framing.geometry import Extent, nearest
from ugc_hub.framing.records import Outcome, Reason
from ugc_hub.presets import Preset, Target
from workers.media.records import Record
from workers.media.shapes import Box, Recipe
from workers.media.video.shapes import AnimationPlan, Clip

CALM_S = 5.0
"""WCAG 2.2, 2.2.2."""
USUAL_S = 3.0
"""Long enough for a gesture, and light enough for a mail."""
_SIDE_MAX = 800
"""Longest side where a platform names none: 256 colours look no better larger, and weigh much more."""
_TELLING, _LIVELY, _LASTING = 0.6, 0.3, 0.1
"""What the first picture, motion after it, and no cut soon after it are worth."""
_MOVES = 0.05
"""Motion that counts in full."""
_SOON_S = 0.7


@dataclass(frozen=True)
class Animating(Record):
    """The answer for one clip and one preset; see `Framing` for the outcomes."""

    preset_id: str
    outcome: Outcome
    plan: AnimationPlan | None = None
    reasons: tuple[Reason, ...] = ()
    start_s: float = 0.0
    seconds: float = 0.0
    """Of one showing."""


def animation(clip: Clip, preset: Preset, choice: FilmChoice | None = None) -> Animating:
    """Decide exactly how a clip becomes a preset's animated picture; pure, deterministic, never a silent upscale.

    `choice.start_s` is what is shown first, `choice.seconds` how long one showing lasts, `choice.loops` how often it
    is shown (0: without end).
    """
    wish, target = choice or FilmChoice(), preset.target
    recipe = _recipe(preset, wish.framing.format) if target.kind == "animation" else None
    if recipe is None:
        sentence = "The hub makes no animation for this preset in that format. Choose one for animations."
        return _refused(preset, Reason("not_an_animation_preset", sentence, "refusal"))
    layout = lay_out(clip, preset, wish.framing)
    part = _part(clip, target, wish)
    if isinstance(layout, Reason):
        return _refused(preset, layout)
    if isinstance(part, Reason):
        return _refused(preset, part)
    layout = layout if target.size.width or target.size.height else _smaller(layout)
    seconds = part.frames / clip.frame_rate
    loops = _loops(wish, seconds)
    if loops == 0 and seconds > CALM_S + 1e-6:
        sentence = f"What moves without end may last {CALM_S:.0f} seconds at most. Choose a shorter part."
        return _refused(preset, Reason("moves_too_long", sentence, "refusal"))
    plan = AnimationPlan(
        crop=layout.crop,
        placed=Box(0, 0, layout.canvas.width, layout.canvas.height),
        first=part.first,
        frames=part.frames,
        format="webp" if recipe.format == "webp" else "gif",
        loops=loops,
        quality=recipe.quality,
        max_bytes=preset.output.max_bytes if preset.output else None,
        path=way(clip, layout, part, wish),
        imprint=wish.framing.imprint,
    )
    reasons = (*_narrower(target, layout), *_restless(loops, seconds), *_unsaid(wish))
    outcome: Outcome = "warned" if any(reason.severity == "warning" for reason in reasons) else "ready"
    return Animating(preset.id, outcome, plan, reasons, round(part.first / clip.frame_rate, 4), round(seconds, 4))


def _refused(preset: Preset, reason: Reason) -> Animating:
    return Animating(preset.id, "refused", reasons=(reason,))


def _recipe(preset: Preset, wanted: str | None) -> Recipe | None:
    return next((one for one in preset.recipes if one.format in ("gif", "webp") and wanted in (None, one.format)), None)


def _smaller(layout: planning.Layout) -> planning.Layout:
    canvas = layout.canvas
    if max(canvas.width, canvas.height) <= _SIDE_MAX:
        return layout
    found = nearest(Extent(_SIDE_MAX, _SIDE_MAX), canvas.ratio)
    even = Extent(found.width // 2 * 2, found.height // 2 * 2)
    return replace(layout, canvas=even, placed=Box(0, 0, even.width, even.height))


def _part(clip: Clip, target: Target, wish: FilmChoice) -> Part | Reason:
    """Return which part is shown: as chosen, else the one that begins best; words do not count where none is heard."""
    most = target.duration.max
    seconds = wish.seconds if wish.seconds is not None else min(USUAL_S, most or USUAL_S, clip.duration_s)
    if most is not None and seconds > most + 1e-6:
        return Reason("too_long", f"The platform takes at most {most:g} seconds. Choose a shorter part.", "refusal")
    frames = max(1, int(seconds * clip.frame_rate + 1e-6))
    if frames > clip.frames:
        sentence = f"The video lasts {clip.duration_s:.1f} seconds, and {seconds:g} were asked for. Choose fewer."
        return Reason("too_short", sentence, "refusal")
    if wish.start_s is None:
        return Part(_begin(clip, frames), frames)
    first = round(wish.start_s * clip.frame_rate)
    if first < 0 or first >= clip.frames or (wish.seconds is not None and first + frames > clip.frames):
        return Reason("cut_not_possible", "The part would end after the video. Move its beginning.", "refusal")
    return Part(first, min(frames, clip.frames - first))


def _begin(clip: Clip, frames: int) -> int:
    """Return the picture to begin with: one that tells much, and after which something happens."""
    worth = telling.values(clip)
    lasts = frames / clip.frame_rate

    def value(number: int) -> float:
        start = clip.seen[number].at_s
        after = [look.amount for look in clip.seen[number:] if look.at_s < start + lasts]
        lively = sum(min(1.0, amount / _MOVES) for amount in after) / len(after)
        lasting = all(not start < cut < start + _SOON_S for cut in clip.cuts)
        return _TELLING * worth[number] + _LIVELY * lively + _LASTING * lasting

    fits = [
        number for number, look in enumerate(clip.seen) if telling.picture_at(clip, look.at_s) + frames <= clip.frames
    ]
    best = max(fits, key=lambda number: (value(number), -number), default=None)
    return 0 if best is None else telling.picture_at(clip, clip.seen[best].at_s)


def _loops(wish: FilmChoice, seconds: float) -> int:
    return wish.loops if wish.loops is not None else max(1, int(CALM_S / max(seconds, 0.1)))


def _narrower(target: Target, layout: planning.Layout) -> Sequence[Reason]:
    wanted = target.size.width
    if wanted is None or layout.canvas.width >= wanted // 2 * 2:
        return ()
    sentence = f"Made {layout.canvas.width} wide instead of {wanted}, because the video has no more pixels."
    return (Reason("below_target", sentence, "warning"),)


def _restless(loops: int, seconds: float) -> Sequence[Reason]:
    if loops and loops * seconds <= CALM_S + 1e-6:
        return ()
    sentence = (
        f"It moves for more than {CALM_S:.0f} seconds, and nobody can stop it: some readers cannot read what stands "
        "beside it. Choose fewer showings or a shorter part."
    )
    return (Reason("restless", sentence, "warning"),)


def _unsaid(wish: FilmChoice) -> Iterator[Reason]:
    if wish.captions:
        sentence = "Captions are not burned into animations. Say what matters beside it, or in a lower third."
        yield Reason("captions_not_drawn", sentence, "warning")
    if wish.bed is not None:
        sentence = "Animations have no sound, so the music is left out. Choose a preset for videos to hear it."
        yield Reason("bed_not_heard", sentence, "warning")
