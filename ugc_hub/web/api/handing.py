"""Submissions: links for people without an account, briefs, and the review."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, StrictInt

from ugc_hub import submissions
from ugc_hub.creators import clean_name
from ugc_hub.submissions import NewLink, Review, read_brief
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, body, described, gives, query
from .shapes import Asked, Given


class LinkAsk(Asked):
    """A new link; without a creator it is open to everybody who has it."""

    label: str = Field(default="", max_length=200)
    creator: str | None = Field(default=None, max_length=100, description="Handle, with or without @.")
    campaign: str | None = Field(default=None, max_length=200, description="Name.")
    days: StrictInt = Field(default=30, ge=1, le=365)
    most_files: StrictInt = Field(default=20, ge=1, le=1000)


class SubmissionLinkOut(Given):
    """A link; `url` is given only in the answer that made it, and kept nowhere."""

    id: str
    label: str
    creator: str | None
    campaign: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    most_files: int
    used_files: int
    state: str = Field(description="open, used_up, expired or revoked.")
    url: str = ""


class SubmissionLinks(Given):
    """All links, newest first."""

    items: list[SubmissionLinkOut]


class BriefAsk(Asked):
    """What a campaign asks for."""

    brief: dict[str, Any] = Field(
        description="words, kinds, orientation, min_short_px, min_duration_s, max_duration_s, sound, max_bytes, "
        "deadline, may_override; what is left out asks for nothing."
    )
    terms_id: str | None = Field(
        default=None, max_length=40, description="Left out: they stay; null: those of the hub."
    )


class BriefOut(Given):
    """The brief of a campaign."""

    campaign: str
    brief: dict[str, Any]
    terms_id: str | None
    written: bool


class SubmissionQuery(Asked):
    """Which submissions."""

    state: Literal["draft", "handed_in", "asked", "approved", "declined"] = "handed_in"


class SubmissionOut(Given):
    """A submission with its answers and files."""

    id: str
    state: str
    handle: str
    name: str
    campaign: str
    verified: bool
    claimed: bool
    handed_in_at: datetime | None
    terms_version_id: str
    note: str
    answers: dict[str, Any]
    files: list[dict[str, Any]]
    guardians: list[dict[str, Any]]


class Submissions(Given):
    """At most a hundred submissions, those handed in first at the top."""

    items: list[SubmissionOut]


class HandleAsk(Asked):
    """The code of a submission, as the account of its handle sent or showed it."""

    platform: str = Field(max_length=40)
    method: Literal["dm_code", "bio_code"] = Field(description="Read in a message from it, or on its profile.")
    code: str = Field(max_length=20)


class DecisionAsk(Asked):
    """What becomes of a submission."""

    decision: Literal["approve", "ask", "decline"]
    note: str = Field(default="", max_length=2000, description="To the creator; needed to send it back.")


@blueprint.get("/submission-links")
@gives(SubmissionLinks)
@described("Submissions", "List submission links")
def list_submission_links() -> dict[str, Any]:
    """Return all links with how far they are used; never their addresses."""
    return {"items": submissions.list_links(the_hub(), allowed("rights.edit"))}


@blueprint.post("/submission-links")
@body(LinkAsk)
@gives(SubmissionLinkOut, 201, "The link was made")
@described("Submissions", "Make a submission link")
def make_submission_link(body: LinkAsk) -> Any:
    """Make a link; its address is in this answer only."""
    return submissions.make_link(the_hub(), allowed("rights.edit"), NewLink(**body.model_dump()))


@blueprint.delete("/submission-links/<link_id>")
@blueprint.output({}, status_code=204)
@described("Submissions", "Revoke a submission link")
def revoke_submission_link(link_id: str) -> str:
    """End a link at once."""
    submissions.revoke_link(the_hub(), allowed("rights.edit"), link_id)
    return ""


def _brief(view: submissions.BriefView) -> dict[str, Any]:
    return {**vars(view), "brief": view.brief.plain()}


@blueprint.get("/campaigns/<campaign>/brief")
@gives(BriefOut)
@described("Submissions", "The brief of a campaign")
def see_brief(campaign: str) -> dict[str, Any]:
    """Return what a campaign asks for, by its name."""
    hub, actor = the_hub(), allowed("rights.edit")
    name = clean_name(campaign)
    known = {one.campaign: one for one in submissions.list_briefs(hub, actor)}
    return _brief(known.get(name) or submissions.BriefView(None, name, submissions.Brief(), written=False))


@blueprint.put("/campaigns/<campaign>/brief")
@body(BriefAsk)
@gives(BriefOut)
@described("Submissions", "Write the brief of a campaign")
def write_brief(campaign: str, body: BriefAsk) -> dict[str, Any]:
    """Keep the brief; the campaign is made where there is none of this name."""
    hub, actor = the_hub(), allowed("rights.edit")
    brief = read_brief(body.brief)
    terms_id = body.terms_id if "terms_id" in body.model_fields_set else ...
    return _brief(submissions.save_brief(hub, actor, campaign, brief=brief, terms_id=terms_id))


def _submission(review: Review) -> dict[str, Any]:
    form = review.form
    return {
        "id": form.submission_id,
        "state": form.state,
        "handle": form.sender.handle,
        "name": form.sender.name,
        "campaign": form.brief.campaign,
        "verified": form.verified,
        "claimed": review.claimed,
        "handed_in_at": review.handed_in_at,
        "terms_version_id": form.terms.id,
        "note": form.note,
        "answers": dict(form.answers),
        "files": [
            {
                "asset_id": file.id,
                "name": file.name,
                "state": file.state,
                "failures": [one.plain() for one in file.failures],
                "reason": file.reason,
            }
            for file in review.files
        ],
        "guardians": [dict(one) for one in review.guardians],
    }


@blueprint.get("/submissions")
@query(SubmissionQuery)
@gives(Submissions)
@described("Submissions", "List submissions")
def list_submissions(query: SubmissionQuery) -> dict[str, Any]:
    """Return what was handed in, with answers, files and where they differ from the brief."""
    found = submissions.queue(the_hub(), allowed("rights.edit"), query.state)
    return {"items": [_submission(one) for one in found]}


@blueprint.post("/submissions/<submission_id>/handle")
@body(HandleAsk)
@gives(SubmissionOut)
@described("Submissions", "Prove that a handle is theirs")
def prove_handle(submission_id: str, body: HandleAsk) -> dict[str, Any]:
    """Keep that the account of the handle sent or showed the code; what was agreed to counts as level 2 from now on."""
    hub, actor = the_hub(), allowed("rights.edit")
    submissions.prove_handle(hub, actor, submission_id, **body.model_dump())
    return _submission(submissions.see_review(hub, actor, submission_id))


@blueprint.post("/submissions/<submission_id>/decision")
@body(DecisionAsk)
@gives(SubmissionOut)
@described("Submissions", "Approve, send back or decline")
def decide_submission(submission_id: str, body: DecisionAsk) -> dict[str, Any]:
    """Decide; the creator is told by mail."""
    hub, actor = the_hub(), allowed("rights.edit")
    submissions.decide(hub, actor, submission_id, decision=body.decision, note=body.note)
    return _submission(submissions.see_review(hub, actor, submission_id))
