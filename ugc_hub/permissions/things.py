"""Persons, music and property as lists: what releases and licences are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may, reads_papers, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import read_person
from ugc_hub.models import AssetPerson, Creator, Grant, Person, Property, RightsRequest, Track

from .people import clean
from .releasing import SOURCES

MOST = 500


@dataclass(frozen=True)
class PersonView:
    """A person as a list shows them; address, birth and guardian only for those who may change them."""

    id: str
    name: str
    is_adult: bool | None
    erased: bool
    creator: str | None
    assets: int
    releases: int
    private: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {**vars(self), "private": dict(self.private)}


def list_persons(hub: Hub, actor: Actor) -> list[PersonView]:
    """Return the newest persons first."""
    require(actor, "rights.view")
    with hub.database.read() as session:
        rows = session.scalars(select(Person).order_by(Person.id.desc()).limit(MOST)).all()
        return _views(hub, session, actor, rows)


def see_person(hub: Hub, actor: Actor, person_id: str) -> PersonView:
    """Return one person.

    Raises:
        NotFound: there is none.
    """
    require(actor, "rights.view")
    with hub.database.read() as session:
        row = session.get(Person, person_id)
        if row is None:
            raise NotFound("There is no such person.")
        return _views(hub, session, actor, [row])[0]


def _views(hub: Hub, session: Session, actor: Actor, rows: Sequence[Person]) -> list[PersonView]:
    ids = [row.id for row in rows]
    creators = {one.id: one.handle for one in session.scalars(select(Creator))} if ids else {}
    assets = _counts(session, AssetPerson.person_id, ids)
    releases = _counts(session, Grant.subject, ids)
    private, named = may(actor, "rights.edit"), reads_papers(actor)
    found = []
    for row in rows:
        data = read_person(hub, session, row.id) if row.erased_at is None else None
        details = {} if data is None or not private else vars(data)
        found.append(
            PersonView(
                row.id,
                data.name if data and named else "",
                row.is_adult,
                row.erased_at is not None,
                creators.get(row.creator_id or ""),
                assets.get(row.id, 0),
                releases.get(row.id, 0),
                {name: value for name, value in details.items() if name != "name"},
            )
        )
    return found


def _counts(session: Session, column: Any, ids: Sequence[str]) -> dict[str, int]:
    rows = session.execute(select(column, func.count()).where(column.in_(ids)).group_by(column))
    return {row[0]: row[1] for row in rows}


def add_track(hub: Hub, actor: Actor, title: str, source: str, *, artist: str = "", owner: str = "") -> Track:
    """Keep a piece of music; a licence names it.

    Raises:
        Invalid: it has no title, or the source is unknown.
    """
    require(actor, "rights.request")
    if source not in SOURCES:
        raise Invalid(f"Music comes from {', '.join(SOURCES)}.", extra={"field": "source"})
    row = Track(
        id=hub.new_id("trk"),
        created_at=hub.now(),
        title=_named(title, "title"),
        artist=clean(artist, 300),
        owner=clean(owner, 300),
        source=source,
    )
    with hub.database.write() as session:
        session.add(row)
        record(session, hub.now(), "track.added", row.id, actor=actor.user_id, source=source)
    return row


def add_property(hub: Hub, actor: Actor, name: str, *, owner: str = "") -> Property:
    """Keep a recognisable property or work of art; a release names it.

    Raises:
        Invalid: it has no name.
    """
    require(actor, "rights.request")
    values = {"name": _named(name, "name"), "owner": clean(owner, 300)}
    row = Property(id=hub.new_id("pty"), created_at=hub.now(), **values)
    with hub.database.write() as session:
        session.add(row)
        record(session, hub.now(), "property.added", row.id, actor=actor.user_id)
    return row


def _named(text: str, field: str) -> str:
    kept = clean(text, 300).replace("\n", " ")
    if not kept:
        raise Invalid("Give it a name.", extra={"field": field})
    return kept


def list_tracks(hub: Hub, actor: Actor) -> Sequence[Track]:
    """Return pieces of music by title."""
    require(actor, "rights.view")
    with hub.database.read() as session:
        return session.scalars(select(Track).order_by(Track.title, Track.id).limit(MOST)).all()


def list_properties(hub: Hub, actor: Actor) -> Sequence[Property]:
    """Return properties by name."""
    require(actor, "rights.view")
    with hub.database.read() as session:
        return session.scalars(select(Property).order_by(Property.name, Property.id).limit(MOST)).all()


def releases_of(hub: Hub, actor: Actor, subject_id: str = "") -> Sequence[Grant]:
    """Return releases and licences, newest first: of one subject, or of all."""
    require(actor, "rights.view")
    rows = select(Grant).where(Grant.layer.in_(("likeness", "property", "music"))).order_by(Grant.id.desc())
    if subject_id:
        rows = rows.where(Grant.subject == subject_id)
    with hub.database.read() as session:
        return session.scalars(rows.limit(MOST)).all()


def names_of(hub: Hub, actor: Actor, rows: Sequence[RightsRequest]) -> dict[str, str]:
    """Return how those who are asked are called, by request id: by handle, or by the name of the person shown."""
    require(actor, "rights.view")
    with hub.database.read() as session:
        wanted = select(Creator).where(Creator.id.in_({row.creator_id for row in rows if row.creator_id}))
        handles = {one.id: f"@{one.handle}" for one in session.scalars(wanted)}
        found = {}
        for row in rows:
            hidden = row.creator_id or not row.person_id or not reads_papers(actor)
            data = None if hidden else read_person(hub, session, row.person_id or "")
            found[row.id] = handles.get(row.creator_id or "") or (data.name if data else "")
    return found
