"""The door: a one-time link, or a password."""

from __future__ import annotations

from functools import partial

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import accounts, notify
from ugc_hub.accounts import SignedIn
from ugc_hub.errors import HubError, SignInNeeded, TooManyRequests
from ugc_hub.hub import Hub
from ugc_hub.web.context import cookie_name, forget, identity, remember, the_hub
from ugc_hub.web.logs import request_id

from .blueprint import blueprint, safe_next


def _door(status: int = 200, **shown: object) -> Response:
    values = {
        "next": safe_next(request.values.get("next")),
        "email": "",
        "problem": "",
        "sent": False,
        "by_password": False,
    } | shown
    minutes = the_hub().settings.sign_in_link_s // 60
    response = make_response(render_template("pages/sign-in.html", minutes=minutes, **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _enter(signed_in: SignedIn) -> BaseResponse:
    """Hand out the session cookie and go on."""
    response = redirect(safe_next(request.form.get("next")), 303)
    remember(response, signed_in.cookie)
    return response


@blueprint.get("/sign-in")
def sign_in() -> Response | BaseResponse:
    """Show the door, or go on where somebody is signed in."""
    if identity() is not None:
        return redirect(safe_next(request.args.get("next")))
    return _door()


@blueprint.post("/sign-in/mail")
def mail_link() -> Response:
    """Send a link to a known address; answer and time are the same for all, so that addresses cannot be probed."""
    hub, email = the_hub(), request.form.get("email", "")
    if accounts.may_ask(hub, email, request.remote_addr or "unknown"):
        notify.later(partial(_mail, hub, email), request_id())
    return _door(sent=True, email=email)


def _mail(hub: Hub, email: str) -> None:
    """Make and send a link where the account exists; to the address as it is kept, never as somebody typed it."""
    link = accounts.request_link(hub, email)
    if link is not None:
        notify.send_sign_in_link(hub, accounts.find_user(hub, email).email, link)


@blueprint.post("/sign-in")
def sign_in_with_password() -> Response | BaseResponse:
    """Check a password and begin a session."""
    email = request.form.get("email", "")
    try:
        address = request.remote_addr or "unknown"
        return _enter(accounts.sign_in_with_password(the_hub(), email, request.form.get("password", ""), address))
    except (SignInNeeded, TooManyRequests) as error:
        return _door(error.status, problem=error.message, email=email, by_password=True)


@blueprint.get("/sign-in/<token>")
def link(token: str) -> Response:
    """Show a button: looking at a link must not use it up, because mail scanners look at all of them."""
    response = make_response(render_template("pages/link.html"))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/sign-in/<token>")
def use_link(token: str) -> Response | BaseResponse:
    """Use the link up and begin a session."""
    try:
        return _enter(accounts.sign_in_with_link(the_hub(), token))
    except HubError as error:
        return _door(error.status, problem=error.message)


@blueprint.post("/sign-out")
def sign_out() -> BaseResponse:
    """End the session on the server and forget the cookie."""
    hub = the_hub()
    cookie = request.cookies.get(cookie_name(hub))
    if cookie:
        accounts.sign_out(hub, cookie)
    response = redirect(url_for("pages.sign_in"), 303)
    forget(response)
    return response
