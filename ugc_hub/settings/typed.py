"""A frozen class of values that are read from texts and held to their bounds.

Written out here and not with a library of data shapes: the workers need such a library for nothing else, and each
would hold its 11 MB for as long as it waits.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


class WrongValues(ValueError):
    """Values are not of their kind or out of bounds; `problems` has name and words of each, never the value itself."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {words}" for name, words in problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a value may be.

    `ge` and `le`: the least and the greatest number. `pattern`: a regular expression for the whole text, in a list for
    each of its texts. `max_length`: the most characters, or texts of a list. `schemes`: the text is empty or an address
    that begins with one of them and names a host.
    """

    description: str
    ge: float | None = None
    le: float | None = None
    pattern: str | None = None
    max_length: int | None = None
    schemes: tuple[str, ...] = ()

    @property
    def span(self) -> str:
        """The bounds of a number in words; empty where there are none."""
        if self.ge is None:
            return ""
        return f"{self.ge} or more" if self.le is None else f"{self.ge} to {self.le}"


def Field(*, default: Any = dataclasses.MISSING, default_factory: Any = dataclasses.MISSING, **bounds: Any) -> Any:  # noqa: N802
    """Declare one value of a `Typed` class: its default, and its `Bounds` by name."""
    known = {"bounds": Bounds(**bounds)}
    if default_factory is not dataclasses.MISSING:
        return dataclasses.field(default_factory=default_factory, metadata=known)
    return dataclasses.field(default=default, metadata=known)


class Typed:
    """Base of a frozen dataclass whose values are read and judged whenever one is made.

    Kinds: texts, whole numbers, numbers, yes or no, paths (or None), lists of texts.

    Raises:
        WrongValues: on construction and on `dataclasses.replace`.
    """

    def __post_init__(self) -> None:
        problems: list[tuple[str, str]] = []
        kind: Any = type(self)
        for name, (read, bounds) in _readers(kind).items():
            try:
                object.__setattr__(self, name, _judged(read(getattr(self, name)), bounds))
            except ValueError as error:
                problems.append((name, str(error)))
        if problems:
            raise WrongValues(problems)


def declared(kind: Any) -> Mapping[str, Bounds]:
    """Return name and bounds of every value of a `Typed` class, in the order in which they are written."""
    return {name: bounds for name, (_, bounds) in _readers(kind).items()}


@cache
def _readers(kind: Any) -> dict[str, tuple[Callable[[Any], Any], Bounds]]:
    kinds = get_type_hints(kind)
    return {one.name: (_READ[kinds[one.name]], one.metadata["bounds"]) for one in dataclasses.fields(kind)}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("write a text")
    return value


def _whole(value: Any) -> int:
    try:
        if isinstance(value, str | int) and not isinstance(value, bool):
            return int(value)
    except ValueError:
        pass
    raise ValueError("write a whole number")


def _number(value: Any) -> float:
    try:
        if (
            isinstance(value, str | int | float)
            and not isinstance(value, bool)
            and math.isfinite(number := float(value))
        ):
            return number
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError("write a number")


def _yes_or_no(value: Any) -> bool:
    word = str(value).lower()
    if word not in _YES | _NO:
        raise ValueError("write true or false")
    return word in _YES


def _path(value: Any) -> Path:
    if not isinstance(value, str | Path):
        raise ValueError("write a path")
    return Path(value)


def _path_or_none(value: Any) -> Path | None:
    return None if value is None else _path(value)


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list | tuple):
        raise ValueError("write a list of texts")
    return [_text(one) for one in value]


_READ: dict[Any, Callable[[Any], Any]] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _yes_or_no,
    Path: _path,
    Path | None: _path_or_none,
    list[str]: _texts,
}


def _judged(value: Any, bounds: Bounds) -> Any:
    if (bounds.ge is not None and value < bounds.ge) or (bounds.le is not None and value > bounds.le):
        raise ValueError(f"write {bounds.span}")
    if bounds.max_length is not None and len(value) > bounds.max_length:
        raise ValueError(f"write at most {bounds.max_length} {'characters' if isinstance(value, str) else 'of them'}")
    for text in value if isinstance(value, list) else [value]:
        if bounds.pattern is not None and not re.fullmatch(bounds.pattern, text):
            raise ValueError(f"write what fits {bounds.pattern}")
    if bounds.schemes and value:
        _require_address(value, bounds.schemes)
    return value


def _require_address(text: str, schemes: tuple[str, ...]) -> None:
    """Refuse an address at the start rather than when the first mail is sent."""
    words = " or ".join(f"{scheme}://host" for scheme in schemes)
    try:
        parts = urlsplit(text)
        if parts.scheme in schemes and parts.hostname and parts.port != 0:
            return
    except ValueError:
        pass  # a port that is none
    raise ValueError(f"write {words}")
