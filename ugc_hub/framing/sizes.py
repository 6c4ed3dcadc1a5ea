"""How large a rendition becomes: what the platform demands against what the source has."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ugc_hub.framing.geometry import Extent, nearest, ratio_error, ratio_from, smallest
from ugc_hub.presets import Output, Target

DERIVED_MAX = 2560
"""Longest side where the size follows from the source: no image target of the catalogue asks for more."""
SIDE_MAX = 16_383
"""Longest side that every encoder writes; the limit of WebP."""
STRETCH_MAX = 2
"""How far a chosen upscale may go."""
FIRM = frozenset({"exact", "required", "minimum"})
"""Words of a platform that make the published size the smallest accepted, unless it publishes a smaller one."""
OWN_TOLERANCE = Fraction(1, 100)
"""Ratio error accepted in sizes below the published one where the platform names no tolerance."""


class TooSmall(Exception):
    """The source lacks pixels; `needed` is what it would need."""

    def __init__(self, needed: Extent) -> None:
        super().__init__(str(needed))
        self.needed = needed


@dataclass(frozen=True)
class Demand:
    """A preset's pixels as numbers."""

    full: Extent | None
    """The published or chosen size, where width and height are known."""
    width: int | None
    """The width, where the height follows from the source."""
    ratio: Fraction | None
    floor: Extent
    """Smallest accepted; 1 x 1 where nothing was published."""
    cap: Extent
    tolerance: Fraction
    has_floor: bool


def demand_of(target: Target, output: Output) -> Demand:
    """Read a preset's demand; a published minimum of one side asks nothing of the other."""
    size = target.size
    full = Extent(output.width, output.height) if output.width and output.height else None
    floor = Extent(size.min_width or 1, size.min_height or 1)
    has_floor = size.min_width is not None or size.min_height is not None
    if not has_floor and size.basis in FIRM:
        floor, has_floor = Extent(output.width or 1, output.height or 1), True
    own = SIDE_MAX if full or output.width else DERIVED_MAX
    cap = Extent(min(size.max_width or own, own), min(size.max_height or own, own))
    published = target.ratio_tolerance_pct
    ratio = full.ratio if full else ratio_from(output.ratio) if output.ratio else None
    tolerance = OWN_TOLERANCE if published is None else Fraction(str(published)) / 100
    return Demand(full, None if full else output.width, ratio, floor, cap, tolerance, has_floor)


def _least(demand: Demand, ratio: Fraction) -> Extent:
    if demand.full is not None and demand.full == demand.floor:
        return demand.full
    return smallest(demand.floor, ratio)


def covered_canvas(reach: Extent, demand: Demand, ratio: Fraction) -> Extent:
    """Return the canvas that a crop fills; `reach` is the source, or what it may be enlarged to.

    The full size if the source has it; else the largest of the ratio that it has, if the platform accepts that.
    Raises `TooSmall`.
    """
    if demand.full and reach.covers(demand.full):
        return demand.full
    limit = Extent(min(reach.width, demand.cap.width), min(reach.height, demand.cap.height))
    found = nearest(limit, ratio)
    if not found.covers(demand.floor) or ratio_error(found, ratio) > demand.tolerance:
        needed = _least(demand, ratio)
        if reach.covers(needed) and ratio_error(needed, ratio) <= demand.tolerance:
            return needed
        raise TooSmall(needed if demand.has_floor else demand.full or smallest(Extent(100, 100), ratio))
    return found


def contained_canvas(reach: Extent, demand: Demand, ratio: Fraction, *, padded: bool) -> Extent:
    """Return the canvas on which the whole source lies; `reach` is the source, or what it may be enlarged to.

    The full size if the source reaches two of its edges; else a smaller canvas that it does reach, as far as the
    platform accepts one; else the full size, with the picture at its own size in the middle.
    """
    if demand.full and (reach.width >= demand.full.width or reach.height >= demand.full.height):
        return demand.full
    least = _least(demand, ratio)
    if not padded and reach.width < least.width and reach.height < least.height:
        raise TooSmall(least)
    around = smallest(reach, ratio)
    wanted = around if around.covers(least) else least
    bound = demand.full or demand.cap
    found = nearest(Extent(min(wanted.width, bound.width), min(wanted.height, bound.height)), ratio)
    if found.covers(demand.floor) and ratio_error(found, ratio) <= demand.tolerance:
        return found
    return demand.full or least


def following_canvas(source: Extent, demand: Demand, stretch: int, *, strict: bool) -> Extent:
    """Return the canvas of the source's own ratio: of the demanded width, or within the largest size.

    `strict`: the demanded width or nothing (a responsive image promises its width). Raises `TooSmall`.
    """
    if demand.width is None:
        within = min(Fraction(demand.cap.width, source.width), Fraction(demand.cap.height, source.height), Fraction(1))
        found = Extent(max(1, int(source.width * within)), max(1, int(source.height * within)))
    else:
        width = min(demand.width, source.width * stretch)
        found = Extent(width, max(1, round(width * Fraction(source.height, source.width))))
    if not found.covers(demand.floor) or (strict and demand.width is not None and found.width < demand.width):
        width = max(demand.width or 1, demand.floor.width) if strict else demand.floor.width
        raise TooSmall(Extent(width, max(demand.floor.height, round(width / source.ratio), 1)))
    return found
