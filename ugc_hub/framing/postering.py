"""`poster`: a picture of a clip becomes a still, planned as a photo is, with a play button where one belongs."""

from __future__ import annotations

from dataclasses import replace

from ugc_hub.framing import planning, telling
from ugc_hub.framing.filming import FilmChoice, safe_of
from ugc_hub.framing.records import Framing, Reason
from ugc_hub.presets import Preset
from workers.media.shapes import Box, ImagePlan, MediaFacts, Point
from workers.media.stills import PlayButton, Still
from workers.media.video.shapes import Clip, Seen

PLAYED = frozenset({"video_fallback_poster"})
"""Placements of stills that stand for a video and lead to it."""
_SIZE, _SMALLEST, _LARGEST = 0.22, 44, 280
"""Of the button: a share of the shorter side that is free, within what a finger hits (WCAG 2.2, 2.5.8, and more)."""


def poster(clip: Clip, preset: Preset, choice: FilmChoice | None = None) -> Framing:
    """Decide exactly how a picture of a clip becomes a preset's still; see `planning.plan`.

    `choice.still_s` says which picture; else it is the one that tells most. `choice.play_button` says whether a button
    is drawn; else it is where the preset stands for a video.
    """
    wish = choice or FilmChoice()
    if wish.still_s is not None and not 0 <= wish.still_s <= clip.duration_s:
        sentence = f"The video lasts {clip.duration_s:.1f} seconds. Choose a moment within it."
        return Framing(preset.id, "refused", reasons=(Reason("no_such_moment", sentence, "refusal"),))
    frame = telling.moment(clip) if wish.still_s is None else telling.picture_at(clip, wish.still_s)
    framed = planning.plan(_facts(clip, frame), preset, wish.framing)
    wanted = preset.target.placement in PLAYED if wish.play_button is None else wish.play_button
    return replace(framed, plans=tuple(_taken(clip, preset, one, frame, button=wanted) for one in framed.plans))


def _facts(clip: Clip, frame: int) -> MediaFacts:
    """Return the facts of one picture: its faces, or else what moves, say where its subject is."""
    look = min(clip.seen, key=lambda one: abs(one.at_s - frame / clip.frame_rate), default=Seen(0.0))
    width, height = clip.width, clip.height
    faces = tuple(
        Box(round(x * width), round(y * height), round(across * width), round(down * height))
        for x, y, across, down in look.faces
    )
    subject = look.motion or Point(0.5, 0.5)
    return MediaFacts(
        "image",
        "png",
        "image/png",
        ".png",
        width=width,
        height=height,
        stored_width=width,
        stored_height=height,
        faces=faces,
        focal_point=subject,
    )


def _taken(clip: Clip, preset: Preset, plan: ImagePlan, frame: int, *, button: bool) -> ImagePlan:
    drawn = _button(preset, plan) if button else None
    return replace(plan, still=Still(frame, drawn, clip.version))


def _button(preset: Preset, plan: ImagePlan) -> PlayButton:
    """In the middle of what the platform leaves free, and never larger than that."""
    free = safe_of(preset, plan.width, plan.height)
    shorter = min(free.width, free.height)
    size = min(max(round(_SIZE * shorter), _SMALLEST), _LARGEST, shorter)
    return PlayButton(free.x + free.width // 2, free.y + free.height // 2, size)
