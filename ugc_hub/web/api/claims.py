"""Claims: what strangers want taken down, for those who decide about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from flask import Response
from pydantic import ConfigDict, Field

from ugc_hub import licensing
from ugc_hub.licensing import Verdict
from ugc_hub.licensing.claims import LONGEST_ANSWER
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, body, described, gives, query
from .shapes import Asked, Given


class ClaimQuery(Asked):
    """How many: so many open ones, and as many of those that were decided."""

    limit: int = Field(default=200, ge=1, le=1000)


class StatementOut(Given):
    """What somebody wrote who wants something taken down."""

    ground: str
    name: str
    email: str
    where: str
    words: str


class ClaimOut(Given):
    """A claim, until when it is to be decided, and what was decided; `statement` is null once it was erased."""

    id: str
    created_at: datetime
    due_at: datetime
    state: Literal["open", "held", "legal_order", "erased", "dismissed"]
    ground: str
    asset_id: str | None
    statement: StatementOut | None
    note: str
    answers: list[str] = Field(description="What they were answered by mail, oldest first.")


class Claims(Given):
    """The open claims, soonest due first, then the newest of those that were decided."""

    items: list[ClaimOut]


class VerdictAsk(Asked):
    """What is done about a claim, and why."""

    decision: Literal["hold", "legal_order", "erase", "dismiss", "release"]
    note: str = Field(min_length=1, max_length=2000, description="Stays with the claim.")
    asset_id: str | None = Field(default=None, max_length=60, description="Where the claim does not tell it.")


class AnswerAsk(Asked):
    """Words for whoever made the claim."""

    model_config = ConfigDict(extra="forbid", str_max_length=LONGEST_ANSWER)

    words: str = Field(min_length=1)


@blueprint.get("/claims")
@query(ClaimQuery)
@gives(Claims)
@described("Rights", "What strangers want taken down")
def list_claims(query: ClaimQuery) -> dict[str, Any]:
    """List claims with what was written; for roles that may decide as legal."""
    return {"items": licensing.list_claims(the_hub(), allowed("rights.legal"), limit=query.limit)}


@blueprint.post("/claims/<claim_id>/decision")
@body(VerdictAsk)
@described("Rights", "Decide a claim", responses={204: {"description": "It is decided"}})
def decide_claim(claim_id: str, body: VerdictAsk) -> Response:
    """Put the asset on hold, take it down by legal order, erase it, dismiss the claim, or release what it closed."""
    verdict = Verdict(body.decision, body.note, body.asset_id)
    licensing.decide_claim(the_hub(), allowed("rights.legal"), claim_id, verdict)
    return Response(status=204)


@blueprint.post("/claims/<claim_id>/answers")
@body(AnswerAsk)
@described("Rights", "Answer a claim by mail", responses={204: {"description": "The answer is on its way"}})
def answer_claim(claim_id: str, body: AnswerAsk) -> Response:
    """Send words to the address that whoever made the claim gave; they stay with the claim, sealed."""
    licensing.answer_claim(the_hub(), allowed("rights.legal"), claim_id, body.words)
    return Response(status=204)
