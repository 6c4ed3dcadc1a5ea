"""How Tantivy lists the values of facets among the marks: where a value is spelled as it is counted, as most are, one
token tells both how it is looked up and what it is.

`tag=summer` is a value that is spelled so; `tag:Summer` one that is not, and `tag~summer` how that is looked up. So the
columns of facets need no lists of their own, which took as long to fill as those of all words of the description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .documents import FACETS, spelled

SPELLED, FOLDED, EXACT = "=~:"
_BLANK = "\x1f"
"""Stands for a blank, since tokens are parted by blanks; it comes before all letters, as a blank does."""
_OTHERS = re.compile(r"[^\S ]|[\x1e\x1f]")
_WRITTEN = re.compile("\x1e([0-9a-f]+);")
_FACETS = frozenset(FACETS)


def kept(name: str, counted: Iterable[str], marks: Iterable[str]) -> str:
    """Return the tokens of a field, parted by blanks: of what is counted of it, and of its marks (`name=value`)."""
    marks = tuple(marks)
    if name not in _FACETS:
        return " ".join(marks)
    tokens = dict.fromkeys(exactly(name, value) for value in counted)
    tokens |= dict.fromkeys(f"{name}{FOLDED}{mark[len(name) + 1 :]}" for mark in marks if mark not in tokens)
    return " ".join(tokens)


def looked_up(mark: str) -> tuple[str, ...]:
    """Return the tokens of documents that have a mark."""
    name, _, value = mark.partition("=")
    return (mark, f"{name}{FOLDED}{value}") if name in _FACETS else (mark,)


def beginnings(mark: str) -> str:
    """Return an expression for how the tokens of a mark begin: all up to its value."""
    name = mark.partition("=")[0]
    return f"{name}[{SPELLED}{FOLDED}]" if name in _FACETS else f"{name}="


def exactly(facet: str, value: str) -> str:
    """Return the token of documents of which a facet counts a value."""
    if spelled(value) == value:
        return f"{facet}{SPELLED}{value}"
    return f"{facet}{EXACT}" + _OTHERS.sub(lambda match: f"\x1e{ord(match[0]):x};", value).replace(" ", _BLANK)


def value_of(token: str) -> str:
    """Return the value that such a token stands for."""
    value = re.split("[=:]", token, maxsplit=1)[1]
    return _WRITTEN.sub(lambda match: chr(int(match[1], 16)), value.replace(_BLANK, " "))
