"""The form by which legal allows a use for a short time instead of the creator."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub.errors import Invalid
from ugc_hub.licensing import panel
from ugc_hub.licensing.overriding import Override, override
from ugc_hub.web.context import allowed, changing

from .blueprint import blueprint


@blueprint.post("/assets/<asset_id>/overrides")
def make_override(asset_id: str) -> BaseResponse:
    """Write the permission of the form, in force at once, and go back to the rights of the asset."""
    allowed("rights.legal")
    form = request.form
    days = form.get("days", "").strip()
    if not (days.isascii() and days.isdigit()):
        raise Invalid("Write for how many days.", extra={"field": "days"})
    wish = Override(
        tuple(form.getlist("channel")),
        tuple(form.get("territories", "").upper().replace(",", " ").split()),
        int(days[:9]),
        form.get("reason", ""),
        tuple(form.getlist("edit")),
    )
    with changing("rights.legal") as (hub, session, actor):
        panel.asset_of(session, actor, asset_id)
        override(hub, session, actor, asset_id=asset_id, wish=wish)
    return redirect(url_for("pages.asset", asset_id=asset_id, _anchor="rights"), 303)
