"""Where a window looks over the length of a clip: at faces, else at what moves, calmly, and never beyond the picture.

Each scene is framed by itself; at a cut the window jumps with the picture. Within a scene it stands still wherever that
keeps the subject in view, because a frame that drifts without a reason is worse than one that is a little off. Where
the subject leaves, the window goes with it along a smoothed way, and no faster than people like to look at.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Protocol

from ugc_hub.framing.geometry import Extent
from workers.media.shapes import Box
from workers.media.video.shapes import Aim, Clip, Seen

CALM = 0.22
"""Of the window's own length: a subject that strays no further from its usual place does not move the window."""
FASTEST = 0.6
"""Window lengths a second that the window moves at most."""
_REACH_S = 0.75
"""Seconds before and after that a place on the way is the mean of."""
_TOLERANCE = 0.004
"""Of the picture: places that a straight line passes so near by are left out."""
_LITTLE = 0.002
"""Motion below which nothing is worth following."""
_KEPT_S = 2.0
"""So long after and before a face was seen motion elsewhere draws no look: the finder misses a face now and then."""
_ALIKE = 0.6
"""Of the area of the largest face: one so large that was looked at before is looked at still."""
Face = tuple[float, float, float, float]


@dataclass(frozen=True)
class Part:
    """A part of a clip that is shown: `frames` pictures from picture `first`."""

    first: int
    frames: int


class Windowed(Protocol):
    """What cuts a window from a clip: a plan, or a drawing of one."""

    @property
    def crop(self) -> Box:
        """The window, in pixels of the clip; its place counts where there is no path."""

    @property
    def path(self) -> tuple[Aim, ...]:
        """Where it looks, in times of the version."""


@dataclass(frozen=True)
class _Look:
    at_s: float
    x: float
    y: float


def follow(clip: Clip, window: Extent, part: Part) -> tuple[Aim, ...]:
    """Return where a window (pixels of the clip) looks; times count from the beginning of the part.

    Empty where the window has no room to move. All places leave the window inside the picture.
    """
    room = (_room(window.width, clip.width), _room(window.height, clip.height))
    if room == (0.5, 0.5) or part.frames < 1:
        return ()
    aims: list[Aim] = []
    for start, end in _scenes(clip, part):
        looks = [look for look in clip.seen if start <= look.at_s < end]
        # Of a scene that ended before somebody looked nothing is known, and a jump would be one more.
        way = _scene(looks, clip, window) if looks or not aims else [_Look(start, aims[-1].x, aims[-1].y)]
        placed = _within(_at_both_ends(way, start, end), room)
        aims += [
            Aim(round(look.at_s - part.first / clip.frame_rate, 4), look.x, look.y, jump=bool(aims) and index == 0)
            for index, look in enumerate(placed)
        ]
    return _still(aims)


def by_hand(places: Sequence[Aim], clip: Clip, window: Extent, part: Part) -> tuple[Aim, ...]:
    """Return a path through places that a person set (times of the clip), in the picture and in times of the part."""
    room = (_room(window.width, clip.width), _room(window.height, clip.height))
    start_s = part.first / clip.frame_rate
    ordered = sorted(places, key=lambda aim: aim.at_s)
    return tuple(
        Aim(round(aim.at_s - start_s, 4), _clamp(aim.x, room[0]), _clamp(aim.y, room[1]), aim.jump) for aim in ordered
    )


def where(path: Sequence[Aim], at_s: float) -> tuple[float, float]:
    """Return where a window looks at a moment, in the times of its path; see `Aim`."""
    before = path[0]
    for aim in path:
        if aim.at_s > at_s:
            if aim.jump or aim.at_s <= before.at_s or at_s <= before.at_s:
                return before.x, before.y
            share = (at_s - before.at_s) / (aim.at_s - before.at_s)
            return before.x + share * (aim.x - before.x), before.y + share * (aim.y - before.y)
        before = aim
    return before.x, before.y


def window_at(plan: Windowed, clip: Clip, at_s: float) -> Box:
    """Return what a version shows at a moment of the version, in pixels of the clip."""
    crop = plan.crop
    if not plan.path:
        return crop
    x, y = where(plan.path, at_s)
    left, top = x * clip.width - crop.width / 2, y * clip.height - crop.height / 2
    return Box(
        round(min(clip.width - crop.width, max(0.0, left))),
        round(min(clip.height - crop.height, max(0.0, top))),
        crop.width,
        crop.height,
    )


def _room(window: int, whole: int) -> float:
    """The least place of the middle of a window, as a fraction; the most is as far from the other side."""
    return min(0.5, window / whole / 2)


def _clamp(value: float, least: float) -> float:
    return min(1 - least, max(least, value))


def _scenes(clip: Clip, part: Part) -> list[tuple[float, float]]:
    start, end = part.first / clip.frame_rate, (part.first + part.frames) / clip.frame_rate
    edges = [start, *(cut for cut in clip.cuts if start < cut < end), end]
    return list(pairwise(edges))


def _scene(looks: Sequence[Seen], clip: Clip, window: Extent) -> list[_Look]:
    """Return the way through one scene; a single place where it can stand still."""
    found = _subjects(looks, clip, window)
    if not found:
        return [_Look(looks[0].at_s if looks else 0.0, 0.5, 0.5)]
    calm_x, calm_y = CALM * window.width / clip.width, CALM * window.height / clip.height
    middle = _Look(found[0].at_s, median(look.x for look in found), median(look.y for look in found))
    if all(abs(look.x - middle.x) <= calm_x and abs(look.y - middle.y) <= calm_y for look in found):
        return [middle]
    smooth = [_mean_around(found, look.at_s) for look in found]
    slow = _slowed(smooth, FASTEST * window.width / clip.width, FASTEST * window.height / clip.height)
    return _simplified(slow)


def _subjects(looks: Sequence[Seen], clip: Clip, window: Extent) -> list[_Look]:
    """Return what is looked at: faces where some are seen, else what moves; nothing between two sights of a face."""
    faced = [look.at_s for look in looks if look.faces]
    found: list[_Look] = []
    lead: Face | None = None
    for look in looks:
        if look.faces:
            lead = _lead(look.faces, lead)
            found.append(_Look(look.at_s, *_together(lead, look.faces, window, clip)))
        elif look.motion is not None and look.amount >= _LITTLE and not _near(look.at_s, faced):
            found.append(_Look(look.at_s, look.motion.x, look.motion.y))
    return found


def _near(at_s: float, moments: Sequence[float]) -> bool:
    index = bisect_left(moments, at_s - _KEPT_S)
    return index < len(moments) and moments[index] <= at_s + _KEPT_S


def _lead(faces: Sequence[Face], before: Face | None) -> Face:
    """The largest face, or the one that was looked at before where it is about as large: of two alike either is
    sometimes the larger, and between them is nobody."""
    if before is None:
        return faces[0]
    alike = [face for face in faces if face[2] * face[3] >= _ALIKE * faces[0][2] * faces[0][3]]
    return min(alike, key=lambda face: math.dist(_middle(face), _middle(before)))


def _middle(face: Face) -> tuple[float, float]:
    return face[0] + face[2] / 2, face[1] + face[3] / 2


def _together(lead: Face, faces: Sequence[Face], window: Extent, clip: Clip) -> tuple[float, float]:
    """The middle of the faces that the window holds together with the one that leads."""
    wide, high = window.width / clip.width, window.height / clip.height
    left, top, right, bottom = lead[0], lead[1], lead[0] + lead[2], lead[1] + lead[3]
    for x, y, across, down in faces:
        together = (min(left, x), min(top, y), max(right, x + across), max(bottom, y + down))
        if together[2] - together[0] <= wide and together[3] - together[1] <= high:
            left, top, right, bottom = together
    return (left + right) / 2, (top + bottom) / 2


def _mean_around(looks: Sequence[_Look], at_s: float) -> _Look:
    """The mean of the places around an instant, the nearer ones counting more."""
    near = [
        (look, 1 - abs(look.at_s - at_s) / (_REACH_S * 1.001)) for look in looks if abs(look.at_s - at_s) <= _REACH_S
    ]
    total = sum(weight for _, weight in near)
    x, y = (sum(weight * value for value, weight in values) / total for values in _both(near))
    return _Look(at_s, x, y)


def _both(near: Sequence[tuple[_Look, float]]) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    return [(look.x, weight) for look, weight in near], [(look.y, weight) for look, weight in near]


def _slowed(looks: Sequence[_Look], most_x: float, most_y: float) -> list[_Look]:
    """Hold the speed, as fractions a second: forward for what comes too late, back for what should begin earlier."""

    def held(way: Sequence[_Look]) -> list[_Look]:
        done = [way[0]]
        for look in way[1:]:
            before, passed = done[-1], abs(look.at_s - done[-1].at_s)
            x = before.x + max(-most_x * passed, min(most_x * passed, look.x - before.x))
            y = before.y + max(-most_y * passed, min(most_y * passed, look.y - before.y))
            done.append(_Look(look.at_s, x, y))
        return done

    forward, back = held(looks), held(looks[::-1])[::-1]
    between = [_Look(a.at_s, (a.x + b.x) / 2, (a.y + b.y) / 2) for a, b in zip(forward, back, strict=True)]
    return held(between)


def _simplified(looks: Sequence[_Look]) -> list[_Look]:
    """Leave out the places that a straight line passes near by (Ramer, Douglas and Peucker, over time)."""
    if len(looks) < 3:
        return list(looks)
    first, last = looks[0], looks[-1]
    span = last.at_s - first.at_s

    def off(look: _Look) -> float:
        share = (look.at_s - first.at_s) / span
        return max(
            abs(first.x + share * (last.x - first.x) - look.x), abs(first.y + share * (last.y - first.y) - look.y)
        )

    worst = max(range(1, len(looks) - 1), key=lambda index: off(looks[index]))
    if off(looks[worst]) <= _TOLERANCE:
        return [first, last]
    return _simplified(looks[: worst + 1])[:-1] + _simplified(looks[worst:])


def _at_both_ends(way: list[_Look], start: float, end: float) -> list[_Look]:
    """Let the way begin with its scene; what comes after its last place stays there."""
    first = _Look(start, way[0].x, way[0].y)
    return [first, *(look for look in way if start < look.at_s < end)]


def _within(way: Sequence[_Look], room: tuple[float, float]) -> list[_Look]:
    return [_Look(look.at_s, round(_clamp(look.x, room[0]), 5), round(_clamp(look.y, room[1]), 5)) for look in way]


def _still(aims: Sequence[Aim]) -> tuple[Aim, ...]:
    """Leave out what changes nothing: the same plan has the same path."""
    kept: list[Aim] = []
    for aim in aims:
        if len(kept) > 1 and all((one.x, one.y) == (aim.x, aim.y) for one in kept[-2:]) and not aim.jump:
            kept[-1] = aim
        elif not (kept and aim.jump and (kept[-1].x, kept[-1].y) == (aim.x, aim.y)):
            kept.append(aim)
    while len(kept) > 1 and (kept[-1].x, kept[-1].y) == (kept[-2].x, kept[-2].y):
        kept.pop()
    return tuple(kept)
