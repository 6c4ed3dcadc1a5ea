"""Which picture of a clip tells most about it when it stands alone: one with a face, in focus, and held still."""

from __future__ import annotations

from collections.abc import Sequence

from ugc_hub.framing.following import Part
from workers.media.video.shapes import Clip, Seen

_FACE, _DETAIL, _CALM, _WHOLE = 0.4, 0.35, 0.15, 0.1
"""What a face, detail, a camera that stands still, and a distance from the next cut are worth."""
_LARGE = 0.05
"""Part of the picture from which a face counts in full."""
_HASTY = 0.08
"""Motion that leaves nothing sharp."""
_NEAR_S = 0.2
"""Pictures so close to a cut may belong to a dissolve."""


def moment(clip: Clip, part: Part | None = None) -> int:
    """Return the picture of a clip (or of a part of it) that tells most, as its number in the clip."""
    given = part or Part(0, clip.frames)
    worth = values(clip)
    inside = [
        (worth[number], -look.at_s)
        for number, look in enumerate(clip.seen)
        if given.first <= picture_at(clip, look.at_s) < given.first + given.frames
    ]
    return picture_at(clip, -max(inside)[1]) if inside else given.first


def picture_at(clip: Clip, at_s: float) -> int:
    """Return the picture that is shown at an instant; the first or last where the clip is not so long."""
    return max(0, min(clip.frames - 1, round(at_s * clip.frame_rate)))


def values(clip: Clip) -> Sequence[float]:
    """Return for each look of the clip how much its picture tells, 0..1."""
    most = max((look.detail for look in clip.seen), default=0.0)
    edges = (0.0, *clip.cuts, clip.duration_s)
    return [_value(look, most, edges) for look in clip.seen]


def _value(look: Seen, most: float, edges: Sequence[float]) -> float:
    largest = max((width * height for _, _, width, height in look.faces), default=0.0)
    detail = look.detail / most if most else 1.0
    calm = 1 - min(1.0, look.amount / _HASTY)
    whole = 1.0 if min(abs(look.at_s - edge) for edge in edges) >= _NEAR_S else 0.0
    return round(_FACE * min(1.0, largest / _LARGE) + _DETAIL * detail + _CALM * calm + _WHOLE * whole, 4)
