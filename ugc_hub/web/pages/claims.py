"""Claims: a public form for whoever wants something taken down, and the list of those who decide."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import accounts, licensing
from ugc_hub.errors import HubError, TooManyRequests
from ugc_hub.licensing import GROUNDS, Statement, Verdict
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint

UNSURE = "Nothing was erased. Tick that it is to go for good: nothing brings it back."
FIELDS = ("ground", "name", "email", "where", "words")


def _form(status: int = 200, **shown: object) -> Response:
    values = {"grounds": GROUNDS, "problem": "", "wrong": "", "number": "", "said": {}} | shown
    response = make_response(render_template("pages/takedown.html", **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/takedown")
def takedown() -> Response:
    """Show the form; a link may say where the content was seen."""
    return _form(said={"where": request.args.get("where", "")[:2000]})


@blueprint.post("/takedown")
def claim() -> Response:
    """Keep the claim and tell its number; what was typed stays where a part of it is missing."""
    said = {name: request.form.get(name, "") for name in FIELDS}
    try:
        if not accounts.may_claim(the_hub(), request.remote_addr or "unknown"):
            raise TooManyRequests("There were many requests from your network. Try again in a quarter of an hour.")
        return _form(number=licensing.intake(the_hub(), Statement(**said)))
    except HubError as error:
        return _form(error.status, problem=error.message, wrong=error.extra.get("field", ""), said=said)


@blueprint.get("/claims")
def claims() -> str:
    """List what waits for a decision, and what was decided."""
    hub, actor = the_hub(), allowed("rights.legal")
    found = licensing.list_claims(hub, actor)
    return render_template(
        "pages/claims.html",
        waiting=[one for one in found if one.state == "open"],
        decided=[one for one in found if one.state != "open"],
        grounds=GROUNDS,
        now=hub.now(),
        problem=request.args.get("problem", "")[:300],
    )


@blueprint.post("/claims/<claim_id>")
def decide_claim(claim_id: str) -> BaseResponse:
    """Carry out what was decided and go back to the list."""
    form = request.form
    if form.get("decision") == "erase" and not form.get("sure"):
        return redirect(url_for("pages.claims", problem=UNSURE), 303)
    verdict = Verdict(form.get("decision", ""), form.get("note", ""), form.get("asset_id", "").strip() or None)
    try:
        licensing.decide_claim(the_hub(), allowed("rights.legal"), claim_id, verdict)
    except HubError as error:
        if error.status in (401, 403):
            raise
        return redirect(url_for("pages.claims", problem=error.message), 303)
    return redirect(url_for("pages.claims"), 303)


@blueprint.post("/claims/<claim_id>/answer")
def answer_claim(claim_id: str) -> BaseResponse:
    """Send an answer to whoever made the claim and go back to the list."""
    try:
        licensing.answer_claim(the_hub(), allowed("rights.legal"), claim_id, request.form.get("answer", ""))
    except HubError as error:
        if error.status in (401, 403):
            raise
        return redirect(url_for("pages.claims", problem=error.message), 303)
    return redirect(url_for("pages.claims"), 303)
