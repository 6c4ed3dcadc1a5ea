"""Fields of campaigns for those who define them, and what they say of one asset."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog
from ugc_hub.accounts import may
from ugc_hub.catalog import Definition, FieldChange
from ugc_hub.catalog.describing import Description
from ugc_hub.catalog.fields import KINDS
from ugc_hub.errors import HubError, Invalid
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.scopes import done

from .blueprint import blueprint


def _list(status: int = 200, **problem: Any) -> Response:
    hub, actor = the_hub(), allowed("field.view")
    rows = catalog.list_fields(hub, actor)
    # Removing a field takes what it says of the trash as well: whoever does it is told of how many assets.
    losing = catalog.assets_of_fields(hub, actor) if may(actor, "field.edit") else {}
    shown = {"rows": rows, "losing": losing, "kinds": KINDS, "problem": "", "said": "", "typed": None} | problem
    return make_response(render_template("pages/fields.html", **shown), status)


def _choices() -> tuple[str, ...]:
    """One choice a line, so that a choice may hold commas."""
    return tuple(filter(None, map(str.strip, request.form.get("choices", "").splitlines())))


def _typed() -> Definition:
    """What the form says, whether it can be or not."""
    form = request.form
    return Definition(form.get("name", ""), form.get("kind", "text"), form.get("required") == "1", _choices())


def _shown(error: HubError, said: str, typed: Definition | None) -> Response:
    """Return the page with what went wrong where it was typed, and with what was typed."""
    if error.status in (401, 403, 404):
        raise error
    return _list(error.status, problem=error.message, said=said, typed=typed)


@blueprint.get("/fields")
def fields() -> Response:
    """List campaigns with their fields."""
    return _list()


@blueprint.post("/fields")
def make_field() -> BaseResponse:
    """Give a campaign a field."""
    campaign, wanted = request.form.get("campaign", ""), _typed()
    try:
        catalog.add_field(the_hub(), allowed("field.edit"), campaign, wanted)
    except HubError as error:
        return _shown(error, campaign, wanted)
    return done("pages.fields")


@blueprint.post("/fields/<field_id>")
def change_field(field_id: str) -> BaseResponse:
    """Do what a button of the page says."""
    hub, actor, form = the_hub(), allowed("field.edit"), request.form
    act, wanted = form.get("act", ""), _typed()
    try:
        if act == "change":
            change = FieldChange(wanted.name, wanted.kind, wanted.required, wanted.choices)
            catalog.change_field(hub, actor, field_id, change)
        elif act == "remove":
            catalog.remove_field(hub, actor, field_id, values=form.get("values") == "1")
        else:
            raise Invalid("Choose what to do with the field.")
    except HubError as error:
        return _shown(error, field_id, wanted if act == "change" else None)
    return done("pages.fields")


@blueprint.post("/assets/<asset_id>/fields")
def fill_fields(asset_id: str) -> BaseResponse:
    """Keep what fields say of an asset; one that is empty says nothing."""
    given = {name.removeprefix("field-"): text for name, text in request.form.items() if name.startswith("field-")}
    catalog.describe(the_hub(), allowed("asset.edit"), asset_id, Description(fields=given))
    return done("pages.asset", asset_id=asset_id, _anchor="fields")
