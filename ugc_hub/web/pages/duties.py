"""What proves a grant, what it asks for before a use, and how much of its limits is used up."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import licensing
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.licensing import Proof, Total, giving
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.scopes import amount, day, file_of, large_form, number

from .blueprint import blueprint
from .grants import show_grant


def _back(grant_id: str, duty: str) -> BaseResponse:
    """Show the page again that the form stands on, at the same place."""
    if request.headers.get("HX-Request") == "true":
        response = Response(status=204)
        # Going to another place of the same page would not load it again.
        response.headers["HX-Refresh"] = "true"
        return response
    asset_id, anchor = request.form.get("asset"), f"before-{grant_id}-{duty}"
    if asset_id:
        return redirect(url_for("pages.asset", asset_id=asset_id, _anchor=anchor), 303)
    return redirect(url_for("pages.grant", grant_id=grant_id, _anchor=anchor), 303)


@blueprint.post("/grants/<grant_id>/duties/<duty>")
def fulfil_duty(grant_id: str, duty: str) -> BaseResponse:
    """Keep that something was done before a use, with a note or a file where there is one."""
    large_form()
    hub, actor = the_hub(), allowed("rights.edit")
    data, media_type = file_of("proof")
    proof = Proof("note", data, media_type or "application/octet-stream") if data else None
    note = request.form.get("note", "")
    with hub.database.write() as session:
        licensing.fulfil(hub, session, actor, grant_id=grant_id, duty=duty, note=note, proof=proof)
    return _back(grant_id, duty)


@blueprint.post("/grants/<grant_id>/duties/<duty>/take-back")
def take_back_duty(grant_id: str, duty: str) -> BaseResponse:
    """Ask for it again before a new use."""
    hub, actor = the_hub(), allowed("rights.edit")
    with hub.database.write() as session:
        licensing.take_back(hub, session, actor, grant_id=grant_id, duty=duty)
    return _back(grant_id, duty)


@blueprint.post("/grants/<grant_id>/proofs")
def add_proof(grant_id: str) -> BaseResponse | tuple[str, int]:
    """Keep a file that proves a grant; one that waits for its proof is put into force once its proofs suffice."""
    large_form()
    hub, actor, form = the_hub(), allowed("rights.edit"), request.form
    data, media_type = file_of("file")
    if not data:
        return show_grant(grant_id, "Choose the file that proves it; an empty one proves nothing."), 422
    source_url = form.get("source_url", "").strip()
    proof = Proof(form.get("kind", ""), data, media_type or "application/octet-stream", source_url)
    try:
        giving.prove(hub, actor, grant_id=grant_id, proof=proof, activate=form.get("activate") == "1")
    except (Conflict, Invalid) as error:
        return show_grant(grant_id, error.message), error.status
    return redirect(url_for("pages.grant", grant_id=grant_id), 303)


@blueprint.post("/grants/<grant_id>/totals")
def state_total(grant_id: str) -> BaseResponse | tuple[str, int]:
    """Keep what a source has counted since the beginning, or say what is wrong with it."""
    hub, actor = the_hub(), allowed("rights.edit")
    try:
        total = _total()
        with hub.database.write() as session:
            licensing.state_total(hub, session, actor, grant_id=grant_id, total=total)
    except Invalid as error:
        return show_grant(grant_id, error.message), error.status
    return redirect(url_for("pages.grant", grant_id=grant_id, _anchor="limits"), 303)


def _total() -> Total:
    form = request.form
    until = day(form, "day")
    if until is None:
        raise Invalid("Say up to which day it was counted.", extra={"field": "day"})
    impressions = number(form, "impressions") if form.get("impressions", "").strip() else None
    return Total(form.get("source", ""), until, impressions, amount(form, "spend"))
