"""What people do by a link that was mailed to them: confirm an address, agree as a guardian, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog, submissions
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.permissions import Trace, wording
from ugc_hub.submissions import Signed, sign
from ugc_hub.submissions.withdrawing import LAYERS
from ugc_hub.web import readable
from ugc_hub.web.context import the_hub
from ugc_hub.web.files import send_shown
from ugc_hub.web.speech import spoken

from .blueprint import blueprint
from .handing import guarded


@blueprint.get("/c/<token>")
def confirm_page(token: str) -> Response:
    """Show a button: programs that scan mails look at every link, and must not confirm anything."""
    locale = submissions.language_to_confirm(the_hub(), token)
    return guarded(render_template("pages/confirm.html", **spoken(locale)))


@blueprint.post("/c/<token>")
def confirm_address(token: str) -> BaseResponse:
    """Keep that the address was confirmed, and go on to the form."""
    submission_id = submissions.confirm_address(the_hub(), token)
    return redirect(url_for("pages.submission_form", token=sign(the_hub(), "form", submission_id)), 303)


@blueprint.get("/g/<token>")
def guardian_page(token: str) -> Response:
    """Show a guardian what they are asked for."""
    return _guardian(token)


def _guardian(token: str, status: int = 200, problem: str = "") -> Response:
    consent = submissions.look_at_consent(the_hub(), token)
    locale = consent.locale
    shown = {
        "token": token,
        "consent": consent,
        "said": readable.lines(consent.terms.scope, handle=consent.handle, layers=consent.layers, locale=locale),
        "pictures": catalog.shown_by_link(the_hub(), consent.assets),
        "problem": problem,
        **spoken(locale),
    }
    return guarded(render_template("pages/guardian.html", **shown), status)


@blueprint.get("/g/<token>/pictures/<int:number>")
def guardian_picture(token: str, number: int) -> Response:
    """Return the marked preview of one of the files that a guardian is asked about, as long as they are asked."""
    return send_shown(catalog.linked_preview(the_hub(), submissions.pictured(the_hub(), token, number)))


@blueprint.post("/g/<token>")
def guardian_says(token: str) -> Response | BaseResponse:
    """Keep what the guardian says."""
    signed = Signed(
        name=request.form.get("signed_name", "")[:400],
        ticked=request.form.get("agree") == "1",
        terms_version_id="",
        address=request.remote_addr or "",
        browser=request.headers.get("User-Agent", ""),
    )
    answer = request.form.get("answer", "")
    try:
        if answer not in ("yes", "no"):  # a refusal is final: nothing else counts as one
            raise Invalid("Say whether you agree.", extra={"field": "answer"})
        submissions.guardian_says(the_hub(), token, signed, agrees=answer == "yes")
    except (Invalid, Conflict) as error:
        return _guardian(token, error.status, error.message)
    return redirect(url_for("pages.guardian_page", token=token), 303)


@blueprint.get("/w/<token>")
def withdraw_page(token: str) -> Response:
    """Show what a receipt holds, what can be taken back of it, and what follows."""
    return _receipt(token)


def _receipt(token: str, status: int = 200, problem: str = "") -> Response:
    receipt = submissions.look_at_receipt(the_hub(), token)

    def say(key: str, /, **values: object) -> str:
        return wording.phrase("page", key, receipt.locale, **values)

    now = the_hub().now()
    shown = {
        "ends": [(layer, say(f"end_{layer}"), _end(at, now, receipt.locale)) for layer, at in _in_order(receipt.ends)],
        "words": say,
        "lang": receipt.locale,
        "brand": the_hub().settings.brand,
        "problem": say(problem) if problem else "",
    }
    return guarded(render_template("pages/withdraw.html", receipt=receipt, said=_words(), **shown), status)


def _in_order(ends: Mapping[str, datetime | None]) -> list[tuple[str, datetime | None]]:
    return [(layer, ends[layer]) for layer in LAYERS if layer in ends]


def _end(at: datetime | None, now: datetime, locale: str) -> str:
    if at is None:
        return wording.phrase("page", "ends_never", locale)
    if at <= now:
        return wording.phrase("page", "ends_at_once", locale)
    return wording.phrase("page", "ends_later", locale, day=wording.day(at.date(), locale))


def _words() -> str:
    return request.form.get("words", "")[:2000]


@blueprint.post("/w/<token>")
def withdraw(token: str) -> Response | BaseResponse:
    """Take back what was chosen; everything is chosen unless somebody unticks it."""
    trace = Trace(request.remote_addr or "", request.headers.get("User-Agent", ""))
    try:
        submissions.withdraw(the_hub(), token, request.form.getlist("layer"), _words(), trace=trace)
    except Invalid as error:
        return _receipt(token, error.status, "choose_one")
    except Conflict as error:
        return _receipt(token, error.status)
    return redirect(url_for("pages.withdraw_page", token=token), 303)
