"""Persons, releases, music and property."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import request

from ugc_hub import licensing, permissions
from ugc_hub.licensing import PersonData
from ugc_hub.permissions import Release, music, things
from ugc_hub.permissions.music import Music
from ugc_hub.permissions.views import plain, plains
from ugc_hub.web.context import allowed, the_hub

from .asking import MusicQuery, PersonAsk, PropertyAsk, ReleaseAsk, Row, Rows, SubjectQuery, TrackAsk
from .blueprint import blueprint, body, described, gives, query
from .permissions import whole_body
from .uploads import Body, announced_size

_BESIDE = {"is_adult", "creator"}
"""Members that are not sealed with the others."""


@blueprint.get("/persons")
@gives(Rows)
@described("Permission", "List persons shown or signing")
def list_persons() -> dict[str, Any]:
    """Return persons, newest first; address, birth and guardian only for those who may change them."""
    return {"items": [one.as_dict() for one in things.list_persons(the_hub(), allowed("rights.view"))]}


@blueprint.post("/persons")
@body(PersonAsk)
@gives(Row, 201, "The person is kept")
@described("Permission", "Keep a person")
def make_person(body: PersonAsk) -> dict[str, Any]:
    """Seal what is known of a person under a key of their own."""
    hub, actor = the_hub(), allowed("rights.edit")
    data = PersonData(**body.model_dump(exclude=_BESIDE))
    with hub.database.write() as session:
        person_id = licensing.add_person(hub, session, actor, data, is_adult=body.is_adult).id
        if body.creator:
            licensing.tie(hub, session, actor, person_id=person_id, handle=body.creator)
    return things.see_person(hub, actor, person_id).as_dict()


@blueprint.get("/persons/<person_id>")
@gives(Row)
@described("Permission", "One person")
def see_person(person_id: str) -> dict[str, Any]:
    """Return a person as the list does."""
    return things.see_person(the_hub(), allowed("rights.view"), person_id).as_dict()


@blueprint.put("/persons/<person_id>")
@body(PersonAsk)
@gives(Row)
@described("Permission", "Replace what is known of a person")
def change_person(person_id: str, body: PersonAsk) -> dict[str, Any]:
    """Replace everything; the age follows a date of birth."""
    hub, actor = the_hub(), allowed("rights.edit")
    data = PersonData(**body.model_dump(exclude=_BESIDE))
    with hub.database.write() as session:
        licensing.update_person(hub, session, actor, person_id=person_id, data=data)
        if data.born is None:
            licensing.set_adult(hub, session, actor, person_id=person_id, is_adult=body.is_adult)
        if body.creator is not None:
            licensing.tie(hub, session, actor, person_id=person_id, handle=body.creator)
    return things.see_person(hub, actor, person_id).as_dict()


@blueprint.get("/releases")
@query(SubjectQuery)
@gives(Rows)
@described("Permission", "List releases and licences of music")
def list_releases(query: SubjectQuery) -> dict[str, Any]:
    """Return releases, newest first; each is a grant."""
    return plains(things.releases_of(the_hub(), allowed("rights.view"), query.subject_id))


@blueprint.post("/releases")
@body(ReleaseAsk)
@gives(Row, 201, "The release waits for its file")
@described("Permission", "Keep a release that was signed")
def make_release(body: ReleaseAsk) -> dict[str, Any]:
    """Keep a release; it is pending until the signed file is sent."""
    release = Release(**body.model_dump())
    return plain(permissions.keep_release(the_hub(), allowed("rights.request"), release))


@blueprint.put("/releases/<grant_id>/file")
@gives(Row)
@described("Permission", "Send the signed file of a release")
def send_release_file(grant_id: str) -> dict[str, Any]:
    """Keep the body (PDF, PNG, JPEG or WebP) as evidence of level 3; the release is active from now on."""
    hub, actor = the_hub(), allowed("rights.request")
    kind = request.mimetype
    return plain(permissions.attach_file(hub, actor, grant_id, data=whole_body(), media_type=kind))


@blueprint.get("/tracks")
@gives(Rows)
@described("Permission", "List pieces of music")
def list_tracks() -> dict[str, Any]:
    """Return music by title, with the file that each has: its state, and as measured its length and loudness."""
    hub, actor = the_hub(), allowed("rights.view")
    files = music.files_of(hub, actor)
    rows = things.list_tracks(hub, actor)
    return {"items": [{**plain(row), "file": music.file_view(files.get(row.id))} for row in rows]}


@blueprint.post("/tracks")
@body(TrackAsk)
@gives(Row, 201, "The track is kept")
@described("Permission", "Keep a piece of music")
def make_track(body: TrackAsk) -> dict[str, Any]:
    """Keep a piece of music, so that assets and licences can name it."""
    values = body.model_dump()
    title, source = values.pop("title"), values.pop("source")
    return plain(things.add_track(the_hub(), allowed("rights.request"), title, source, **values))


@blueprint.put("/tracks/<track_id>/file")
@query(MusicQuery)
@gives(Row, 201, "The file is safe; it is being measured")
@described("Permission", "Send the file of a piece of music")
def send_track_file(track_id: str, query: MusicQuery) -> dict[str, Any]:
    """Keep the body (MP3, AAC, WAV, FLAC or Ogg) as what can be laid under videos, in the place of what there is."""
    actor, size = allowed("rights.request"), announced_size()
    stream = Body(cast(BinaryIO, request.environ["wsgi.input"]), size)
    sent = music.send_music(the_hub(), actor, stream, Music(track_id, query.filename, size))
    return {"id": track_id, "file": music.file_view(sent)}


@blueprint.delete("/tracks/<track_id>/file")
@blueprint.output({}, status_code=204)
@described("Permission", "Take the file of a piece of music away")
def drop_track_file(track_id: str) -> str:
    """Remove the bytes at once. What was made with it stays, as long as its licence allows."""
    music.drop_music(the_hub(), allowed("rights.request"), track_id)
    return ""


@blueprint.get("/properties")
@gives(Rows)
@described("Permission", "List properties and works of art")
def list_properties() -> dict[str, Any]:
    """Return properties by name."""
    return plains(things.list_properties(the_hub(), allowed("rights.view")))


@blueprint.post("/properties")
@body(PropertyAsk)
@gives(Row, 201, "The property is kept")
@described("Permission", "Keep a property or work of art")
def make_property(body: PropertyAsk) -> dict[str, Any]:
    """Keep a property, so that assets and releases can name it."""
    return plain(things.add_property(the_hub(), allowed("rights.request"), body.name, owner=body.owner))
