"""Looks whether a plan is of the form it must have, before a word of it reaches ffmpeg, a path or a drawing library.

Plans are kept as JSON, and what people chose is in them. Whoever laid a plan out looked at it already; the engine looks
again, because what is no colour may be a filter, and what is no name a path.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from workers.media.errors import PlanImpossible
from workers.media.records import Record

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FILE = re.compile(r"([0-9a-f]{64})?")
"""The SHA-256 of one, or nothing."""
_FONT = re.compile(r"\w[\w .-]{0,63}")
"""A family, or the SHA-256 of a file."""
_WORD = re.compile(r"[a-z0-9]{0,20}")
"""Of an encoder's own: `veryfast`, `8`; none where it has none."""
_ANY = re.compile(r".*", re.DOTALL)
"""Of the metadata of a file, which are cleaned where they are written, and of names that stay within the hub."""
TEXTS: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(("colour", "box", "flatten", "disc"), COLOUR),
    **dict.fromkeys(("file", "image"), _FILE),
    "font": _FONT,
    **dict.fromkeys(("preset", "profile"), _WORD),
    "subsampling": re.compile(r"4:[024]:[024]"),
    "text": re.compile(r"[^\x00\r]*"),  # the script of captions would end a line there, and begin another command
    **dict.fromkeys(("id", "piece", "track"), _ANY),
    **dict.fromkeys(("creator", "credit", "copyright", "web_statement", "usage_terms", "licensor"), _ANY),
    **dict.fromkeys(("licensor_url", "digital_source_type", "data_mining", "model_release", "property_release"), _ANY),
    **dict.fromkeys(("credit_required", "license_end", "asset_id", "rendition_id", "usage_id"), _ANY),
}
"""What each field of text has to look like from its first letter to its last; one that is missing here is refused."""


def check(plan: Record) -> None:
    """Refuse a plan that holds anything but what its fields say: their types, finite numbers, and `TEXTS`.

    Raises `PlanImpossible` (`plan_malformed`).
    """
    wrong = next(_misfits(plan, type(plan), ""), None)
    if wrong is not None:
        raise PlanImpossible(
            f"What this version was asked for with is not of the form that it has to have ({wrong}). Ask for it again.",
            code="plan_malformed",
        )


@functools.cache
def _fields(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(get_type_hints(kind).items())


def _misfits(value: Any, hint: Any, name: str) -> Iterator[str]:
    """Yield the names of fields that hold something else than their type says."""
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        inside = tuple(one for one in inside if one is not NoneType)
        if value is not None:
            yield from _misfits(value, inside[0], name)
        elif len(inside) == len(get_args(hint)):
            yield name
    elif origin is tuple:
        yield from _misfits_of_many(value, inside, name)
    elif isinstance(hint, type) and issubclass(hint, Record):
        if type(value) is not hint:
            yield name
            return
        kind: Any = hint
        for field, inner in _fields(kind):
            yield from _misfits(getattr(value, field), inner, f"{name}.{field}".removeprefix("."))
    elif not _fits(value, hint, name.rpartition(".")[2]):
        yield name


def _misfits_of_many(value: Any, inside: tuple[Any, ...], name: str) -> Iterator[str]:
    hints = inside[:1] * len(value) if isinstance(value, tuple) and inside[-1] is Ellipsis else inside
    if not isinstance(value, tuple) or len(value) != len(hints):
        yield name
        return
    for one, hint in zip(value, hints, strict=True):
        yield from _misfits(one, hint, name)


def _fits(value: Any, hint: Any, field: str) -> bool:
    if get_origin(hint) is Literal:
        return type(value) is str and value in get_args(hint)
    if hint is str:
        form = TEXTS.get(field)
        return type(value) is str and form is not None and form.fullmatch(value) is not None
    if hint is float:
        return type(value) in (int, float) and math.isfinite(value)
    return type(value) is hint and hint in (int, bool)
