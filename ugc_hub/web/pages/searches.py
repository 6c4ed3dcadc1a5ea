"""Searches that were saved or asked last, and what they found new."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog
from ugc_hub.accounts.actors import only_own
from ugc_hub.catalog import Question, SearchChange
from ugc_hub.errors import HubError, Invalid
from ugc_hub.web import finding
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.scopes import done

from .blueprint import blueprint


def _list(status: int = 200, problem: str = "", said: str = "") -> Response:
    hub, actor = the_hub(), allowed("asset.view")
    shown = {"rows": catalog.list_searches(hub, actor), "recent": catalog.recent(hub, actor)}
    shown |= {"house": only_own(actor, "asset.view") is None, "problem": problem, "said": said}
    return make_response(render_template("pages/searches.html", **shown), status)


@blueprint.get("/searches")
def searches() -> Response:
    """List saved searches with what is new, and the last ones."""
    return _list()


@blueprint.post("/searches")
def save_search() -> BaseResponse:
    """Keep the search that the library shows."""
    form = request.form
    asked = Question(form.get("q", ""), finding.chosen(form), form.get("sort", ""))
    hub, actor, shared = the_hub(), allowed("asset.view"), form.get("shared") == "1"
    try:
        made = catalog.save(hub, actor, form.get("name", ""), asked, shared=shared, alert=form.get("alert", "none"))
    except HubError as error:
        return _failed(error)
    return done("pages.searches", _anchor=made)


@blueprint.post("/searches/recent/forget")
def forget_recent_searches() -> BaseResponse:
    """Forget the last searches."""
    catalog.forget_recent(the_hub(), allowed("asset.view"))
    return done("pages.searches")


@blueprint.post("/searches/recent")
def remember_search() -> BaseResponse:
    """Keep what was typed without Enter, once its hits were looked at; a script says so."""
    form = request.form
    asked = Question((form.get("q") or "").strip(), finding.chosen(form), form.get("sort", ""))
    actor = allowed("asset.view")
    if asked:
        catalog.remember(the_hub(), actor, asked)
    return Response(status=204)


@blueprint.post("/searches/<search_id>")
def change_search(search_id: str) -> BaseResponse:
    """Do what a button of the list says."""
    hub, actor, form = the_hub(), allowed("asset.view"), request.form
    act = form.get("act", "")
    try:
        if act == "keep":
            wanted = SearchChange(form.get("name"), shared=form.get("shared") == "1", alert=form.get("alert"))
            catalog.change_search(hub, actor, search_id, wanted)
        elif act == "withdraw":
            catalog.change_search(hub, actor, search_id, SearchChange(shared=False))
        elif act == "remove":
            catalog.remove_search(hub, actor, search_id)
        else:
            raise Invalid("Choose what to do with the search.")
    except HubError as error:
        return _failed(error, search_id)
    return done("pages.searches")


def _failed(error: HubError, said: str = "") -> Response:
    if error.status in (401, 403, 404):
        raise error
    return _list(error.status, error.message, said)
