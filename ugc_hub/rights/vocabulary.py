"""The words of rights: channels, edits, evidence levels, disclosure labels and places, with their version."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from ugc_hub.rights.atlas import WORLD, Atlas, Group, world_atlas

EVERY = "*"
"""Stands for all values of a dimension: all channels, products, assets or parties."""
ANY_EDIT = "any_edit"
"""Stands for every editorial edit, and never for an AI edit."""


@dataclass(frozen=True)
class Channel:
    """A way to show an asset, with what that asks for."""

    name: str
    since: int
    """The vocabulary version that added it."""
    public: bool
    min_evidence: int
    native_ad_label: bool = False
    """The slot is marked as advertising by its nature."""
    platform_label: bool = False
    """The platform has a paid-partnership switch."""
    needs_platform_authorisation: bool = False

    @cached_property
    def line(self) -> frozenset[str]:
        """The channel and its ancestors: a grant of any of them covers it."""
        return ancestry(self.name)


def ancestry(channel: str) -> frozenset[str]:
    """Return a channel's name with those of its ancestors (`tv.ctv` -> `tv.ctv`, `tv`)."""
    parts = channel.split(".")
    return frozenset(".".join(parts[:count]) for count in range(1, len(parts) + 1))


@dataclass(frozen=True)
class Vocabulary:
    """Closed lists of words; what is not in them is refused, never guessed."""

    version: int
    channels: Mapping[str, Channel]
    technical: frozenset[str]
    """Edits that every permission to use implies."""
    editorial: frozenset[str]
    ai: frozenset[str]
    evidence_levels: Mapping[int, str]
    labels: Mapping[str, str]
    """Country to the word that discloses advertising there, with a `default`."""
    atlas: Atlas
    source_types: frozenset[str]
    """IPTC digital source types."""
    open_source_types: frozenset[str]
    """Those that leave open whether AI made a part of it."""
    placements: Mapping[str, str] = field(default_factory=dict)
    """Country to where the word has to stand, with a `default`; empty: nothing is said of it."""
    edition: str = ""
    """Of the overlay of an installation; empty: the words of the release."""
    overlay: Mapping[str, Any] | None = None
    """The overlay as it was read, so that a decision can be made again from it."""

    @property
    def told(self) -> int | str:
        """The version as decisions tell it: a number, or with an overlay `2+acme-2027-01.1a2b3c4d`."""
        return f"{self.version}+{self.edition}" if self.edition else self.version

    @cached_property
    def in_order(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Channels, countries and edits (but the technical ones), each in order."""
        return (
            tuple(sorted(self.channels)),
            tuple(sorted(self.atlas.countries)),
            tuple(sorted(self.editorial | self.ai)),
        )

    @cached_property
    def edits(self) -> frozenset[str]:
        """Every edit that a request may name."""
        return self.technical | self.editorial | self.ai

    def label(self, country: str) -> str:
        """Return the disclosure word of a country, or the default."""
        return self.labels.get(country) or self.labels.get("default", "Ad")

    def tells_ai(self, source_type: str | None) -> bool:
        """Return whether a digital source type says if AI made it; a word that is not in the list says nothing."""
        return source_type in self.source_types and source_type not in self.open_source_types

    def placement(self, country: str) -> str:
        """Return where the disclosure word of a country has to stand; empty where nothing is said of it."""
        return self.placements.get(country) or self.placements.get("default", "")

    def unknown(self, dimension: str, values: frozenset[str]) -> list[str]:
        """Return what of `values` no grant may state, in order; whoever writes a grant refuses it.

        `dimension` is `channels`, `edits` or `territories`.
        """
        if dimension == "channels":
            return sorted(values - self.channels.keys() - {EVERY})
        if dimension == "edits":
            return sorted(values - self.edits - {ANY_EDIT})
        return sorted(code for code in values if not self.atlas.knows(code))


@cache
def standard() -> Vocabulary:
    """Return the vocabulary of this release, read once from the files beside this module."""
    return read_vocabulary(_own())


def read_vocabulary(plain: Mapping[str, Any]) -> Vocabulary:
    """Make a vocabulary of its plain form (the file of this package, or `vocabulary` of a file of cases).

    Groups given as plain lists (`territory_groups`) take the place of the atlas's own.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: the form is another one.
    """
    channels: dict[str, Channel] = {}
    for root, facts in plain["channels"].items():
        known = {name: facts[name] for name in Channel.__dataclass_fields__ if name in facts and name != "name"}
        for name in (root, *(f"{root}.{child}" for child in facts.get("children", ()))):
            channels[name] = Channel(name, **known)
    atlas = world_atlas()
    if "territory_groups" in plain:
        groups = {name: (Group(frozenset(codes)),) for name, codes in plain["territory_groups"].items()}
        atlas = replace(atlas, groups=groups)
    edits = plain["edits"]
    # A list of IPTC's: where a file of cases does not repeat it, it is the same.
    sources = plain.get("digital_source_types") or _own()["digital_source_types"]
    return Vocabulary(
        version=int(plain["version"]),
        channels=channels,
        technical=frozenset(edits["technical"]),
        editorial=frozenset(edits["editorial"]),
        ai=frozenset(edits["ai"]),
        evidence_levels={int(level): words for level, words in plain.get("evidence_levels", {}).items()},
        labels=dict(plain.get("disclosure_labels", {})),
        placements=dict(plain.get("disclosure_placements", {})),
        atlas=atlas,
        source_types=frozenset(sources["terms"]),
        open_source_types=frozenset(sources["open"]),
    )


@cache
def _own() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("vocabulary.toml").read_text(encoding="utf-8"))


__all__ = ["ANY_EDIT", "EVERY", "WORLD", "Channel", "Vocabulary", "ancestry", "read_vocabulary", "standard"]
