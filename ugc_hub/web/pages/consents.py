"""What people do by a link that was mailed to them: confirm an address, agree as a guardian, withdraw."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog, submissions
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.submissions import Signed, sign
from ugc_hub.web import readable
from ugc_hub.web.context import the_hub
from ugc_hub.web.files import send_shown

from .blueprint import blueprint
from .handing import guarded


@blueprint.get("/c/<token>")
def confirm_page(token: str) -> Response:
    """Show a button: programs that scan mails look at every link, and must not confirm anything."""
    return guarded(render_template("pages/confirm.html"))


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
    consent = submissions.look_at_consent(the_hub(), token, purpose="guardian")
    html = render_template("pages/guardian.html", token=token, consent=consent, scope=readable.lines, problem=problem)
    return guarded(html, status)


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
    try:
        submissions.guardian_says(the_hub(), token, signed, agrees=request.form.get("answer") == "yes")
    except (Invalid, Conflict) as error:
        return _guardian(token, error.status, error.message)
    return redirect(url_for("pages.guardian_page", token=token), 303)


@blueprint.get("/w/<token>")
def withdraw_page(token: str) -> Response:
    """Show what can be withdrawn, and what follows."""
    return _withdrawal(token)


def _withdrawal(token: str, status: int = 200, problem: str = "") -> Response:
    consent = submissions.look_at_consent(the_hub(), token, purpose="withdraw")
    html = render_template("pages/withdraw.html", consent=consent, problem=problem)
    return guarded(html, status)


@blueprint.post("/w/<token>")
def withdraw(token: str) -> Response | BaseResponse:
    """Withdraw what was chosen; everything is chosen unless somebody unticks it."""
    try:
        submissions.withdraw(the_hub(), token, request.form.getlist("layer"))
    except Invalid as error:
        return _withdrawal(token, error.status, error.message)
    return redirect(url_for("pages.withdraw_page", token=token), 303)
