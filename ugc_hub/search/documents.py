"""What the index knows of an asset: one frozen document, whose shape is the same for both engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b

from .folding import fold

PROSE = {"title": "strong", "description": "weak", "ocr": "least", "transcript": "least"}
"""Texts in the language of the document, and the class that each counts as."""
FACETS = ("kind", "orientation", "creator", "campaign", "niche", "tag", "status", "colour")
"""Keyword fields that can be counted and chosen from."""
CHANNELS = "channels"
"""Where a document may be used now: counted, and neither asked for nor chosen from (see `catalog.facets`)."""
CLEARANCE = "clearance"
"""The number of the situation, to be counted by `Request.facets`: as many values as there are, up to `SITUATIONS`."""
SITUATIONS = 65_000
"""So many values, or more than there are: then those counted are all."""
CUSTOM = "custom:"
"""How facets begin that are fields of campaigns: `custom:colour`, with the name as `spelled` gives it."""
OPTION = "option"
"""The column of what is chosen in them all, as `name=value`."""
SEVERAL = frozenset({"tag", "colour", "niche", CHANNELS, OPTION})
"""Columns that a document may have several values of."""
FLAGS = ("is", "has", "custom")
"""Keyword fields that are only asked for."""
WHOLE_NUMBERS = ("created", "submitted", "expires", "ending", "width", "height")
FRACTIONS = ("duration", "er", "er_low", "ctr", "ctr_low", "roas", "roas_low")
NUMBERS = WHOLE_NUMBERS + FRACTIONS
"""Dates in milliseconds since 1970 UTC, pixels, seconds, rates as fractions; `_low` is the lower end of an interval.

`expires` is when the last permission ends or ended, `ending` the same as long as it is still to come, to order by.
"""
COLUMNS = (*FACETS, *NUMBERS)
"""Of these the index itself knows which documents have any value."""
RANDOM_COLUMNS = 2
"""Orders by chance that are kept; each is read from both ends, so there are twice as many."""
Said = float | date | str
"""What a field of a campaign says: a number, a day, or one of its choices."""


@dataclass(frozen=True, slots=True)
class Document:
    """An asset as it is found.

    `viewers` name who may know of it, in words without blanks whose sense only the caller knows; a search passes those
    that the searcher is (`Sight`). `clearance` is the number of the asset's situation in the projection of rights, None
    where it is closed or has to be decided singly. `created` is when it came in.
    """

    id: str
    viewers: tuple[str, ...]
    created: int
    title: str = ""
    description: str = ""
    ocr: str = ""
    transcript: str = ""
    creator_name: str = ""
    language: str = ""
    """ISO 639-1 of title, description, fields, OCR and transcript; guessed where it is empty."""
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the names in `FACETS` and `FLAGS`. Which columns and texts it has (`has:`) is known without saying it.

    A `colour` is `#rrggbb`, which is counted by its name and found by names and by distance, or a name.
    """
    numbers: Mapping[str, float] = field(default_factory=dict)
    """By the names in `NUMBERS`, without `created`; what is not known is left out."""
    fields: Mapping[str, Said] = field(default_factory=dict)
    """What fields of its campaign say, by their names, as far as it can be counted or lies in a range."""
    said: tuple[str, ...] = ()
    """What of that is words: it is found by them as the description is."""
    clearance: int | None = None
    channels: tuple[str, ...] = ()
    """Where all in its situation may be used, as of when it was indexed."""
    allowed: tuple[str, ...] = ()
    """What may be done with it, as of then, in words without blanks whose sense only the caller knows (`Telling`)."""

    def __hash__(self) -> int:
        return hash(self.id)


def tie_of(id_: str) -> int:
    """Return the number of an id that decides between documents that are alike otherwise."""
    return int.from_bytes(blake2b(id_.encode(), digest_size=8).digest(), "big") >> 2


def chances(tie: int) -> list[int]:
    """Return a document's places, 0..2^31, in the orders by chance."""
    return [(tie * factor >> 20) & 0x7FFFFFFF for factor in _FACTORS]


def chance_of(tie: int, order: int) -> int:
    """Return a document's place in one of them."""
    return (tie * _FACTORS[order] >> 20) & 0x7FFFFFFF


def spelled(name: str) -> str:
    """Return what all ways to write a value, or the name of a field of a campaign, have in common."""
    return "_".join(fold(name).split())


def column(facet: str) -> tuple[str, str]:
    """Return the column in which values of a facet are kept, and how they begin there."""
    return (OPTION, f"{facet.removeprefix(CUSTOM)}=") if facet.startswith(CUSTOM) else (facet, "")


def amount(name: str, *, days: bool) -> str:
    """Return under which name numbers, or days, of a field of a campaign are kept."""
    return f"{'day' if days else 'number'} {spelled(name)}"


def is_amount(name: str) -> bool:
    """Tell such names from those of columns, which have no blank."""
    return " " in name


_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)
