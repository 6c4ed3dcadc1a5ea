"""The page of a request's link: no account, one thing at a time, and nothing counts that was not read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog, permissions
from ugc_hub.errors import Conflict, Gone, HubError, Invalid, NotFound
from ugc_hub.permissions import Answer, Choice, Opened, Trace, text_digest, wording
from ugc_hub.submissions import say
from ugc_hub.web.context import the_hub
from ugc_hub.web.files import send_shown
from ugc_hub.web.speech import of_browser

from .blueprint import blueprint

View = Callable[..., Response | BaseResponse]
WORDS = {
    "until": "wrong_day",
    "name": "wrong_answer",
    "agreed": "wrong_answer",
    "wider_than_asked": "wider",
    "text_changed": "text_changed",
    "guardian_required": "guardian",
}
"""Field or code of an error to what the page says of it, in the language of whoever reads it."""


def _private(html: str, status: int = 200) -> Response:
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _guarded(view: View) -> View:
    """Answer a link that does not work (any more) with a page of its own, whatever was tried with it."""

    @wraps(view)
    def guarded(*args: Any, **known: Any) -> Response | BaseResponse:
        try:
            return view(*args, **known)
        except (NotFound, Gone) as error:
            locale = error.extra.get("locale") or of_browser()
            words = _words(locale)
            translated = error.code in ("request_expired", "request_withdrawn")
            brand = the_hub().settings.brand
            message = words(error.code, brand=brand) if translated else say(error.message, locale)
            shown = {"words": words, "message": message, "lang": locale}
            return _private(render_template("pages/request-over.html", **shown), error.status)

    return guarded


def _words(locale: str) -> Callable[..., str]:
    def say(key: str, /, **values: object) -> str:
        return wording.phrase("page", key, locale, **values)

    return say


def _show(opened: Opened, page: str, status: int = 200, **more: Any) -> Response:
    locale = opened.row.locale
    shown = {
        "opened": opened,
        "row": opened.row,
        "scope": permissions.accepted(opened.row),
        "words": _words(locale),
        "pictures": catalog.shown_by_link(the_hub(), opened.asset_ids),
        "lang": locale,
        "brand": the_hub().settings.brand,
        "channel": lambda name: wording.channel(name, locale),
        "place": lambda code: wording.place(code, locale),
        "edit": lambda name: wording.edit(name, locale),
        "spoken": wording.spoken(permissions.accepted(opened.row), locale),
        "withdrawal": permissions.withdrawal(opened.row, permissions.accepted(opened.row)),
        "problem": "",
    }
    return _private(render_template(page, **{**shown, **more}), status)


def _choice() -> Choice:
    """Read what the form leaves of a request.

    Raises:
        Invalid: the last day is no day.
    """
    form = request.form
    text = form.get("until", "").strip()
    try:
        until = date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("This is no day.", extra={"field": "until"}) from error
    return Choice(
        tuple(form.getlist("channels")),
        tuple(form.getlist("territories")),
        tuple(form.getlist("edits")),
        exclusive=form.get("exclusive") == "1",
        likeness=form.get("likeness") == "1",
        until=until,
    )


def _said(error: HubError, locale: str) -> str:
    key = WORDS.get(error.code) or WORDS.get(str(error.extra.get("field")), "nothing_left")
    return _words(locale)(key)


def _trace() -> Trace:
    return Trace(request.remote_addr or "", request.headers.get("User-Agent", ""))


@blueprint.get("/r/<token>")
@_guarded
def request_link(token: str) -> Response | BaseResponse:
    """Show what is asked, or what became of it; the link of a receipt leads to where it can be taken back."""
    opened = permissions.opened(the_hub(), token)
    if opened.purpose == "receipt":
        return redirect(url_for("pages.withdraw_page", token=token), 303)
    if opened.row.state == "sent":
        return _show(opened, "pages/request-ask.html", token=token, choice=None)
    return _show(opened, "pages/request-answered.html", token=token)


@blueprint.get("/r/<token>/pictures/<int:number>")
@_guarded
def request_picture(token: str, number: int) -> Response | BaseResponse:
    """Return the marked preview of one of the assets that the request is about, as long as it is not answered."""
    asset_id = permissions.pictured(the_hub(), token, number)
    return send_shown(catalog.linked_preview(the_hub(), asset_id))


@blueprint.post("/r/<token>/check")
@_guarded
def check_request(token: str) -> Response:
    """Show the full text for exactly what is left, to be read and agreed to."""
    opened = permissions.opened(the_hub(), token)
    try:
        choice = _choice()
        _, text = permissions.preview(the_hub(), token, choice)
    except Conflict:
        return _show(opened, "pages/request-answered.html", 409, token=token)
    except Invalid as error:
        problem = _said(error, opened.row.locale)
        return _show(opened, "pages/request-ask.html", error.status, token=token, choice=request.form, problem=problem)
    return _sign(opened, token, choice, text)


def _sign(opened: Opened, token: str, choice: Choice, text: str, *, status: int = 200, problem: str = "") -> Response:
    digest, name = text_digest(text), request.form.get("name", "")
    shown = {"token": token, "choice": choice, "text": text, "digest": digest, "name": name, "problem": problem}
    return _show(opened, "pages/request-sign.html", status, **shown)


@blueprint.post("/r/<token>/agree")
@_guarded
def agree_to_request(token: str) -> Response | BaseResponse:
    """Keep the yes, once; where something is missing, show the text again."""
    opened = permissions.opened(the_hub(), token)
    form = request.form
    try:
        choice = _choice()
        answer = Answer(choice, form.get("name", ""), form.get("agreed") == "1", form.get("text_sha256", ""))
        permissions.accept(the_hub(), token, answer, _trace())
    except (Conflict, Invalid) as error:
        if error.code == "wrong_state":
            return _show(opened, "pages/request-answered.html", 409, token=token)
        problem = _said(error, opened.row.locale)
        if problem in {_words(opened.row.locale)(key) for key in ("wrong_answer", "text_changed", "guardian")}:
            _, text = permissions.preview(the_hub(), token, choice)
            return _sign(opened, token, choice, text, status=error.status, problem=problem)
        return _show(opened, "pages/request-ask.html", error.status, token=token, choice=None, problem=problem)
    return redirect(url_for("pages.request_link", token=token), 303)


@blueprint.post("/r/<token>/decline")
@_guarded
def decline_request(token: str) -> Response | BaseResponse:
    """Keep the no, with its words."""
    opened = permissions.opened(the_hub(), token)
    try:
        permissions.decline(the_hub(), token, request.form.get("words", ""), _trace())
    except Conflict as error:
        return _show(opened, "pages/request-answered.html", error.status, token=token)
    return redirect(url_for("pages.request_link", token=token), 303)
