"""Submissions for managers: the queue, links and briefs."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import creators, submissions
from ugc_hub.errors import Conflict, HubError, Invalid
from ugc_hub.licensing import documents
from ugc_hub.permissions import replies, wording
from ugc_hub.submissions import NewLink, read_brief
from ugc_hub.submissions.accounts import METHODS
from ugc_hub.submissions.briefs import CHECKS, KINDS, ORIENTATIONS, SOUND
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint
from .terms import whole_number

STATES = {"handed_in": "To review", "asked": "Sent back", "approved": "Approved", "declined": "Declined"}
CHECK_WORDS = {
    "kind": "photo or video",
    "orientation": "orientation",
    "pixels": "pixels",
    "duration": "duration",
    "sound": "sound",
    "size": "file size",
    "near_duplicate": "looks like another",
}


@blueprint.get("/submissions")
def review_queue() -> str:
    """List what was handed in."""
    return _queue()


def _queue(problem: str = "", *, wrong_code: str = "", chosen: str = "") -> str:
    hub, actor = the_hub(), allowed("rights.edit")
    state = chosen or request.args.get("state", "handed_in")
    state = state if state in STATES else "handed_in"
    found = submissions.queue(hub, actor, state)
    shown = {"platforms": replies.platforms(), "methods": METHODS, "words": wording, "wrong_code": wrong_code}
    return render_template(
        "pages/submissions.html", reviews=found, states=STATES, state_chosen=state, problem=problem, **shown
    )


@blueprint.post("/submissions/<submission_id>")
def decide_submission(submission_id: str) -> str | BaseResponse | tuple[str, int]:
    """Approve, send back or decline."""
    hub, actor = the_hub(), allowed("rights.edit")
    form = request.form
    try:
        submissions.decide(hub, actor, submission_id, decision=form.get("decision", ""), note=form.get("note", ""))
    except Invalid as error:
        return _queue(error.message), error.status
    return redirect(url_for("pages.review_queue"), 303)


@blueprint.post("/submissions/<submission_id>/handle")
def prove_handle(submission_id: str) -> str | BaseResponse | tuple[str, int]:
    """Keep that the account of the handle sent or showed the code of the submission."""
    hub, actor, form = the_hub(), allowed("rights.edit"), request.form
    said = {name: form.get(name, "") for name in ("platform", "method", "code")}
    state = submissions.see_review(hub, actor, submission_id).form.state
    try:
        submissions.prove_handle(hub, actor, submission_id, **said)
    except (Conflict, Invalid) as error:
        return _queue(error.message, wrong_code=submission_id, chosen=state), error.status
    return redirect(url_for("pages.review_queue", state=state), 303)


@blueprint.get("/submissions/links")
def submission_links() -> Response:
    """List the links."""
    return _links()


def _links(status: int = 200, **shown: Any) -> Response:
    hub, actor = the_hub(), allowed("rights.edit")
    values = {"made": None, "problem": "", "form": {}} | shown
    html = render_template(
        "pages/submission-links.html",
        links=submissions.list_links(hub, actor),
        creators=creators.list_creators(hub),
        campaigns=creators.list_campaigns(hub),
        **values,
    )
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/submissions/links")
def make_submission_link() -> Response:
    """Make a link and show its address this once."""
    hub, actor = the_hub(), allowed("rights.edit")
    form = request.form
    try:
        wanted = NewLink(
            label=form.get("label", ""),
            creator=form.get("creator", "").strip() or None,
            campaign=form.get("campaign", "").strip() or None,
            days=whole_number(form.get("days"), "days") or 0,
            most_files=whole_number(form.get("most_files"), "most_files") or 0,
        )
        return _links(made=submissions.make_link(hub, actor, wanted))
    except Invalid as error:
        return _links(error.status, problem=error.message, form=form)


def _measure(text: str | None, field: str) -> float | None:
    """Seconds or megabytes, in parts as well: a brief that a program wrote comes back as it was."""
    text = (text or "").strip().replace(",", ".")
    whole, _, part = text.partition(".")
    if not text:
        return None
    if not text.isascii() or not whole.isdecimal() or not (part or "0").isdecimal() or len(text) > 15:
        raise Invalid("Give a number.", extra={"field": field})
    return float(text)


@blueprint.post("/submissions/links/<link_id>/revoke")
def revoke_submission_link(link_id: str) -> BaseResponse:
    """End a link at once."""
    submissions.revoke_link(the_hub(), allowed("rights.edit"), link_id)
    return redirect(url_for("pages.submission_links"), 303)


@blueprint.get("/submissions/briefs")
def briefs_page() -> str:
    """Show the briefs of all campaigns."""
    return _briefs()


def _briefs(**shown: Any) -> str:
    hub, actor = the_hub(), allowed("rights.edit")
    values = {"form": {}, "problem": "", "chosen": request.args.get("campaign", "")} | shown
    return render_template(
        "pages/briefs.html",
        briefs=submissions.list_briefs(hub, actor),
        kinds=KINDS,
        orientations=ORIENTATIONS,
        sound=SOUND,
        blank=submissions.Brief(),
        checks={name: CHECK_WORDS[name] for name in CHECKS},
        terms=documents.terms_in_force(hub, actor),
        **values,
    )


@blueprint.post("/submissions/briefs")
def save_brief() -> str | BaseResponse | tuple[str, int]:
    """Keep the brief of a campaign."""
    hub, actor = the_hub(), allowed("rights.edit")
    form = request.form
    campaign = form.get("campaign", "")
    try:
        largest = _measure(form.get("max_mb"), "max_mb")
        deadline = form.get("deadline", "").strip()
        plain = {
            "words": form.get("words", "").replace("\r\n", "\n"),
            "kinds": form.getlist("kind"),
            "orientation": form.get("orientation", ""),
            "min_short_px": whole_number(form.get("min_short_px"), "min_short_px"),
            "min_duration_s": _measure(form.get("min_duration_s"), "min_duration_s"),
            "max_duration_s": _measure(form.get("max_duration_s"), "max_duration_s"),
            "sound": form.get("sound", ""),
            "max_bytes": round(largest * 1_000_000) if largest else None,
            "deadline": f"{deadline}T23:59:59+00:00" if deadline else None,
            "may_override": form.getlist("may_override"),
        }
        # A form that says nothing of terms leaves them; an empty choice takes those of the hub.
        terms_id = (form["terms"] or None) if "terms" in form else ...
        submissions.save_brief(hub, actor, campaign, brief=read_brief(plain), terms_id=terms_id)
    except HubError as error:
        return _briefs(problem=error.message, form=form, chosen=campaign), error.status
    return redirect(url_for("pages.briefs_page", campaign=campaign), 303)
