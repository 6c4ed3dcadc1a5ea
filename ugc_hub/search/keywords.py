"""Keyword fields as they are indexed: worked out once for all documents that have the same values."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import NamedTuple, Protocol

from . import colours
from .analysis import BETWEEN, Words, named
from .documents import CHANNELS, FACETS, FLAGS, OPTION, SEVERAL, spelled
from .listing import kept

MOST = 50_000
"""Values of one field, or of one tag, that are kept; they are forgotten when there are more."""


class Keyword(NamedTuple):
    """One field with its values."""

    name: str
    marks: str
    """`field=value` of each, folded, parted by blanks: how they are looked up."""
    kept: str
    """The tokens that stand for these in Tantivy, and for what is counted, as within a text in JSON; see `listing`."""
    counted: tuple[str, ...]
    """What they are counted as; empty where they are only looked up."""
    listed: str
    """The same as a member of an object in JSON, a list only of several; empty where nothing is counted."""
    words: str
    """As `Words` of `analysis`; empty for fields whose values are found by their field only."""
    forms: str


class Field(Protocol):
    """Values of one field -> what is indexed of them."""

    def __getitem__(self, values: tuple[str, ...], /) -> Keyword:
        """Return it; ValueError where a document has one value at most."""
        ...


class _Marks(dict[str, str]):
    """Value of one field -> its mark."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __missing__(self, value: str) -> str:
        if len(self) >= MOST:
            self.clear()
        found = self[value] = f"{self.name}={spelled(value)}"
        return found


class _Field(dict[tuple[str, ...], Keyword]):
    """See `Field`; for fields of which many documents have the same values."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __missing__(self, values: tuple[str, ...]) -> Keyword:
        if len(self) >= MOST:
            self.clear()
        found = self[values] = _keyword(self.name, values)
        return found


class _Tag(dict[str, Keyword]):
    """Tag -> what is indexed of it alone."""

    def __missing__(self, tag: str) -> Keyword:
        if len(self) >= MOST:
            self.clear()
        said = mark("tag", tag)
        listed = _member("tag", [quoted(tag)])
        found = self[tag] = Keyword("tag", said, _within(kept("tag", (tag,), (said,))), (tag,), listed, *named(tag))
        return found


class _Tags:
    """See `Field`: tags come together in ever new ways, so that each is kept by itself."""

    def __init__(self) -> None:
        self._known = _Tag()

    def __getitem__(self, values: tuple[str, ...], /) -> Keyword:
        if not values:
            return Keyword("tag", "", "", (), "", "", "")
        known = [self._known[tag] for tag in dict.fromkeys(values)]
        if len(known) == 1:
            return known[0]
        _, marks, tokens, _, listed, words, forms = zip(*known, strict=True)
        member = _member("tag", [one.removeprefix('"tag":') for one in listed])
        return Keyword("tag", " ".join(marks), " ".join(tokens), values, member, BETWEEN.join(words), " ".join(forms))


def mark(name: str, value: str) -> str:
    """Return how a value of a keyword field is looked up: case, accents and kinds of blanks make no difference."""
    known = _MARKS.get(name)
    return f"{name}={spelled(value)}" if known is None else known[value]


@lru_cache(maxsize=20_000)
def handles(handle: str) -> tuple[Words, ...]:
    """Return the words of a handle with its @, and without it where that has others: one not of plain letters."""
    bare = handle.removeprefix("@")
    (words, forms), whole = named(bare), named(f"@{bare}")
    told = words == whole[0] and set(forms.split()) <= set(whole[1].split())
    return (whole,) if told else (whole, (words, forms))


def _keyword(name: str, values: tuple[str, ...]) -> Keyword:
    if len(values) > 1 and name in _SINGLE:
        raise ValueError(f"a document has one {name} at most")
    counted, known = values, values
    words: list[Words] = []
    if name == "creator":
        known = tuple(value.removeprefix("@") for value in values)
        words = [found for value in values if value for found in handles(value)]
    elif name == "colour":
        counted = colours.names(values)
        cells = (colours.cell(value) for value in values if colours.is_hex(value))
        known = tuple(dict.fromkeys((*counted, *cells)))
    elif name in _NAMES:
        words = [named(value) for value in values if value]
    counted = counted if name in _COUNTABLE else ()
    listed = _member(name, [quoted(value) for value in dict.fromkeys(counted)]) if counted else ""
    marks = [mark(name, value) for value in known] if name in _MARKS else []
    said, forms = BETWEEN.join([one for one, _ in words]), " ".join([one for _, one in words])
    return Keyword(name, " ".join(marks), _within(kept(name, counted, marks)), counted, listed, said, forms)


def _within(tokens: str) -> str:
    """Tokens as they stand within a text in JSON."""
    return quoted(tokens)[1:-1]


def _member(name: str, values: Sequence[str]) -> str:
    """A member of an object in JSON, of values that are JSON already; one alone is read faster than a list of it."""
    return f'"{name}":{values[0]}' if len(values) == 1 else f'"{name}":[{",".join(values)}]'


_SINGLE = frozenset(FACETS) - SEVERAL
_COUNTABLE = frozenset((*FACETS, CHANNELS, OPTION))
_NAMES = frozenset({"campaign", "niche"})
_MARKS = {name: _Marks(name) for name in (*FACETS, *FLAGS)}
KEYWORDS: dict[str, Field] = {name: _Field(name) for name in (*FACETS, *FLAGS)} | {"tag": _Tags()}
"""The fields that a document may say by their names."""
CHANNELS_FIELD, OPTION_FIELD = _Field(CHANNELS), _Field(OPTION)
"""Those that the hub works out; they are counted only."""
