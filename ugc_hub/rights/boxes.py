"""Boxes: what is allowed as a set, so that one question can be asked of many assets at once.

A use asks for one channel, some places, a stretch of time, some edits and some products. A box allows every use that
lies within it in each of these dimensions. Sets are bit masks, whose bits the `Scale` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache

from ugc_hub.rights.atlas import WORLD, Reach
from ugc_hub.rights.parts import canonical, country_of, holders_of, parts
from ugc_hub.rights.vocabulary import Vocabulary

UNSTATED = 1
"""Bit of a use that names no product."""
OTHER = 2
"""Bit of every product that no grant names."""
REST = "-*"
"""Behind a country: its subdivisions that no grant names."""


def mask_of(words: Sequence[str], chosen: Iterable[str]) -> int:
    """Return the bits of some of the words."""
    return sum(1 << words.index(one) for one in set(chosen))


@dataclass(frozen=True)
class Scale:
    """What the bits mean: the same for all assets but for subdivisions and products, which only some grants name."""

    channels: tuple[str, ...]
    countries: tuple[str, ...]
    """The world, then every country."""
    edits: tuple[str, ...]
    subdivisions: tuple[str, ...] = ()
    """Those that grants name, each country with the rest of it (`US-*`)."""
    products: tuple[str, ...] = ()

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Every place that is told from others."""
        return self.countries + self.subdivisions

    @property
    def every_edit(self) -> int:
        """All edits."""
        return (1 << len(self.edits)) - 1

    @property
    def every_product(self) -> int:
        """All products, and a use that names none."""
        return (1 << (len(self.products) + 2)) - 1


@lru_cache(maxsize=4)
def _scale(channels: tuple[str, ...], countries: tuple[str, ...], edits: tuple[str, ...]) -> Scale:
    return Scale(channels, countries, edits)


def scale_of(words: Vocabulary) -> Scale:
    """Return the scale of a vocabulary."""
    channels, countries, edits = words.in_order
    return _scale(channels, (WORLD, *countries), edits)


def with_subdivisions(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the subdivisions among some codes, with what they lie in, what lies in them, and the rest of each country.

    So the others, which no code tells from each other, are alike.
    """
    named = {code for code in map(canonical, codes) if "-" in code}
    near = {one for code in named for one in (*holders_of(code), *parts().inside.get(code, ())) if "-" in one}
    return tuple(sorted(named | near | {country_of(code) + REST for code in named}))


@lru_cache(maxsize=4096)
def places_of(reach: Reach, places: tuple[str, ...]) -> tuple[int, int]:
    """Return those of some places that a reach covers, and those that it touches."""
    covered = touched = 0
    for number, place in enumerate(places):
        if reach.covers(place):
            covered |= 1 << number
        if reach.touches(place):
            touched |= 1 << number
    return covered, touched


@dataclass(frozen=True)
class Box:
    """Uses that are allowed."""

    channels: int
    places: int
    edits_least: int
    """Edits that a use must have, because they make it need less: blurring persons, taking the sound away."""
    edits_most: int
    """Edits that it may have."""
    products: int
    starts_at: datetime
    ends_at: datetime | None
    """The first instant that is not allowed any more; None is never."""
    known_from: datetime | None = None
    known_until: datetime | None = None
    """When it must be asked: until a newer version, signed for a later day, is known. None is always."""

    def holds(self, other: Box) -> bool:
        """Whether every use that the other one allows is allowed by this one."""
        return (
            self.channels | other.channels == self.channels
            and self.places | other.places == self.places
            and self.edits_most | other.edits_most == self.edits_most
            and self.edits_least | other.edits_least == other.edits_least
            and self.products | other.products == self.products
            and self.starts_at <= other.starts_at
            and (self.ends_at is None or (other.ends_at is not None and other.ends_at <= self.ends_at))
            and (self.known_from, self.known_until) == (other.known_from, other.known_until)
        )


def merged(boxes: Iterable[Box]) -> list[Box]:
    """Return boxes that allow the same, fewer of them: those that differ in channels alone become one."""
    channels: dict[Box, int] = {}
    for box in boxes:
        rest = replace(box, channels=0)
        channels[rest] = channels.get(rest, 0) | box.channels
    found = [replace(rest, channels=mask) for rest, mask in channels.items()]
    kept: list[Box] = []
    for box in found:
        if not any(one is not box and one.holds(box) for one in found):
            kept.append(box)
    return kept


Allowed = tuple[int, int]
"""Edits at most, and products."""


def both(first: Iterable[Allowed], second: Sequence[Allowed]) -> list[Allowed]:
    """Return what both allow; each is a choice of sets, of which a use needs one."""
    return greatest((one[0] & two[0], one[1] & two[1]) for one in first for two in second)


def greatest(choice: Iterable[Allowed]) -> list[Allowed]:
    """Return those of a choice that lie within no other."""
    found = {one for one in choice if one[1]}
    return [one for one in found if not any(one != two and _within(one, two) for two in found)]


def _within(one: Allowed, two: Allowed) -> bool:
    return one[0] & ~two[0] == 0 and one[1] & ~two[1] == 0


def closed_under(choices: Iterable[Iterable[Allowed]], most: int) -> set[Allowed]:
    """Return everything that some of the choices may allow together.

    Raises:
        OverflowError: that is more than `most`.
    """
    basis = {one for choice in choices for one in choice}
    found: set[Allowed] = set()
    for one in basis:
        found |= {one} | {(one[0] & two[0], one[1] & two[1]) for two in found}
        if len(found) > most:
            raise OverflowError("too many ways to combine grants")
    return {one for one in found if one[1]}


def rectangles(rows: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield the largest rectangles of a table of bits: the bits, the first row, and the row behind the last."""
    count = len(rows)
    for first in range(count):
        bits = rows[first]
        before = rows[first - 1] if first else 0
        for last in range(first, count):
            bits &= rows[last]
            if not bits or bits & ~before == 0:
                break  # it reaches further back, and so does all that lies within it
            after = rows[last + 1] if last + 1 < count else 0
            if bits & ~after:
                yield bits, first, last + 1
