"""The rights of one asset: why not, what is known of it, its state."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import licensing
from ugc_hub.accounts import reads_papers
from ugc_hub.errors import Invalid
from ugc_hub.licensing import naming, panel
from ugc_hub.models import AssetPerson
from ugc_hub.web import rights as view
from ugc_hub.web.context import allowed, changing, the_hub

from .blueprint import blueprint

KINDS = {"property": "properties", "track": "tracks"}


def _back(asset_id: str) -> BaseResponse:
    return redirect(url_for("pages.asset", asset_id=asset_id, _anchor="rights"), 303)


@blueprint.get("/assets/<asset_id>/why")
def why(asset_id: str) -> str:
    """Return the answer to a use in words."""
    hub, actor = the_hub(), allowed("rights.view")
    with hub.database.read() as session:
        panel.asset_of(session, actor, asset_id)
        answer = view.why(hub, session, asset_id, request.args, persons=reads_papers(actor))
    return render_template("partials/why.html", answer=answer, asset_id=asset_id, **view.choices())


@blueprint.post("/assets/<asset_id>/rights")
def answer_rights(asset_id: str) -> BaseResponse:
    """Keep the answers of the form."""
    hub, actor = the_hub(), allowed("rights.edit")
    form = request.form
    testimonial = {"yes": True, "no": False}.get(form.get("is_testimonial", ""))
    answers: dict[str, Any] = {
        "digital_source_type": form.get("digital_source_type") or None,
        "compensation": form.get("compensation", "unknown"),
        "is_testimonial": testimonial,
        "copyright_notice": form.get("copyright_notice", "").strip(),
    }
    with hub.database.write() as session:
        panel.asset_of(session, actor, asset_id)
        answers |= _people(session, asset_id) | _property(session, asset_id) | _music(session, asset_id)
        licensing.answer(hub, session, actor, asset_id=asset_id, answers=answers)
    return _back(asset_id)


def _region(field: str, before: Any) -> Any:
    """Return the face that was chosen, in pixels; what was there before where nothing was."""
    text = request.form.get(field, "")
    if text in ("", "none"):
        return None if text == "none" else before
    sides = text.split(" ")
    if len(sides) != 4 or not all(side.isdecimal() and len(side) < 7 for side in sides):
        raise Invalid("Choose one of the faces that were found.", extra={"field": field})
    return {**dict(zip(("x", "y", "width", "height"), map(int, sides), strict=True)), "unit": "pixel"}


def _adult(text: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(text or "")


def _people(session: Session, asset_id: str) -> dict[str, Any]:
    hub, actor, form = the_hub(), allowed("rights.edit"), request.form
    state = form.get("people_state", "unknown")
    if state != "listed":
        return {"people": []} if state == "none" else {"people_state": "unknown"}
    kept = set(form.getlist("person"))
    people: list[Any] = []
    for row in session.scalars(select(AssetPerson).where(AssetPerson.asset_id == asset_id)):
        if row.person_id in kept:
            people.append({"id": row.person_id, "region": _region(f"face-{row.person_id}", row.region)})
    name = form.get("new_person", "").strip()
    if name:
        data = licensing.PersonData(name=name, email=form.get("new_person_email", "").strip())
        made = licensing.add_person(hub, session, actor, data, is_adult=_adult(form.get("new_person_adult")))
        people.append({"id": made.id, "region": _region("new_person_face", None)})
    if not people:
        raise Invalid("Name whoever can be recognised, or say that nobody can.", extra={"field": "new_person"})
    return {"people": people}


def _listed(session: Session, asset_id: str, kind: str) -> list[str]:
    """Return the ids that stay listed, with a new one where a name was given."""
    hub, actor, ids = the_hub(), allowed("rights.edit"), request.form.getlist(kind)
    name = request.form.get(f"new_{kind}", "").strip()[: naming.LONGEST]
    if name:
        made = naming.thing(hub, session, actor, asset_id=asset_id, kind=KINDS[kind], word=name)
        ids = [*(one for one in ids if one != made), made]
    return ids


def _property(session: Session, asset_id: str) -> dict[str, Any]:
    state = request.form.get("property_state", "unknown")
    if state != "listed":
        return {"properties": []} if state == "none" else {"property_state": "unknown"}
    ids = _listed(session, asset_id, "property")
    if not ids:
        raise Invalid("Name what can be recognised, or say that nothing can.", extra={"field": "new_property"})
    return {"properties": ids}


def _music(session: Session, asset_id: str) -> dict[str, Any]:
    state = request.form.get("music", "unknown")
    tracks = _listed(session, asset_id, "track") if state == "present" else []
    return {"music": state, "tracks": tracks}


@blueprint.post("/assets/<asset_id>/rights/status")
def set_asset_status(asset_id: str) -> BaseResponse:
    """Approve an asset, put it on hold, or take it down."""
    hub, actor = the_hub(), allowed("rights.edit")
    form = request.form
    status = form.get("status", "")
    with hub.database.write() as session:
        panel.asset_of(session, actor, asset_id)
        licensing.set_status(
            hub,
            session,
            actor,
            asset_id=asset_id,
            status=status,
            note=form.get("note", "").strip()[:1000],
            # The box stays ticked beside the button that opens; whoever presses that lifts the order.
            legal_order=form.get("legal_order") == "1" and status != "active",
        )
    return _back(asset_id)


@blueprint.post("/assets/<asset_id>/people/<person_id>/age")
def set_age(asset_id: str, person_id: str) -> BaseResponse:
    """Keep whether a person is of age."""
    with changing("rights.edit") as (hub, session, actor):
        is_adult = _adult(request.form.get("adult"))
        licensing.set_adult(hub, session, actor, person_id=person_id, is_adult=is_adult)
    return _back(asset_id)
