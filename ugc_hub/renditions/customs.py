"""Custom presets: kept in the database, each change a new version, none ever overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import CustomPreset
from ugc_hub.presets import CustomPresetError, Preset, UnknownPreset, catalogue, refuse_idle

CUSTOM = "custom"
"""The platform of every preset that somebody made here."""
WHAT = "custom preset"


@dataclass(frozen=True)
class PresetVersion:
    """One version of a custom preset; `body` is None where it was withdrawn."""

    id: str
    version: int
    body: dict[str, Any] | None
    created_at: datetime
    created_by: str | None


def _newest(session: Session) -> list[CustomPreset]:
    """Return the version in force of each custom preset."""
    return list(session.scalars(_IN_FORCE))


_LAST = select(CustomPreset.id, func.max(CustomPreset.version).label("version")).group_by(CustomPreset.id).subquery()
_IN_FORCE = (
    select(CustomPreset)
    .join(_LAST, (CustomPreset.id == _LAST.c.id) & (CustomPreset.version == _LAST.c.version))
    .order_by(CustomPreset.id)
)


def all_presets(hub: Hub) -> dict[str, Preset]:
    """Return every preset by id: the catalogue's and the custom ones in force."""
    found = {preset.id: preset for preset in catalogue(hub.settings.presets_dir).presets}
    with hub.database.read() as session:
        for row in _newest(session):
            if row.body is not None:
                found[row.id] = Preset.from_custom({**row.body, "version": row.version})
    return found


def find_preset(hub: Hub, preset_id: str) -> Preset:
    """Return one preset.

    Raises:
        UnknownPreset: there is none of this id.
    """
    known = all_presets(hub)
    if preset_id not in known:
        raise UnknownPreset([preset_id], known)
    return known[preset_id]


def find_custom(hub: Hub, preset_id: str) -> Preset:
    """Return one custom preset in force.

    Raises:
        UnknownPreset: there is none of this id.
    """
    known = {name: preset for name, preset in all_presets(hub).items() if preset.target.platform == CUSTOM}
    if preset_id not in known:
        raise UnknownPreset([preset_id], known, WHAT)
    return known[preset_id]


def save_preset(hub: Hub, actor: Actor, body: Mapping[str, Any]) -> Preset:
    """Keep a new custom preset, or a new version of one.

    Raises:
        Invalid: fields are wrong; `extra["fields"]` says for each what to do.
    """
    require(actor, "preset.edit")
    plain = {key: value for key, value in body.items() if key != "version"}
    try:
        preset = Preset.from_custom(plain)
        refuse_idle(plain)
    except CustomPresetError as error:
        raise Invalid(str(error), code="invalid_preset", extra={"fields": error.problems}) from error
    with hub.database.write() as session:
        version = _append(hub, session, actor, preset.id, body=plain)
    return Preset.from_custom({**plain, "version": version})


def withdraw_preset(hub: Hub, actor: Actor, preset_id: str) -> None:
    """Take a custom preset out of use; its history and its renditions stay.

    Raises:
        UnknownPreset: there is no such custom preset in force.
    """
    require(actor, "preset.edit")
    with hub.database.write() as session:
        hub.database.serialise(session, f"preset:{preset_id}")
        known = [row.id for row in _newest(session) if row.body is not None]
        if preset_id not in known:
            raise UnknownPreset([preset_id], known, WHAT)
        _append(hub, session, actor, preset_id, body=None)


def _append(hub: Hub, session: Session, actor: Actor, preset_id: str, *, body: dict[str, Any] | None) -> int:
    hub.database.serialise(session, f"preset:{preset_id}")
    last = session.scalar(select(func.max(CustomPreset.version)).where(CustomPreset.id == preset_id))
    version = (last or 0) + 1
    session.add(CustomPreset(id=preset_id, version=version, body=body, created_at=hub.now(), created_by=actor.user_id))
    kind = "preset.saved" if body is not None else "preset.withdrawn"
    record(session, hub.now(), kind, preset_id, actor=actor.user_id, version=version)
    return version


def preset_history(hub: Hub, actor: Actor, preset_id: str) -> list[PresetVersion]:
    """Return all versions of a custom preset, newest first.

    Raises:
        UnknownPreset: there never was one of this id.
    """
    require(actor, "preset.view")
    with hub.database.read() as session:
        rows = session.scalars(
            select(CustomPreset).where(CustomPreset.id == preset_id).order_by(CustomPreset.version.desc())
        ).all()
        if not rows:
            raise UnknownPreset([preset_id], session.scalars(select(CustomPreset.id).distinct()), WHAT)
    return [PresetVersion(row.id, row.version, row.body, row.created_at, row.created_by) for row in rows]
