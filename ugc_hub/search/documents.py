"""What the index knows of an asset: one frozen document, whose shape is the same for both engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from . import colours
from .analysis import Analysed, analysed
from .folding import fold

PROSE = {"title": "strong", "description": "weak", "ocr": "least", "transcript": "least"}
"""Texts in the language of the document, and the class that each counts as."""
FACETS = ("kind", "orientation", "creator", "campaign", "niche", "tag", "status", "colour")
"""Keyword fields that can be counted and chosen from."""
CHANNELS = "channels"
"""Where a document may be used now: counted, and neither asked for nor chosen from (see `catalog.facets`)."""
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
RANDOM_ORDERS = 4
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
    """ISO 639-1 of title, description, OCR and transcript; guessed where it is empty."""
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the names in `FACETS` and `FLAGS`. Which columns and texts it has (`has:`) is known without saying it.

    A `colour` is `#rrggbb`, which is counted by its name and found by names and by distance, or a name.
    """
    numbers: Mapping[str, float] = field(default_factory=dict)
    """By the names in `NUMBERS`, without `created`; what is not known is left out."""
    fields: Mapping[str, Said] = field(default_factory=dict)
    """What fields of its campaign say, by their names, as far as it can be counted or lies in a range."""
    clearance: int | None = None
    channels: tuple[str, ...] = ()
    """Where all in its situation may be used, as of when it was indexed."""
    allowed: tuple[str, ...] = ()
    """What may be done with it, as of then, in words without blanks whose sense only the caller knows (`Telling`)."""

    def __hash__(self) -> int:
        return hash(self.id)


class Entry(NamedTuple):
    """A document as it is indexed."""

    id: str
    tokens: Analysed
    marks: str
    """`field=value` of all keywords, folded, parted by blanks."""
    facets: Mapping[str, tuple[str, ...]]
    viewers: str
    allowed: str
    numbers: Mapping[str, float]
    amounts: Mapping[str, float]
    """Numbers and days of fields of campaigns; see `amount`."""
    clearance: int | None
    tie: int
    """A number of the id alone, 0..2^62, which decides between documents that are alike otherwise."""


def entry(document: Document) -> Entry:
    """Return what is indexed of a document.

    Raises:
        ValueError: a field has a name that does not exist, or several values where one is the most, or a viewer has
            a blank or is empty.
    """
    keywords, numbers = document.keywords, document.numbers
    if not (_KEYWORDS.issuperset(keywords) and _NUMBERS.issuperset(numbers)):
        raise ValueError(f"unknown fields: {sorted({*keywords, *numbers} - _KEYWORDS - _NUMBERS)}")
    marks, facets = [], {}
    for name, values in keywords.items():
        said, counted = _tagged(values) if name == "tag" else _keyword(name, values)
        if said:
            marks.append(said)
        if counted:
            facets[name] = counted
    if document.channels:
        facets[CHANNELS] = document.channels
    texts = (document.title, document.description, document.ocr, document.transcript)
    marks.append(_present(*map(bool, texts)))
    prose = {"strong": (document.title,), "weak": (document.description,), "least": (document.ocr, document.transcript)}
    tokens = analysed(prose, {"middle": names(document)}, document.language)
    amounts: dict[str, float] = {}
    if document.fields:
        facets |= _options(document.fields)
        amounts = dict(_amount(name, said) for name, said in document.fields.items() if not isinstance(said, str))
    return Entry(
        document.id,
        tokens,
        " ".join(marks),
        facets,
        _viewers(document.viewers),
        _listed(document.allowed),
        {**numbers, "created": document.created},
        amounts,
        document.clearance,
        tie_of(document.id),
    )


def names(document: Document) -> list[str]:
    """Return the tags and names that a document is found by; a handle also as people write it, behind an @."""
    keywords = document.keywords
    found = [*keywords.get("tag", ())]
    for handle in keywords.get("creator", ()):
        found += _handles(handle)
    return [*found, document.creator_name, *keywords.get("campaign", ()), *keywords.get("niche", ())]


@lru_cache(maxsize=20_000)
def _handles(handle: str) -> tuple[str, str]:
    bare = handle.removeprefix("@")
    return bare, f"@{bare}"


def tie_of(id_: str) -> int:
    """Return the number of an id that decides between documents that are alike otherwise."""
    return int.from_bytes(blake2b(id_.encode(), digest_size=8).digest(), "big") >> 2


def chances(tie: int) -> list[int]:
    """Return a document's places, 0..2^31, in the `RANDOM_ORDERS` orders by chance."""
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


def _options(said: Mapping[str, Said]) -> dict[str, tuple[str, ...]]:
    options = tuple(f"{spelled(name)}={value}" for name, value in said.items() if isinstance(value, str))
    return {OPTION: options} if options else {}


def _amount(name: str, said: float | date) -> tuple[str, float]:
    if isinstance(said, date):
        return amount(name, days=True), said.toordinal()
    return amount(name, days=False), said


def mark(name: str, value: str) -> str:
    """Return how a value of a keyword field is looked up: case, accents and kinds of blanks make no difference."""
    known = _MARKS.get(name)
    return f"{name}={spelled(value)}" if known is None else known[value]


class _Marks(dict[str, str]):
    """Value of one field -> its mark; worked out once, and forgotten when there are too many."""

    MOST = 100_000

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __missing__(self, value: str) -> str:
        if len(self) >= self.MOST:
            self.clear()
        found = self[value] = f"{self.name}={spelled(value)}"
        return found


def _tagged(values: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """As `_keyword`: tags come together in ever new ways, so that only the mark of each is kept."""
    return " ".join(map(_MARKS["tag"].__getitem__, values)), values


@lru_cache(maxsize=50_000)
def _keyword(name: str, values: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The marks of a keyword field, and what it counts as: worked out once for all documents that have the same."""
    if len(values) > 1 and name in _SINGLE:
        raise ValueError(f"a document has one {name} at most")
    counted, known = values, values
    if name == "creator":
        known = tuple(value.removeprefix("@") for value in values)
    if name == "colour":
        counted = colours.names(values)
        cells = (colours.cell(value) for value in values if colours.is_hex(value))
        known = tuple(dict.fromkeys((*counted, *cells)))
    return " ".join([mark(name, value) for value in known]), counted if name in _COUNTABLE else ()


@lru_cache(maxsize=16)
def _present(*texts: bool) -> str:
    """The marks of the texts, in the order of `PROSE`, that there are."""
    return " ".join(f"has={name}" for name, there in zip(PROSE, texts, strict=True) if there)


@lru_cache(maxsize=50_000)
def _viewers(viewers: tuple[str, ...]) -> str:
    if any(viewer.split() != [viewer] for viewer in viewers):
        raise ValueError("a viewer is a word without blanks")
    return " ".join(viewers)


@lru_cache(maxsize=20_000)
def _listed(words: tuple[str, ...]) -> str:
    return " ".join(words)


_KEYWORDS = frozenset((*FACETS, *FLAGS))
_NUMBERS = frozenset(NUMBERS) - {"created"}
_SINGLE = frozenset(FACETS) - SEVERAL
_COUNTABLE = frozenset(FACETS)
_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
_MARKS = {name: _Marks(name) for name in (*FACETS, *FLAGS)}
