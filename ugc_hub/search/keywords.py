"""Keyword fields as they are indexed: worked out once for all documents that have the same values."""

from __future__ import annotations

from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import NamedTuple, Protocol

from . import colours
from .analysis import BETWEEN, named
from .documents import CHANNELS, FACETS, FLAGS, OPTION, SEVERAL, spelled

MOST = 50_000
"""Values of one field, or of one tag, that are kept; they are forgotten when there are more."""


class Keyword(NamedTuple):
    """One field with its values."""

    name: str
    marks: str
    """`field=value` of each, folded, parted by blanks: how they are looked up."""
    counted: tuple[str, ...]
    """What they are counted as; empty where they are only looked up."""
    listed: str
    """The same as a member of an object in JSON, each value once; empty where nothing is counted."""
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


class _Tag(dict[str, tuple[str, str, str, str]]):
    """Tag -> its mark, itself in JSON, its words and their forms."""

    def __missing__(self, tag: str) -> tuple[str, str, str, str]:
        if len(self) >= MOST:
            self.clear()
        found = self[tag] = (mark("tag", tag), quoted(tag), *named(tag))
        return found


class _Tags:
    """See `Field`: tags come together in ever new ways, so that each is kept by itself."""

    def __init__(self) -> None:
        self._known = _Tag()

    def __getitem__(self, values: tuple[str, ...], /) -> Keyword:
        if not values:
            return Keyword("tag", "", (), "", "", "")
        marks, listed, words, forms = zip(*map(self._known.__getitem__, dict.fromkeys(values)), strict=True)
        return Keyword(
            "tag", " ".join(marks), values, f'"tag":[{",".join(listed)}]', BETWEEN.join(words), " ".join(forms)
        )


def mark(name: str, value: str) -> str:
    """Return how a value of a keyword field is looked up: case, accents and kinds of blanks make no difference."""
    known = _MARKS.get(name)
    return f"{name}={spelled(value)}" if known is None else known[value]


@lru_cache(maxsize=20_000)
def handles(handle: str) -> tuple[str, str]:
    """Return a handle without and with its @, as people write it."""
    bare = handle.removeprefix("@")
    return bare, f"@{bare}"


def _keyword(name: str, values: tuple[str, ...]) -> Keyword:
    if len(values) > 1 and name in _SINGLE:
        raise ValueError(f"a document has one {name} at most")
    counted, known = values, values
    found: tuple[str, ...] = ()
    if name == "creator":
        known = tuple(value.removeprefix("@") for value in values)
        found = tuple(form for value in values for form in handles(value))
    elif name == "colour":
        counted = colours.names(values)
        cells = (colours.cell(value) for value in values if colours.is_hex(value))
        known = tuple(dict.fromkeys((*counted, *cells)))
    elif name in _NAMES:
        found = values
    counted = counted if name in _COUNTABLE else ()
    listed = f'"{name}":[{",".join(map(quoted, dict.fromkeys(counted)))}]' if counted else ""
    marks = " ".join([mark(name, value) for value in known]) if name in _MARKS else ""
    words = [named(text) for text in found if text]
    return Keyword(
        name, marks, counted, listed, BETWEEN.join([one for one, _ in words]), " ".join([one for _, one in words])
    )


_SINGLE = frozenset(FACETS) - SEVERAL
_COUNTABLE = frozenset((*FACETS, CHANNELS, OPTION))
_NAMES = frozenset({"campaign", "niche"})
_MARKS = {name: _Marks(name) for name in (*FACETS, *FLAGS)}
KEYWORDS: dict[str, Field] = {name: _Field(name) for name in (*FACETS, *FLAGS)} | {"tag": _Tags()}
"""The fields that a document may say by their names."""
CHANNELS_FIELD, OPTION_FIELD = _Field(CHANNELS), _Field(OPTION)
"""Those that the hub works out; they are counted only."""
