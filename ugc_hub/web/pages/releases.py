"""Persons, music and property with their releases, and the codes of platforms."""

from __future__ import annotations

from contextlib import closing

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import licensing, permissions
from ugc_hub.errors import Invalid
from ugc_hub.licensing import PersonData
from ugc_hub.permissions import Authorisation, Release, codes, music, things, wording
from ugc_hub.permissions.music import Music
from ugc_hub.permissions.releasing import SIGNERS, SOURCES
from ugc_hub.web import recent
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.scopes import choices, day, done, file_of, instant, large_form, number, read_scope

from .blueprint import blueprint

AGES = {"": None, "yes": True, "no": False}
PAGES = {"model_release": "pages.person", "property_release": "pages.properties", "music_licence": "pages.tracks"}


def _person_data() -> PersonData:
    form = request.form
    texts = {name: form.get(name, "") for name in ("name", "email", "guardian_name", "guardian_email", "country")}
    return PersonData(**{name: text.strip() for name, text in texts.items()}, born=day(form, "born"))


@blueprint.get("/rights/persons")
def persons() -> str:
    """List persons shown or signing."""
    return render_template("pages/persons.html", rows=things.list_persons(the_hub(), allowed("rights.view")))


@blueprint.post("/rights/persons")
def add_person() -> BaseResponse:
    """Keep a person and go to their page."""
    hub, actor = the_hub(), allowed("rights.edit")
    is_adult = AGES.get(request.form.get("is_adult", ""))
    with hub.database.write() as session:
        row = licensing.add_person(hub, session, actor, _person_data(), is_adult=is_adult)
    return done("pages.person", person_id=row.id)


@blueprint.get("/rights/persons/<person_id>")
def person(person_id: str) -> str:
    """Show a person with their releases."""
    hub, actor = the_hub(), allowed("rights.view")
    return render_template(
        "pages/person.html",
        one=things.see_person(hub, actor, person_id),
        releases=things.releases_of(hub, actor, person_id),
        signers=SIGNERS["model_release"],
        **choices(),
    )


@blueprint.post("/rights/persons/<person_id>")
def change_person(person_id: str) -> BaseResponse:
    """Replace what is known of a person."""
    hub, actor = the_hub(), allowed("rights.edit")
    data = _person_data()
    with hub.database.write() as session:
        licensing.update_person(hub, session, actor, person_id=person_id, data=data)
        if data.born is None:
            is_adult = AGES.get(request.form.get("is_adult", ""))
            licensing.set_adult(hub, session, actor, person_id=person_id, is_adult=is_adult)
    return done("pages.person", person_id=person_id)


@blueprint.post("/rights/releases")
def keep_release() -> BaseResponse:
    """Keep a signed release or licence with its file."""
    large_form()
    hub, actor, form = the_hub(), allowed("rights.request"), request.form
    data, kind = file_of("file")
    if not data:
        raise Invalid("Choose the signed file.", extra={"field": "file"})
    release = Release(
        form.get("kind", ""),
        form.get("subject", ""),
        read_scope(form),
        instant(form, "signed_on"),
        form.get("signed_by_role", ""),
        data=data,
        media_type=kind,
    )
    permissions.keep_release(hub, actor, release)
    page = PAGES[release.kind]
    return done(page, person_id=release.subject_id) if page == "pages.person" else done(page)


@blueprint.get("/rights/tracks")
def tracks() -> str:
    """List pieces of music with their licences."""
    hub, actor = the_hub(), allowed("rights.view")
    files = music.files_of(hub, actor)
    shown = {"rows": things.list_tracks(hub, actor), "sources": SOURCES, "signers": SIGNERS["music_licence"]}
    releases = things.releases_of(hub, actor)
    return render_template("pages/tracks.html", releases=releases, files=files, **shown, **choices())


@blueprint.post("/rights/tracks")
def add_track() -> BaseResponse:
    """Keep a piece of music."""
    form = request.form
    more = {name: form.get(name, "") for name in ("artist", "owner")}
    hub, actor = the_hub(), allowed("rights.request")
    things.add_track(hub, actor, form.get("title", ""), form.get("source", ""), **more)
    return done("pages.tracks")


@blueprint.post("/rights/tracks/<track_id>/file")
def send_track_file(track_id: str) -> BaseResponse:
    """Keep the file of a piece of music."""
    request.max_content_length = music.MOST_BYTES + (1 << 20)
    hub, actor, sent = the_hub(), allowed("rights.request"), request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid("Choose the file of the music.", extra={"field": "file"})
    with closing(sent):
        music.send_music(hub, actor, sent.stream, Music(track_id, sent.filename))
    return done("pages.tracks", _anchor=track_id)


@blueprint.post("/rights/tracks/<track_id>/file/remove")
def drop_track_file(track_id: str) -> BaseResponse:
    """Take the file of a piece of music away."""
    music.drop_music(the_hub(), allowed("rights.request"), track_id)
    return done("pages.tracks", _anchor=track_id)


@blueprint.get("/rights/properties")
def properties() -> str:
    """List properties and works of art with their releases."""
    hub, actor = the_hub(), allowed("rights.view")
    shown = {"rows": things.list_properties(hub, actor), "signers": SIGNERS["property_release"]}
    releases = things.releases_of(hub, actor)
    return render_template("pages/properties.html", releases=releases, **shown, **choices())


@blueprint.post("/rights/properties")
def add_property() -> BaseResponse:
    """Keep a property or work of art."""
    form = request.form
    things.add_property(the_hub(), allowed("rights.request"), form.get("name", ""), owner=form.get("owner", ""))
    return done("pages.properties")


def _codes(revealed: str = "", code: str = "") -> Response:
    hub, actor = the_hub(), allowed("rights.view")
    rows = permissions.list_codes(hub, actor)
    html = render_template(
        "pages/codes.html",
        rows=rows,
        revealed=revealed,
        code=code,
        names=recent.asset_names(hub, actor, [row.asset_id for row in rows]),
        platforms=codes.platforms(),
        durations=codes.DURATIONS,
        asset=request.args.get("asset", "")[:60],
        words=wording,
        now=hub.now(),
    )
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/rights/codes")
def platform_codes() -> Response:
    """List authorisations of platforms, the next to end first; never their codes."""
    return _codes()


@blueprint.post("/rights/codes")
def add_platform_code() -> BaseResponse:
    """Keep an authorisation of a platform."""
    form = request.form
    hub, actor = the_hub(), allowed("rights.request")
    given = Authorisation(
        form.get("asset", "").strip(),
        form.get("platform", ""),
        form.get("post_id", ""),
        form.get("code", ""),
        number(form, "duration_days"),
        instant(form, "starts_on"),
    )
    permissions.add_code(hub, actor, given)
    return done("pages.platform_codes")


@blueprint.post("/rights/codes/<code_id>/reveal")
def reveal_code(code_id: str) -> Response:
    """Show one code, this once; that it was read is written down."""
    return _codes(code_id, permissions.reveal(the_hub(), allowed("rights.request"), code_id))


@blueprint.post("/rights/codes/<code_id>/revoked")
def code_revoked(code_id: str) -> BaseResponse:
    """Note that the creator took an authorisation back on the platform."""
    permissions.revoked_remotely(the_hub(), allowed("rights.request"), code_id)
    return done("pages.platform_codes")
