"""Cursors that belong to one question: in the hits of another one they would name some place or other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b

from ugc_hub.errors import Invalid

_BYTES = 4
Asked = tuple[str, Mapping[str, frozenset[str]]]
"""A query as it was typed, and what was chosen beside it."""


def marked(asked: Asked, cursor: str | None) -> str | None:
    """Return a cursor of an index with what tells which question it belongs to."""
    return None if cursor is None else _mark(asked) + cursor


def unmarked(asked: Asked, cursor: str | None) -> str | None:
    """Return the cursor as the index gave it.

    Raises:
        Invalid: it belongs to another question, or is none.
    """
    if not cursor:
        return None
    mark = _mark(asked)
    if not cursor.startswith(mark) or cursor == mark:
        words = "The cursor does not belong to this search; begin at the first page."
        raise Invalid(words, extra={"field": "cursor"})
    return cursor.removeprefix(mark)


def _mark(asked: Asked) -> str:
    text, chosen = asked
    plain = [" ".join(text.split()), sorted([name, *sorted(values)] for name, values in chosen.items() if values)]
    return blake2b(json.dumps(plain).encode(), digest_size=_BYTES).hexdigest()
