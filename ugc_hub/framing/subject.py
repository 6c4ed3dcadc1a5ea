"""Where the subject of a picture is: the point a crop is centred on."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ugc_hub.framing.geometry import Extent
from workers.media.shapes import Box, MediaFacts, Point

HEADROOM = 0.4
"""Air above a face, in face heights: hair reaches about so far above what detectors frame."""
ELBOW_ROOM = 0.2
"""Air beside and below a face, in its width and height."""


def _within(box: Box, source: Extent) -> Box | None:
    left, top = max(0, box.x), max(0, box.y)
    right, bottom = min(source.width, box.x + box.width), min(source.height, box.y + box.height)
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None


def faces_in(facts: MediaFacts) -> tuple[Box, ...]:
    """Return the faces, clipped to the picture; those outside are left out."""
    source = Extent(facts.width, facts.height)
    return tuple(face for face in (_within(box, source) for box in facts.faces) if face is not None)


def with_air(face: Box, source: Extent) -> Box:
    """Return a face with headroom and elbow room, as far as the picture reaches."""
    side, above = round(face.width * ELBOW_ROOM), round(face.height * HEADROOM)
    below = round(face.height * ELBOW_ROOM)
    wide = Box(face.x - side, face.y - above, face.width + 2 * side, face.height + above + below)
    return _within(wide, source) or face


def union(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around boxes (at least one)."""
    found = tuple(boxes)
    left, top = min(box.x for box in found), min(box.y for box in found)
    right, bottom = max(box.x + box.width for box in found), max(box.y + box.height for box in found)
    return Box(left, top, right - left, bottom - top)


def _fits(box: Box, part: Extent) -> bool:
    return box.width <= part.width and box.height <= part.height


def _centre(box: Box, source: Extent) -> Point:
    return Point((box.x + box.width / 2) / source.width, (box.y + box.height / 2) / source.height)


def _by_weight(faces: Iterable[Box], source: Extent) -> list[Box]:
    """Largest first; of equals the most central, then the upper left."""

    def weight(face: Box) -> tuple[float, float, int, int]:
        centre = _centre(face, source)
        return -face.width * face.height, math.dist((centre.x, centre.y), (0.5, 0.5)), face.y, face.x

    return sorted(faces, key=weight)


def centre_on_faces(faces: Iterable[Box], source: Extent, part: Extent) -> Point:
    """Return the centre of the faces that a part can hold together.

    All faces with air around them if they fit; otherwise all without air; otherwise the largest, and with it as many
    others, by size, as fit.
    """
    ranked = _by_weight(faces, source)
    airy = union(with_air(face, source) for face in ranked)
    if _fits(airy, part):
        return _centre(airy, source)
    kept = ranked[0]
    for face in ranked[1:]:
        both = union((kept, face))
        if _fits(both, part):
            kept = both
    roomy = with_air(kept, source)
    return _centre(roomy if _fits(roomy, part) else kept, source)


def tidy(point: Point) -> Point:
    """Return a point pushed into the picture; what is not a number becomes the middle."""

    def clamp(value: float) -> float:
        return min(1.0, max(0.0, value)) if math.isfinite(value) else 0.5

    return Point(clamp(point.x), clamp(point.y))


def centre_for(facts: MediaFacts, part: Extent, chosen: Point | None) -> Point:
    """Return the point that a crop of `part` is centred on: chosen by a person, else faces, else the measured one."""
    if chosen is not None:
        return tidy(chosen)
    faces = faces_in(facts)
    if faces:
        return centre_on_faces(faces, Extent(facts.width, facts.height), part)
    return tidy(facts.focal_point)
