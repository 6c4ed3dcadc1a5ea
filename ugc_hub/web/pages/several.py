"""What is done with one or more grants at once: renew and revoke, all of the chosen or none."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import licensing
from ugc_hub.errors import Conflict, HubError, Invalid
from ugc_hub.licensing import giving, panel
from ugc_hub.licensing.revoking import BASES
from ugc_hub.models import Grant, GrantAsset
from ugc_hub.web import granting
from ugc_hub.web import rights as view
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint
from .grants import show_grant

Shown = BaseResponse | tuple[str, int]


@blueprint.get("/grants")
def grants() -> str:
    """List the grants of chosen assets, to renew or revoke several."""
    return _list(request.args.getlist("asset"))


def _list(assets: list[str], problem: str = "") -> str:
    hub, actor = the_hub(), allowed("rights.edit")
    ids = assets[:500]
    named = select(GrantAsset.grant_id).where(GrantAsset.asset_id.in_(ids))
    with hub.database.read() as session:
        for one in ids:
            panel.asset_of(session, actor, one)
        wanted = select(Grant.id).where(Grant.id.in_(named)).order_by(Grant.id.desc()).limit(500)
        found = panel.shown_grants(hub, session, list(session.scalars(wanted)))[::-1]
    shown = {"grants": found, "asset_ids": ids, "bases": BASES, "problem": problem}
    return render_template("pages/grants.html", **shown, **view.choices())


def _again(error: HubError) -> Shown:
    """Return the page that the form came from, with what is wrong and what was typed."""
    form = request.form
    if form.get("from") == "grant" and form.get("grant"):
        return show_grant(form["grant"], error.message), error.status
    return _list(form.getlist("asset"), error.message), error.status


def _chosen() -> list[str]:
    ids = request.form.getlist("grant")
    if not ids:
        raise Invalid("Choose at least one grant.", extra={"field": "grant"})
    return ids


def _back() -> BaseResponse:
    ids = request.form.getlist("asset")
    if len(ids) == 1:
        return redirect(url_for("pages.asset", asset_id=ids[0], _anchor="rights"), 303)
    return redirect(url_for("pages.grants", asset=ids), 303)


@blueprint.post("/grants/revoke")
def revoke_grants() -> Shown:
    """End the chosen grants, all of them or none."""
    hub, actor, form = the_hub(), allowed("rights.edit"), request.form
    withdrawal = licensing.Withdrawal(
        form.get("basis", ""),
        tuple(form.getlist("channel")),
        tuple(form.get("territories", "").upper().replace(",", " ").split()),
        note=form.get("note", "").strip()[:1000],
    )
    try:
        with hub.database.write() as session:
            for grant_id in _chosen():
                licensing.revoke(hub, session, actor, grant_id=grant_id, withdrawal=withdrawal)
    except (Conflict, Invalid) as error:
        return _again(error)
    return _back()


@blueprint.post("/grants/renew")
def renew_grants() -> Shown:
    """Give the chosen grants a new term, each as a version in place of the old one."""
    hub, actor, form = the_hub(), allowed("rights.edit"), request.form
    try:
        chosen = _chosen()
        change = {"window": granting.window_of(form)}
        if "until" not in change["window"]:
            raise Invalid("Say until when.", extra={"field": "until"})
        giving.renew_all(hub, actor, grant_ids=chosen, change=change)
    except (Conflict, Invalid) as error:
        return _again(error)
    return _back()
