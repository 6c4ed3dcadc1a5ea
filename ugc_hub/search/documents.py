"""What the index knows of an asset: one frozen document, whose shape is the same for both engines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from . import colours
from .analysis import Analysed, analysed
from .folding import fold

PROSE = {"title": "strong", "description": "weak", "ocr": "", "transcript": ""}
"""Texts in the language of the document, and the class that each counts as."""
FACETS = ("kind", "orientation", "creator", "campaign", "niche", "tag", "status", "colour")
"""Keyword fields that can be counted and chosen from."""
SEVERAL = frozenset({"tag", "colour", "niche"})
"""Those that a document may have several values of."""
FLAGS = ("is", "has", "custom")
"""Keyword fields that are only asked for."""
WHOLE_NUMBERS = ("created", "submitted", "expires", "width", "height")
FRACTIONS = ("duration", "er", "er_low", "ctr", "ctr_low", "roas", "roas_low")
NUMBERS = WHOLE_NUMBERS + FRACTIONS
"""Dates in milliseconds since 1970 UTC, pixels, seconds, rates as fractions; `_low` is the lower end of an interval."""
RANDOM_ORDERS = 4


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
    """By the names in `FACETS` and `FLAGS`. What a document has (`has:`) is added by itself.

    A `colour` is `#rrggbb`, which is counted by its name and found by names and by distance, or a name.
    """
    numbers: Mapping[str, float] = field(default_factory=dict)
    """By the names in `NUMBERS`, without `created`; what is not known is left out."""
    clearance: int | None = None

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as it is indexed."""

    id: str
    tokens: Analysed
    marks: str
    """`field=value` of all keywords, folded, parted by blanks."""
    facets: Mapping[str, tuple[str, ...]]
    viewers: str
    numbers: Mapping[str, float]
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
    if not keywords.keys() <= _KEYWORDS or not numbers.keys() <= _NUMBERS:
        raise ValueError(f"unknown fields: {sorted({*keywords, *numbers} - _KEYWORDS - _NUMBERS)}")
    for name, values in keywords.items():
        if len(values) > 1 and name in _SINGLE:
            raise ValueError(f"a document has one {name} at most")
    if any(viewer.split() != [viewer] for viewer in document.viewers):
        raise ValueError("a viewer is a word without blanks")
    prose = {"strong": (document.title,), "weak": (document.description,), "": (document.ocr, document.transcript)}
    tokens = analysed(prose, {"middle": tuple(names(document))}, document.language)
    return Entry(
        document.id,
        tokens,
        _marks(document),
        {name: _counted(name, keywords[name]) for name in FACETS if keywords.get(name)},
        " ".join(document.viewers),
        {**numbers, "created": document.created},
        document.clearance,
        tie_of(document.id),
    )


def names(document: Document) -> Iterator[str]:
    """Yield the tags and names that a document is found by; a handle also as people write it, behind an @."""
    keywords = document.keywords
    yield from keywords.get("tag", ())
    for handle in keywords.get("creator", ()):
        yield handle.removeprefix("@")
        yield f"@{handle.removeprefix('@')}"
    yield document.creator_name
    yield from keywords.get("campaign", ())
    yield from keywords.get("niche", ())


def tie_of(id_: str) -> int:
    """Return the number of an id that decides between documents that are alike otherwise."""
    return int.from_bytes(blake2b(id_.encode(), digest_size=8).digest(), "big") >> 2


def chance_of(tie: int, order: int) -> int:
    """Return a document's place, 0..2^31, in one of `RANDOM_ORDERS` orders by chance."""
    return (tie * _FACTORS[order] >> 20) & 0x7FFFFFFF


def mark(name: str, value: str) -> str:
    """Return how a value of a keyword field is looked up: case, accents and kinds of blanks make no difference."""
    known = _MARKS.get((name, value))
    if known is None:
        if len(_MARKS) >= _MOST_MARKS:
            _MARKS.clear()
        known = _MARKS[name, value] = f"{name}={'_'.join(fold(value).split())}"
    return known


def _marks(document: Document) -> str:
    found = [f"id={fold(document.id)}"]
    for name, values in document.keywords.items():
        if name == "creator":
            values = tuple(value.removeprefix("@") for value in values)
        if name == "colour":
            cells = (colours.cell(value) for value in values if colours.is_hex(value))
            values = tuple(dict.fromkeys((*colours.names(values), *cells)))
        found += [mark(name, value) for value in values]
        if values and name in _COUNTABLE:
            found.append(f"has={name}")
    found += [f"has={name}" for name in document.numbers]
    for name in ("title", "description", "ocr", "transcript"):
        if getattr(document, name):
            found.append(f"has={name}")
    return " ".join(found)


def _counted(name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return colours.names(values) if name == "colour" else values


_KEYWORDS = frozenset((*FACETS, *FLAGS))
_NUMBERS = frozenset(NUMBERS) - {"created"}
_SINGLE = frozenset(FACETS) - SEVERAL
_COUNTABLE = frozenset(FACETS)
_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
_MARKS: dict[tuple[str, str], str] = {}
_MOST_MARKS = 200_000
