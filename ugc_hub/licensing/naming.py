"""Whom and what an asset shows, by id or by name: those who answer for it know names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import AssetPerson, AssetRights, Person, Property, Track

from .persons import PersonData, add_person, read_person, set_adult

LONGEST = 300
_THINGS: Mapping[str, tuple[type[Any], str, str]] = {
    "properties": (Property, "name", "prp"),
    "tracks": (Track, "title", "trk"),
}


def thing(hub: Hub, session: Session, actor: Actor, *, asset_id: str, kind: str, word: str) -> str:
    """Return the id of a piece of property or music (`properties`, `tracks`): it, or what the asset shows by this name.

    A name that the asset does not have yet makes a new one.

    Raises:
        Forbidden: the actor may not edit rights.
        Invalid: the name is empty or too long.
    """
    require(actor, "rights.edit")
    table, column, prefix = _THINGS[kind]
    row = session.get(AssetRights, asset_id)
    known = {getattr(one, column): one.id for one in _rows(session, table, getattr(row, kind) if row else [])}
    name = _clean(word, kind)
    if name in known:
        return str(known[name])
    if session.get(table, name) is not None:
        return name
    made = table(id=hub.new_id(prefix), created_at=hub.now(), **{column: name})
    session.add(made)
    session.flush()
    return str(made.id)


def _rows(session: Session, table: type[Any], ids: list[str]) -> list[Any]:
    return list(session.scalars(select(table).where(table.id.in_(ids)))) if ids else []


def person(
    hub: Hub, session: Session, actor: Actor, *, asset_id: str, word: str, is_adult: bool | None = None
) -> dict[str, Any]:
    """Return a person as `answer` takes them: by id, or by the name that somebody in the asset has, or made.

    `is_adult` is kept where it is said; None says nothing.

    Raises:
        Forbidden: the actor may not edit rights.
        Invalid: the name is empty or too long.
    """
    require(actor, "rights.edit")
    name = _clean(word, "people")
    found: dict[str, Any] | None = None
    shown = session.scalars(select(AssetPerson).where(AssetPerson.asset_id == asset_id)).all()
    for one in shown:
        data = read_person(hub, session, one.person_id)
        if one.person_id == name or (data is not None and data.name == name):
            found = {"id": one.person_id, "region": one.region}
    if found is None and session.get(Person, name) is not None:
        found = {"id": name, "region": None}
    if found is None:
        return {"id": add_person(hub, session, actor, PersonData(name=name), is_adult=is_adult).id, "region": None}
    if is_adult is not None:
        set_adult(hub, session, actor, person_id=str(found["id"]), is_adult=is_adult)
    return found


def _clean(word: str, field: str) -> str:
    name = " ".join(word.split())
    if not name or len(name) > LONGEST:
        raise Invalid(f"Give a name of at most {LONGEST} characters.", extra={"field": field})
    return name
