"""Rows of grants as the rule reads them."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ugc_hub.rights import Grant, Revocation, read_grant


@lru_cache(maxsize=8192)
def _stated(row: tuple[Any, ...], revocations: tuple[Revocation, ...]) -> Grant:
    plain, _ = _read(row[0])
    if row[1] != _NOTHING:
        plain.update(json.loads(row[1]))
    plain.update(zip(_BESIDE, row[2:], strict=True))
    grant = read_grant(plain)
    return replace(grant, revocations=revocations) if revocations else grant


_read = json.JSONDecoder().raw_decode
_NOTHING = "{}"
_BESIDE = ("id", "state", "starts_at", "ends_at", "perpetual", "evidence_ok")


def to_grant(row: tuple[Any, ...], assets: frozenset[str] | None, revocations: tuple[Revocation, ...] = ()) -> Grant:
    """Put a row together with its assets and revocations, as the rule reads it.

    `row` holds what `loading` selects: body and counters as JSON text, id, state, start, end, whether it is perpetual
    and its evidence unchanged. Rows with the same content are put together once, whichever assets they are about.
    """
    return _stated(row, revocations).about(assets)
