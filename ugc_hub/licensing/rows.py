"""Rows of grants and of rights facts as the rule reads them; each is read once, as long as it stays the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from ugc_hub.rights import AssetFacts, Grant, Person, Revocation, read_grant, worked_out


@lru_cache(maxsize=8192)
def _known(row: tuple[Any, ...], revocations: tuple[Revocation, ...]) -> list[Grant]:
    """A place for the grant that a row states, as it was handed out last; for new rows an empty one."""
    return []


def _stated(row: tuple[Any, ...], revocations: tuple[Revocation, ...]) -> Grant:
    body, counters, grant_id, state, starts_at, ends_at, perpetual, evidence_ok = row
    plain, _ = _read(body)
    if counters != _NOTHING:
        plain.update(json.loads(counters))
    plain["id"], plain["state"] = grant_id, state
    plain["starts_at"], plain["ends_at"] = _instant(starts_at), _instant(ends_at)
    plain["perpetual"], plain["evidence_ok"] = bool(perpetual), bool(evidence_ok)
    grant = read_grant(plain)
    return replace(grant, revocations=revocations) if revocations else grant


_read = json.JSONDecoder().raw_decode
_NOTHING = "{}"
_NO_EDITS = frozenset[str]()


def _instant(kept: str | datetime | None) -> datetime | None:
    """An instant as `models.UtcTime` keeps it: SQLite as a text without a zone, which is meant as UTC."""
    if kept is None:
        return None
    return datetime.fromisoformat(f"{kept}+00:00") if isinstance(kept, str) else kept.astimezone(UTC)


def to_grant(row: tuple[Any, ...], assets: frozenset[str] | None, revocations: tuple[Revocation, ...] = ()) -> Grant:
    """Put a row together with its assets and revocations, as the rule reads it.

    `row` holds what `statements` selects, as the driver hands it out: body and counters as JSON text, id, state, start,
    end, whether it is perpetual and its evidence unchanged. Rows with the same content are put together once,
    whichever assets they are about.
    """
    known = _known(row, revocations)
    if known:
        last = known[0]  # read once: another thread may put its own there at any time
        if last.assets == assets:
            return last
        grant = last.about(assets)
    else:
        grant = worked_out(_stated(row, revocations), assets)
    known[:] = (grant,)
    return grant


@lru_cache(maxsize=2048)
def _answers(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))


def lists_people(text: str) -> bool:
    """Return whether the answers about an asset name the persons in it."""
    return bool(_answers(text)[0] == "listed")


@lru_cache(maxsize=2048)
def to_facts(asset_id: str, text: str, people: tuple[Person, ...] = ()) -> AssetFacts:
    """Put the rights facts of an asset together, as the rule reads them.

    `text` is the JSON list of what `statements` selects of them: whether people and properties are listed, kind, and
    the answers. `people` are the persons who are listed.
    """
    people_state, property_state, kind, status, source, audio, testimonial, compensation, *lists = _answers(text)
    if status is None:
        return AssetFacts(asset_id, kind)
    properties, music, tracks, ingredients, edits = lists
    return AssetFacts(
        id=asset_id,
        kind=kind,
        status=status,
        digital_source_type=source,
        has_audio=None if audio is None else bool(audio),
        is_testimonial=None if testimonial is None else bool(testimonial),
        compensation=compensation,
        people=() if people_state == "none" else (people or None),
        properties=() if property_state == "none" else (tuple(json.loads(properties)) or None),
        music=music,
        tracks=tuple(json.loads(tracks)),
        ingredients=tuple(json.loads(ingredients)),
        edits=_NO_EDITS if edits == "[]" else frozenset(json.loads(edits)),
    )
