"""The base of the media engine's frozen records: plain JSON in and out."""

from __future__ import annotations

import dataclasses
import functools
import json
from typing import Any, Self, get_args, get_origin, get_type_hints


def _build(annotation: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(annotation)
    if origin is tuple:
        arguments = get_args(annotation)
        inner = [arguments[0]] * len(value) if len(arguments) == 2 and arguments[1] is Ellipsis else arguments
        return tuple(_build(kind, item) for kind, item in zip(inner, value, strict=True))
    if origin is dict:
        return dict(value)
    for candidate in get_args(annotation) or (annotation,):
        if dataclasses.is_dataclass(candidate) and isinstance(candidate, type):
            return _from_plain(candidate, value)
        if get_origin(candidate) is tuple and isinstance(value, list):
            return _build(candidate, value)
    return value


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _from_plain(kind: type, value: dict[str, Any]) -> Any:
    hints = _hints(kind)
    known = {name: _build(hints[name], item) for name, item in value.items() if name in hints}
    return kind(**known)


class Record:
    """JSON for frozen dataclasses; a field is only ever added, with a default."""

    def dump(self) -> dict[str, Any]:
        """Return plain JSON types; tuples become lists."""
        plain: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self)))  # type: ignore[call-overload]
        return plain

    @classmethod
    def load(cls, plain: dict[str, Any]) -> Self:
        """Rebuild the record from `dump`; unknown fields (of a newer version) are ignored."""
        built: Self = _from_plain(cls, plain)
        return built
