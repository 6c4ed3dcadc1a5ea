"""Terms: what creators agree to, in versions that never change; those of the hub, and others for single campaigns."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ugc_hub.licensing import documents
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, body, described, gives
from .shapes import Asked, Given


class TermsAsk(Asked):
    """A new version of terms, in words and for machines."""

    title: str = Field(max_length=300)
    text: str = Field(max_length=500_000)
    scope: dict[str, Any] = Field(
        description="channels, territories, exclude_territories, edits, months, credit, revocable, notice_days, "
        "cleared_on_arrival."
    )
    locale: str = Field(default="", max_length=20, description="The language; empty: that of the version before.")
    terms_id: str | None = Field(
        default=None, max_length=40, description="Of which terms; left out: those of the hub; null: begin others."
    )


class TermsOut(Given):
    """One version of terms; `binding_sha256` is over the canonical JSON of scope and text hash."""

    id: str
    terms_id: str
    number: int
    title: str
    locale: str
    text: str
    text_sha256: str
    binding_sha256: str
    scope: dict[str, Any]
    is_starter: bool
    intact: bool


class TermsVersions(Given):
    """Every version of all terms, newest first within each."""

    items: list[TermsOut]


def _terms(view: documents.TermsView) -> dict[str, Any]:
    return {**vars(view), "scope": view.scope.plain()}


@blueprint.get("/terms")
@gives(TermsOut)
@described("Submissions", "The terms in force")
def see_terms() -> dict[str, Any]:
    """Return the newest version of the terms of the hub, which creators are shown where a campaign has no others."""
    allowed("rights.edit")
    return _terms(documents.current_terms(the_hub()))


@blueprint.get("/terms/versions")
@gives(TermsVersions)
@described("Submissions", "List all terms")
def list_terms() -> dict[str, Any]:
    """Return every version of all terms with its words."""
    return {"items": [_terms(one) for one in documents.list_terms(the_hub(), allowed("rights.edit"))]}


@blueprint.get("/terms/<terms_id>")
@gives(TermsOut)
@described("Submissions", "Terms by their id")
def see_other_terms(terms_id: str) -> dict[str, Any]:
    """Return the newest version of terms."""
    allowed("rights.edit")
    return _terms(documents.current_terms(the_hub(), terms_id))


@blueprint.post("/terms")
@body(TermsAsk)
@gives(TermsOut, 201, "The version was kept")
@described("Submissions", "Write a new version of terms, or others")
def write_terms(body: TermsAsk) -> dict[str, Any]:
    """Keep a new version; earlier ones stay as they are. Campaigns take other terms by their brief."""
    hub, actor = the_hub(), allowed("rights.edit")
    before = documents.current_terms(hub, body.terms_id)
    begun = "terms_id" in body.model_fields_set and body.terms_id is None
    scope = documents.read_scope(body.scope)
    of = None if begun else before.terms_id
    wording = documents.Wording(body.title, body.text, scope, of, body.locale or before.locale)
    return _terms(documents.write_terms(hub, actor, wording))
