"""The base of the media engine's frozen records: plain JSON in and out."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any, Self, get_args, get_origin, get_type_hints

Builder = Callable[[Any], Any]


def _builder(annotation: Any) -> Builder | None:
    """What makes a value of a field from plain JSON; None where it is one already."""
    origin = get_origin(annotation)
    if origin is tuple:
        return _tuple(get_args(annotation))
    if origin is dict:
        return dict
    for candidate in get_args(annotation) or (annotation,):
        if dataclasses.is_dataclass(candidate) and isinstance(candidate, type):
            return functools.partial(_from_plain, candidate)
        if get_origin(candidate) is tuple:
            inner = _tuple(get_args(candidate))
            return lambda value: inner(value) if isinstance(value, list) else value
    return None


def _tuple(arguments: tuple[Any, ...]) -> Builder:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        build = _builder(arguments[0])
        return tuple if build is None else lambda value: tuple(None if one is None else build(one) for one in value)
    builders = [_builder(one) for one in arguments]
    return lambda value: tuple(
        one if build is None or one is None else build(one) for build, one in zip(builders, value, strict=True)
    )


@functools.cache
def _builders(kind: type) -> dict[str, Builder | None]:
    """Worked out once for each kind of record: thousands of them are read for a page of a list."""
    return {name: _builder(hint) for name, hint in get_type_hints(kind).items()}


def _from_plain(kind: type, value: dict[str, Any]) -> Any:
    builders = _builders(kind)
    return kind(
        **{
            name: item if item is None or (build := builders[name]) is None else build(item)
            for name, item in value.items()
            if name in builders
        }
    )


@functools.cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in dataclasses.fields(kind))


_PLAIN = (str, int, float, bool, type(None))


def _plain(value: Any) -> Any:
    """A value as plain JSON. Records are written out by hand: a page of a list writes fifty of them."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, Record):
        return {name: _plain(getattr(value, name)) for name in _names(kind)}
    if kind in (tuple, list):
        return [_plain(one) for one in value]
    if kind is dict and all(type(name) is str for name in value):
        return {name: _plain(one) for name, one in value.items()}
    return json.loads(json.dumps(value))


def _record_in(annotation: Any) -> type | None:
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return annotation
    return next((found for one in get_args(annotation) if (found := _record_in(one))), None)


@functools.cache
def _parts(kind: Any) -> tuple[tuple[str, type | None, Any], ...]:
    """Of each field its name, the records it holds, and what it says where nothing was kept."""
    hints, missing = get_type_hints(kind), dataclasses.MISSING
    return tuple(
        (
            one.name,
            _record_in(hints[one.name]),
            _plain(one.default_factory() if one.default_factory is not missing else one.default)
            if (one.default, one.default_factory) != (missing, missing)
            else None,
        )
        for one in dataclasses.fields(kind)
    )


@functools.cache
def _keys(kind: Any) -> tuple[frozenset[str], tuple[tuple[str, type], ...]]:
    """The names of all fields, and those that hold records."""
    parts = _parts(kind)
    return frozenset(name for name, _, _ in parts), tuple((name, inner) for name, inner, _ in parts if inner)


def _completed(kind: Any, value: Any) -> Any:
    if isinstance(value, list):
        return [one if one is None else _completed(kind, one) for one in value]
    names, inner_records = _keys(kind)
    if value.keys() == names:  # as nearly all are, but those that an older version kept
        within = {name: _completed(inner, value[name]) for name, inner in inner_records if value[name] is not None}
        return {**value, **within}
    return {
        name: known if inner is None or known is None else _completed(inner, known)
        for name, inner, default in _parts(kind)
        for known in (value.get(name, default),)
    }


class Record:
    """JSON for frozen dataclasses; a field is only ever added, with a default."""

    def dump(self) -> dict[str, Any]:
        """Return plain JSON types; tuples become lists."""
        plain: dict[str, Any] = _plain(self)
        return plain

    @classmethod
    def completed(cls, plain: dict[str, Any]) -> dict[str, Any]:
        """Return what `dump` gives of what `load` makes of it, without making it; not to be changed."""
        found: dict[str, Any] = _completed(cls, plain)
        return found

    @classmethod
    def load(cls, plain: dict[str, Any]) -> Self:
        """Rebuild the record from `dump`; unknown fields (of a newer version) are ignored."""
        built: Self = _from_plain(cls, plain)
        return built


QUIET: dict[str, bool] = {"quiet": True}
"""`metadata` of a field of a plan that is left out while it has its default, so that older plans keep their names."""


@functools.cache
def _quiet(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((one.name, one.default) for one in dataclasses.fields(kind) if one.metadata.get("quiet"))


class Plan(Record):
    """The exact work for one rendition."""

    def dump(self) -> dict[str, Any]:
        """Return plain JSON types; a quiet field only where it says something."""
        plain = super().dump()
        kind: Any = type(self)
        for name, default in _quiet(kind):
            if getattr(self, name) == default:
                del plain[name]
        return plain

    def digest(self) -> str:
        """SHA-256 in hex of the canonical JSON of the plan: the identity of a rendition of one asset."""
        text = json.dumps(self.dump(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
