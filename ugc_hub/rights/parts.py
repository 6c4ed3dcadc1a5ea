"""Parts of countries: which subdivisions there are, what they lie in, and which codes mean the same place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Parts:
    """The subdivisions of ISO 3166-2."""

    holders: Mapping[str, tuple[str, ...]]
    """Each subdivision with what it lies in, the nearest first and its country last."""
    same: Mapping[str, str]
    """Codes of places that are known by another one: `US-PR` is `PR`."""
    claimed: Mapping[str, str]
    """What is a country by itself, with the larger one that lists it among its parts: `PR` and `US`."""
    inside: Mapping[str, frozenset[str]]
    """Each place with the subdivisions that lie in it, however deep."""


@cache
def parts() -> Parts:
    """Return the subdivisions of this release, read once from `subdivisions.toml`."""
    plain = tomllib.loads(files(__package__).joinpath("subdivisions.toml").read_text(encoding="utf-8"))
    above = {f"{key[:2]}-{code}": key for key, codes in plain["parts"].items() for code in codes.split()}
    above |= plain["within"]
    holders: dict[str, tuple[str, ...]] = {}
    inside: dict[str, set[str]] = {}
    for code in above:
        chain = [above[code]]
        while chain[-1] in above:
            chain.append(above[chain[-1]])
        holders[code] = tuple(chain)
        for one in chain:
            inside.setdefault(one, set()).add(code)
    own = {place.partition("-")[0]: code[:2] for code, place in {**plain["same"], **plain["within"]}.items()}
    return Parts(holders, plain["same"], own, {code: frozenset(found) for code, found in inside.items()})


def canonical(place: str) -> str:
    """Return the one code of a place: `US-PR` and `PR` are `PR`."""
    return parts().same.get(place, place) if "-" in place else place


def holders_of(place: str) -> tuple[str, ...]:
    """Return what a place lies in, the nearest first; a subdivision that nobody knows lies in its country."""
    if "-" not in place:
        return ()
    return parts().holders.get(place) or (place.partition("-")[0],)


def country_of(place: str) -> str:
    """Return the country of a subdivision (`US-NY` -> `US`, `US-PR` -> `PR`); any other code is its own country."""
    known = canonical(place)
    return (known, *holders_of(known))[-1]


def around(place: str) -> tuple[str, ...]:
    """Return what a place lies in by any reading: Puerto Rico in the USA too, where something forbids the USA."""
    chain = holders_of(place)
    larger = parts().claimed.get(chain[-1] if chain else place)
    return (*chain, larger) if larger else chain
