"""Creators: who they are, what was agreed with them, and what they do with the brand over months."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog, licensing, permissions
from ugc_hub import creators as niches
from ugc_hub.creators import list_campaigns, list_creators
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.models import Agreement, Creator, Person
from ugc_hub.permissions import Filter, Signed, Terms, partnering, wording
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.scopes import amount, choices, day, done, file_of, large_form, read_scope

from .blueprint import blueprint

MOST_ASSETS = 12


@blueprint.get("/creators")
def creators() -> str:
    """List creators."""
    allowed("rights.view")
    return render_template("pages/creators.html", rows=list_creators(the_hub()))


def _creator(creator_id: str) -> tuple[Creator, list[Agreement], list[str]]:
    """Return a creator, what was agreed with them, and the ids under which they are known as a person."""
    with the_hub().database.read() as session:
        row = session.get(Creator, creator_id)
        if row is None:
            raise NotFound("There is no such creator.")
        agreed = select(Agreement).where(Agreement.creator_id == creator_id).order_by(Agreement.id.desc()).limit(50)
        shown = select(Person.id).where(Person.creator_id == creator_id, Person.erased_at.is_(None))
        return row, list(session.scalars(agreed)), list(session.scalars(shown.order_by(Person.id)))


@blueprint.get("/creators/<creator_id>")
def creator(creator_id: str) -> str:
    """Show a creator with partnerships, requests, assets, agreements and codes."""
    hub, actor = the_hub(), allowed("rights.view")
    row, agreements, persons = _creator(creator_id)
    return render_template(
        "pages/creator.html",
        one=row,
        agreements=agreements,
        persons=persons,
        partnerships=partnering.of_creator(hub, actor, creator_id),
        kinds=partnering.KINDS,
        requests=permissions.find(hub, actor, Filter(creator=creator_id, limit=20))[0],
        assets=catalog.find(hub, actor, catalog.Query(creator=row.handle, limit=MOST_ASSETS)).items,
        codes=permissions.list_codes(hub, actor, creator_id=creator_id),
        campaigns=list_campaigns(hub),
        niches=niches.list_niches(hub),
        money=wording.money,
        **choices(),
    )


@blueprint.post("/creators/<creator_id>/niche")
def set_niche(creator_id: str) -> BaseResponse:
    """Keep what a creator makes content about."""
    niches.set_niche(the_hub(), allowed("creator.edit"), creator_id, request.form.get("niche", ""))
    return done("pages.creator", creator_id=creator_id)


@blueprint.post("/creators/<creator_id>/enquiries")
def set_enquiries(creator_id: str) -> BaseResponse:
    """Keep where a creator wants to be asked for licences by others, as they told the brand."""
    licensing.set_enquiries(the_hub(), allowed("creator.edit"), creator_id, request.form.get("enquiries_url", ""))
    return done("pages.creator", creator_id=creator_id)


@blueprint.post("/creators/<creator_id>/partnerships")
def add_partnership(creator_id: str) -> BaseResponse:
    """Keep a partnership of this creator."""
    hub, actor, form = the_hub(), allowed("rights.request"), request.form
    row, _, persons = _creator(creator_id)
    starts_on = day(form, "starts_on")
    if starts_on is None:
        raise Invalid("Say on which day it starts.", extra={"field": "starts_on"})
    terms = Terms(
        row.handle,
        form.get("kind", ""),
        starts_on,
        day(form, "ends_on"),
        form.get("zone") or "UTC",
        form.get("campaign", "").strip(),
        amount(form, "fee"),
        amount(form, "product_value"),
        form.get("currency", "").strip().upper(),
        form.get("affiliate_code", ""),
        form.get("note", ""),
        _answers(persons),
        form.get("active") == "1",
    )
    permissions.add_partnership(hub, actor, terms)
    return done("pages.creator", creator_id=creator_id)


def _answers(persons: list[str]) -> dict[str, Any]:
    """Return the rights facts that the form gives to what arrives; nothing where they are left to a review."""
    form = request.form
    if form.get("arrival") != "answered":
        return {}
    people = form.get("people", "")
    if people == "creator" and not persons:
        raise Invalid("Add the creator as a person first, so that it is known who is seen.", extra={"field": "people"})
    return {
        "people": persons[:1] if people == "creator" else [],
        "properties": [],
        "music": "original" if form.get("music") == "original" else "none",
        "digital_source_type": "digitalCapture",
        "is_testimonial": form.get("is_testimonial") == "1",
    }


@blueprint.post("/partnerships/<partnership_id>/contract")
def sign_partnership(partnership_id: str) -> BaseResponse:
    """Keep the signed contract of a partnership."""
    large_form()
    hub, actor, form = the_hub(), allowed("rights.request"), request.form
    data, kind = file_of("file")
    if not data:
        raise Invalid("Choose the signed contract.", extra={"field": "file"})
    scope = read_scope(form)
    signed = Signed(scope, data, kind, person_id=form.get("person") if scope["likeness"] else None)
    version = permissions.sign(hub, actor, partnership_id, signed=signed)
    with hub.database.read() as session:
        creator_id = session.get_one(Agreement, version.agreement_id).creator_id
    return done("pages.creator", creator_id=creator_id)


@blueprint.post("/partnerships/<partnership_id>/end")
def end_partnership(partnership_id: str) -> BaseResponse:
    """End a partnership: what came before stays."""
    row = permissions.end(the_hub(), allowed("rights.request"), partnership_id)
    return done("pages.creator", creator_id=row.creator_id)
