"""Terms for managers: those of the hub and others for single campaigns, with the form for a new version."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import submissions
from ugc_hub.errors import HubError, Invalid
from ugc_hub.licensing import documents
from ugc_hub.licensing.documents import Scope, Wording
from ugc_hub.permissions import wording
from ugc_hub.web import readable
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint

OTHERS = "new"
"""Stands for terms that are yet to be begun."""


def whole_number(text: str | None, field: str) -> int | None:
    """Return a whole number that somebody typed; None where nothing is typed.

    Raises:
        Invalid: it is something else.
    """
    text = (text or "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 12:
        raise Invalid("Give a whole number.", extra={"field": field})
    return int(text)


@blueprint.get("/submissions/terms")
def terms_page() -> str:
    """Show terms, and the form for a new version or for others."""
    return _terms(request.args.get("terms", ""))


def _terms(chosen: str, *, problem: str = "", form: MultiDict[str, str] | None = None) -> str:
    """Show the terms of an id; those of the hub where it is empty, and beside the form where others are begun."""
    hub, actor = the_hub(), allowed("rights.edit")
    begun = chosen == OTHERS
    current = documents.current_terms(hub, None if begun else chosen or None)
    campaigns: dict[str | None, list[str]] = {}
    for one in submissions.list_briefs(hub, actor):
        campaigns.setdefault(one.terms_id, []).append(one.campaign)
    return render_template(
        "pages/terms.html",
        current=current,
        begun=begun,
        in_force=documents.terms_in_force(hub, actor),
        campaigns=campaigns,
        versions=[one for one in documents.list_terms(hub, actor) if one.terms_id == current.terms_id],
        channels=readable.channel_words(),
        edits=readable.edit_words(),
        scope=readable.lines,
        revocable=readable.REVOCABLE,
        locales={current.locale: current.locale} | wording.LOCALES,
        form=form or {},
        problem=problem,
    )


@blueprint.post("/submissions/terms")
def save_terms() -> str | BaseResponse | tuple[str, int]:
    """Keep a new version of terms, or begin others."""
    hub, actor = the_hub(), allowed("rights.edit")
    form = request.form
    chosen = form.get("terms", "")
    before = documents.current_terms(hub, None if chosen == OTHERS else chosen or None)
    try:
        scope = Scope(
            channels=tuple(form.getlist("channel")),
            territories=_codes(form.get("territories", "")),
            exclude_territories=_codes(form.get("exclude_territories", "")),
            edits=tuple(form.getlist("edit")),
            months=whole_number(form.get("months"), "months"),
            credit=form.get("credit") == "1",
            revocable=form.get("revocable", ""),
            notice_days=whole_number(form.get("notice_days"), "notice_days") or 0,
            cleared_on_arrival=form.get("cleared_on_arrival") == "1",
        )
        read = documents.read_scope(scope.plain())
        title, locale = form.get("title", ""), form.get("locale") or before.locale
        of = None if chosen == OTHERS else before.terms_id
        kept = documents.write_terms(hub, actor, Wording(title, form.get("text", ""), read, of, locale))
    except HubError as error:
        return _terms(chosen, problem=error.message, form=form), error.status
    return redirect(url_for("pages.terms_page", terms=kept.terms_id), 303)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").upper().split())
