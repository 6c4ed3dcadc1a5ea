"""One's own account: password and API tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import accounts
from ugc_hub.errors import Invalid
from ugc_hub.licensing import wording
from ugc_hub.rights import standard
from ugc_hub.web.context import allowed, forget, the_hub
from ugc_hub.web.scopes import words_of

from .blueprint import blueprint

LIFETIMES = {"30": "30 days", "90": "90 days", "365": "one year", "": "no end"}


def _page(status: int = 200, **shown: object) -> Response:
    hub, actor = the_hub(), allowed("account.edit")
    values = {"secret": "", "problem": "", "refused": ""} | shown
    tokens = accounts.list_tokens(hub, actor)
    known = {action for role in accounts.roles().values() for action in role.actions | role.own} - {"*"}
    scopes = sorted(action for action in known if accounts.may(actor, action))
    values["channels"] = {name: wording.channel_name(name) for name in standard().channels}
    values |= {"tokens": tokens, "lifetimes": LIFETIMES, "scopes": scopes, "now": hub.now()}
    html = render_template("pages/account.html", **values)
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/account")
def account() -> Response:
    """Show who is signed in, and their tokens."""
    return _page()


@blueprint.post("/account/password")
def set_password() -> Response | BaseResponse:
    """Set one's own password; all sessions end, so one signs in again."""
    hub, actor = the_hub(), allowed("account.edit")
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _page(422, problem="The two passwords differ.")
    try:
        accounts.set_password(hub, actor, password)
    except Invalid as error:
        return _page(error.status, problem=error.message)
    response = redirect(url_for("pages.sign_in"), 303)
    forget(response)
    return response


@blueprint.post("/account/tokens")
def create_token() -> Response:
    """Make a token and show it this once."""
    hub, actor = the_hub(), allowed("account.edit")
    days = request.form.get("days", "")
    if days not in LIFETIMES:
        return _page(422, refused="Choose how long the token works.")
    expires_at = hub.now() + timedelta(days=int(days)) if days else None
    user = accounts.find_user(hub, actor.email)
    try:
        scopes = frozenset(request.form.getlist("scope"))
        places = words_of(request.form.get("territories", ""))
        bounds = accounts.Bounds.of(request.form.getlist("channel"), places, request.form.get("party", ""))
        given: Any = {"scopes": scopes, "bounds": bounds, "expires_at": expires_at}
        _, secret = accounts.create_token(hub, user, request.form.get("name", ""), **given)
    except Invalid as error:
        return _page(error.status, refused=error.message)
    return _page(secret=secret)


@blueprint.post("/account/tokens/<token_id>/revoke")
def revoke_token(token_id: str) -> BaseResponse:
    """Stop a token from working, at once."""
    accounts.revoke_token(the_hub(), allowed("account.edit"), token_id)
    return redirect(url_for("pages.account"), 303)
