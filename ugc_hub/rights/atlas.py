"""Places: which codes exist, what a group of countries meant on a day, and what a set of places covers or touches."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from importlib.resources import files

WORLD = "WORLD"
_FORM = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")


def country_of(place: str) -> str:
    """Return the country of a subdivision (`US-NY` -> `US`); any other code is its own country."""
    return place.partition("-")[0]


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
    """ISO 3166-2 codes that have a name here; others are known by their form."""
    groups: Mapping[str, tuple[Group, ...]] = field(default_factory=dict)
    """Group name to its versions, oldest first."""

    def is_place(self, code: str) -> bool:
        """Whether the code is the world, a listed country, or a subdivision of one by its form."""
        return code == WORLD or (_FORM.fullmatch(code) is not None and country_of(code) in self.countries)

    def knows(self, code: str) -> bool:
        """Whether the code is a place or a group."""
        return code in self.groups or self.is_place(code)

    def group(self, name: str, day: date | None = None) -> Group | None:
        """Return what a group means on `day` (default: by its newest version); None where nobody knows."""
        versions = self.groups.get(name, ())
        fitting = [one for one in versions if day is None or one.version is None or one.version <= day]
        return fitting[-1] if fitting else None

    def expand(self, codes: Iterable[str], day: date | None = None) -> frozenset[str]:
        """Replace groups by the countries that they held on `day`.

        A grant is expanded once, when it is written, with the day on which it was signed: the group may change, the
        promise does not. What cannot be expanded is kept as it is and then counts against the use: see `Reach`.
        """
        wanted = frozenset(codes)
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
    they prohibit, revoke or exclude, they reach everywhere.
    """

    included: frozenset[str] | None
    excluded: frozenset[str] = frozenset()

    @cached_property
    def _holders(self) -> frozenset[str]:
        """The countries that an included subdivision lies in."""
        return frozenset(country_of(code) for code in self.included or () if "-" in code)

    @cached_property
    def _nicked(self) -> frozenset[str]:
        """Places of which an exclusion takes a part."""
        return frozenset(country_of(code) for code in self.excluded)

    @cached_property
    def _excludes_all(self) -> bool:
        return WORLD in self.excluded or not all(map(world_atlas().is_place, self.excluded))

    @cached_property
    def _includes_all(self) -> bool:
        """Whether every place is touched, as far as anybody can tell."""
        if self.included is None or WORLD in self.included:
            return True
        return not all(map(world_atlas().is_place, self.included))

    def covers(self, place: str) -> bool:
        """Whether all of `place` is included and nothing of it excluded: what a permission must do."""
        country = country_of(place)
        if self.excluded:
            # Equal, around or within: any touch of an exclusion counts against the permission.
            if self._excludes_all or place == WORLD or country in self.excluded:
                return False
            if place in self.excluded or place in self._nicked:
                return False
        if self.included is None:
            return True
        return place in self.included or country in self.included or WORLD in self.included

    def touches(self, place: str) -> bool:
        """Whether any part of `place` is included: enough for a prohibition, a revocation or exclusivity."""
        country = country_of(place)
        if self.excluded and (place in self.excluded or country in self.excluded or WORLD in self.excluded):
            return False
        if self._includes_all:
            return True
        included = self.included or frozenset()
        if place == WORLD:
            return bool(included)
        return place in included or country in included or place in self._holders
