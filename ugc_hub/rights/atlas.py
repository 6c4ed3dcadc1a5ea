"""Places: which codes exist, what a group of countries meant on a day, and what a set of places covers or touches."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from ugc_hub.rights.parts import around, canonical, country_of, holders_of, parts

WORLD = "WORLD"


@dataclass(frozen=True)
class Group:
    """What the name of a group of countries means from a day on; None means always."""

    members: frozenset[str]
    version: date | None = None
    title: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", frozenset(self.members))


@dataclass(frozen=True)
class Atlas:
    """The places that grants and requests may name."""

    countries: Mapping[str, str]
    """ISO 3166-1 alpha-2 code (and XK) to its English name."""
    subdivisions: Mapping[str, str] = field(default_factory=dict)
    """Names of ISO 3166-2 codes; which codes there are is in `parts`."""
    groups: Mapping[str, tuple[Group, ...]] = field(default_factory=dict)
    """Group name to its versions, oldest first."""

    def is_place(self, code: str) -> bool:
        """Whether the code is the world, a listed country, or a listed subdivision."""
        if "-" in code:
            return code in parts().same or code in parts().holders
        return code == WORLD or code in self.countries

    def knows(self, code: str) -> bool:
        """Whether the code is a place or a group."""
        return code in self.groups or self.is_place(code)

    def group(self, name: str, day: date | None = None) -> Group | None:
        """Return what a group means on `day` (default: by its newest version); None where nobody knows."""
        versions = self.groups.get(name, ())
        fitting = [one for one in versions if day is None or one.version is None or one.version <= day]
        return fitting[-1] if fitting else None

    def expand(self, codes: Iterable[str], day: date | None = None) -> frozenset[str]:
        """Replace groups by the countries that they held on `day`, and codes that mean the same by one of them.

        A grant is expanded once, when it is written, with the day on which it was signed: the group may change, the
        promise does not. What cannot be expanded is kept as it is and then counts against the use: see `Reach`.
        """
        wanted = frozenset(map(canonical, codes))
        if self.groups.keys().isdisjoint(wanted):
            return wanted
        found: set[str] = set()
        for code in wanted:
            group = self.group(code, day)
            found |= group.members if group else {code}
        return frozenset(found)

    def name(self, code: str) -> str:
        """Return the English name of a place or group; the code itself where there is none."""
        if code == WORLD:
            return "the whole world"
        group = self.group(code)
        named = (group.title if group else "") or self.countries.get(code) or self.subdivisions.get(code)
        return named or code


@cache
def world_atlas() -> Atlas:
    """Return the atlas of this release, read once from `territories.toml`."""
    plain = tomllib.loads(files(__package__).joinpath("territories.toml").read_text(encoding="utf-8"))
    groups = {
        name: tuple(Group(frozenset(one["members"]), one["version"], one["title"]) for one in versions)
        for name, versions in plain["groups"].items()
    }
    return Atlas(plain["countries"], plain["subdivisions"], groups)


@dataclass(frozen=True)
class Reach:
    """The places that a grant or a revocation states; `included` None states none and therefore means all.

    Codes that are no places (a group that nobody expanded) are read against the use: they permit nothing, and where
    they prohibit, revoke or exclude, they reach everywhere; a subdivision that does not exist reaches its country. What
    is a country by itself and a part of a larger one (Puerto Rico, Réunion) is not permitted with the larger one, and
    is forbidden and excluded with it.
    """

    included: frozenset[str] | None
    excluded: frozenset[str] = frozenset()

    @cached_property
    def _granted(self) -> frozenset[str]:
        return frozenset(map(canonical, self.included or ()))

    @cached_property
    def _reached(self) -> frozenset[str] | None:
        """What the included codes reach at most; None is everywhere."""
        return None if self.included is None else _at_most(self.included)

    @cached_property
    def _holders(self) -> frozenset[str]:
        """What an included subdivision lies in."""
        return frozenset(one for code in self._reached or () for one in holders_of(code))

    @cached_property
    def _barred(self) -> frozenset[str] | None:
        """What the excluded codes reach at most; None is everywhere."""
        return _at_most(self.excluded)

    @cached_property
    def _nicked(self) -> frozenset[str]:
        """Places of which an exclusion takes a part."""
        return frozenset(one for code in self._barred or () for one in holders_of(code))

    @cached_property
    def _spared(self) -> frozenset[str]:
        return frozenset(map(canonical, self.excluded))

    def covers(self, place: str) -> bool:
        """Whether all of `place` is included and nothing of it excluded: what a permission must do."""
        place = canonical(place)
        if self.excluded:
            # Equal, around or within: any touch of an exclusion counts against the permission.
            barred = self._barred
            if barred is None or place == WORLD or place in barred or place in self._nicked:
                return False
            if not barred.isdisjoint(around(place)):
                return False
        if self.included is None:
            return True
        granted = self._granted
        return place in granted or WORLD in granted or not granted.isdisjoint(holders_of(place))

    def touches(self, place: str) -> bool:
        """Whether any part of `place` is included: enough for a prohibition, a revocation or exclusivity."""
        place = canonical(place)
        if self.excluded:
            spared = self._spared
            if place in spared or WORLD in spared or not spared.isdisjoint(holders_of(place)):
                return False
        reached = self._reached
        if reached is None:
            return True
        if place == WORLD:
            return bool(reached)
        return place in reached or place in self._holders or not reached.isdisjoint(around(place))


@lru_cache(maxsize=2048)
def reach_of(included: frozenset[str] | None, excluded: frozenset[str]) -> Reach:
    """Return the reach of some places: one for all grants that state the same, so that it is worked out once."""
    return Reach(included, excluded)


def _at_most(codes: frozenset[str]) -> frozenset[str] | None:
    """Return the places that some codes may mean where they forbid; None is every place."""
    atlas = world_atlas()
    found = set()
    for code in map(canonical, codes):
        if code == WORLD:
            return None
        if not atlas.is_place(code):
            if "-" not in code or country_of(code) not in atlas.countries:
                return None
            code = country_of(code)
        found.add(code)
    return frozenset(found)
