"""What a platform's interface hides of a rendition."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from ugc_hub.framing.following import window_at
from ugc_hub.framing.geometry import Extent
from ugc_hub.framing.records import Covered, Reason
from ugc_hub.framing.subject import faces_in, tidy
from ugc_hub.presets import Preset
from workers.media.shapes import Box, ImagePlan, MediaFacts, Point
from workers.media.video.shapes import AnimationPlan, Clip, Seen, Span, VideoPlan

FACE_SHARE = 0.1
"""A face counts as covered when a tenth of it lies beneath the interface."""
_WHERE = "where the platform draws its buttons and captions"


def _common(one: Box, other: Box) -> int:
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(0, width) * max(0, height)


def _on_canvas(box: Box, window: Box, placed: Box) -> Box:
    """Carry a rectangle of the source to the rendition."""
    along, down = placed.width / window.width, placed.height / window.height
    return Box(
        placed.x + round((box.x - window.x) * along),
        placed.y + round((box.y - window.y) * down),
        max(1, round(box.width * along)),
        max(1, round(box.height * down)),
    )


def _hidden(faces: Iterable[Box], boxes: tuple[Box, ...]) -> tuple[int, ...]:
    """Return the numbers of the faces, on the canvas, that lie beneath."""
    return tuple(
        number
        for number, face in enumerate(faces)
        if sum(_common(face, box) for box in boxes) >= FACE_SHARE * face.width * face.height
    )


def _beneath(point: Point, window: Box, placed: Box, boxes: tuple[Box, ...]) -> bool:
    """Tell whether a point, in pixels of the source, lies beneath."""
    x = placed.x + (point.x - window.x) * placed.width / window.width
    y = placed.y + (point.y - window.y) * placed.height / window.height
    return any(box.x <= x < box.x + box.width and box.y <= y < box.y + box.height for box in boxes)


def _pixel(point: Point, source: Extent) -> Point:
    inside = tidy(point)
    return Point(inside.x * source.width, inside.y * source.height)


def _share(boxes: tuple[Box, ...], canvas: Extent) -> float:
    covered = sum(box.width * box.height for box in boxes) / (canvas.width * canvas.height)
    return round(min(1.0, covered), 4)


def covered_by(preset: Preset, plan: ImagePlan, facts: MediaFacts, focus: Point | None) -> tuple[Covered, ...]:
    """Report each region of the preset on the rendition that `plan` makes; `focus` is the chosen focal point."""
    canvas = Extent(plan.width, plan.height)
    faces = [_on_canvas(face, plan.crop, plan.placed) for face in faces_in(facts)]
    point = _pixel(focus or facts.focal_point, Extent(facts.width, facts.height))
    return tuple(
        Covered(boxes, _share(boxes, canvas), _hidden(faces, boxes), _beneath(point, plan.crop, plan.placed, boxes))
        for region in preset.target.regions
        for boxes in (region.boxes(plan.width, plan.height),)
    )


def covered_over_time(
    preset: Preset, plan: VideoPlan | AnimationPlan, clip: Clip, focus: Point | None
) -> tuple[Covered, ...]:
    """Report each region of the preset on the version that `plan` makes of a clip, and when faces lie beneath it.

    What was seen of the clip counts until the next look; where a person chose a focal point, it is reported as well.
    """
    start_s, canvas = plan.first / clip.frame_rate, Extent(plan.width, plan.height)
    looks = list(_looks(clip, Span(start_s, start_s + _lasts(plan, clip))))
    # Half a picture later: a jump of the window at that very instant counts.
    windows = [window_at(plan, clip, span.start_s - start_s + 0.5 / clip.frame_rate) for span, _ in looks]
    point, first = None if focus is None else _pixel(focus, Extent(clip.width, clip.height)), window_at(plan, clip, 0.0)
    found = []
    for region in preset.target.regions:
        boxes = region.boxes(plan.width, plan.height)
        hidden = [
            (span, _hidden((_on_canvas(face, window, plan.placed) for face in _faces(look, clip)), boxes))
            for (span, look), window in zip(looks, windows, strict=True)
        ]
        times = _joined(span for span, faces in hidden if faces)
        # Faces of a clip are numbered anew with every look: those of the fullest moment say how many there are.
        faces = max((faces for _, faces in hidden), key=len, default=())
        below = point is not None and _beneath(point, first, plan.placed, boxes)
        found.append(Covered(boxes, _share(boxes, canvas), faces, below, times))
    return tuple(found)


def _lasts(plan: VideoPlan | AnimationPlan, clip: Clip) -> float:
    return plan.part[1] if isinstance(plan, VideoPlan) else plan.frames / clip.frame_rate


def _looks(clip: Clip, part: Span) -> Iterable[tuple[Span, Seen]]:
    """Yield what was seen in a part of a clip, and from when until when it counts: no longer than its scene."""
    edges = (*(look.at_s for look in clip.seen), clip.duration_s)
    for look, (start, end) in zip(clip.seen, pairwise(edges), strict=True):
        ends = min((end, part.end_s, *(cut for cut in clip.cuts if start < cut)))
        if (begins := max(start, part.start_s)) < ends:
            yield Span(begins, ends), look


def _faces(look: Seen, clip: Clip) -> list[Box]:
    width, height = clip.width, clip.height
    return [
        Box(round(x * width), round(y * height), round(across * width), round(down * height))
        for x, y, across, down in look.faces
    ]


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans, in the order of their beginnings, that touch each other as one, rounded to thousandths."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start_s - joined[-1].end_s < 1e-6:
            joined[-1] = Span(joined[-1].start_s, max(joined[-1].end_s, span.end_s))
        else:
            joined.append(span)
    return tuple(Span(round(span.start_s, 3), round(span.end_s, 3)) for span in joined)


def _how_long(times: tuple[Span, ...]) -> str:
    """Say for how long, and where in the clip somebody finds it; nothing of a picture."""
    if not times:
        return ""
    lasts = sum(span.end_s - span.start_s for span in times)
    several = len(times) > 1
    first = f"{'first ' if several else ''}from {times[0].start_s:.1f} to {times[0].end_s:.1f} s"
    return f" for {lasts:.1f} s{' in all' if several else ''} ({first})"


def reasons_for(covered: tuple[Covered, ...]) -> list[Reason]:
    """Say in words what of importance lies beneath the interface, and of a film for how long."""
    reasons = []
    most = max((len(region.faces) for region in covered), default=0)
    times = _joined(sorted((span for region in covered for span in region.times), key=lambda span: span.start_s))
    hidden = most if times else len({face for region in covered for face in region.faces})
    if hidden:
        count = "A face lies" if hidden == 1 else f"{hidden} faces lie"
        sentence = f"{count}{_how_long(times)} {_WHERE}. Move the focal point or choose contain."
        reasons.append(Reason("covered_face", sentence, "advice"))
    if any(region.focus for region in covered):
        sentence = f"The focal point lies {_WHERE}. Move it, or choose contain."
        reasons.append(Reason("covered_focus", sentence, "advice"))
    return reasons
