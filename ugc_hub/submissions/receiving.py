"""Files of a submission: taken in through the one door, counted, and compared with the brief once they are measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ugc_hub import ingest
from ugc_hub.accounts import Actor
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.ingest.accept import Stream
from ugc_hub.models import Asset, AssetLink, Refusal, Submission, SubmissionFile, SubmissionForm

from .briefs import Brief, brief_of
from .checking import Failure, Seen, check
from .forms import form_row
from .links import give_back, take_place

MOST_FILES = 200
"""Files of one submission of a creator who is signed in."""
LONGEST_REASON = 500


@dataclass(frozen=True)
class FileView:
    """A file of a submission, in words. `state` is looking, fine, differs or refused."""

    id: str
    name: str
    state: str
    words: str
    failures: tuple[Failure, ...] = field(default=())
    reason: str = ""
    """Why it is handed in although it differs."""

    @property
    def settled(self) -> bool:
        """Whether nothing of it stands in the way of handing in."""
        return self.state in ("fine", "refused") or (
            self.state == "differs" and bool(self.reason) and all(one.may_override for one in self.failures)
        )

    @property
    def may_override(self) -> bool:
        """Whether a reason would be enough."""
        return self.state == "differs" and all(one.may_override for one in self.failures)


def take_file(hub: Hub, token: str, stream: Stream, *, file_name: str, size_bytes: int | None) -> FileView:
    """Take one file in for a form, as somebody who may do that and nothing else.

    Raises:
        NotFound, Gone: see `form_row`.
        TooManyRequests: the link takes no more files.
        Conflict: the library has exactly this file from somebody else.
        HubError: see `ingest.accept`.
    """
    with hub.database.read() as session:
        form = form_row(hub, session, token)
        if form.state not in ("draft", "asked"):
            raise Conflict("This was handed in already; nothing can be added any more.", code="handed_in")
        submission = session.get_one(Submission, form.submission_id)
        count = len(list(session.scalars(_files(form.submission_id))))
    if count >= MOST_FILES:
        raise Conflict(f"A submission has at most {MOST_FILES} files. Hand in these first.", code="too_many_files")
    if form.link_id:
        take_place(hub, form.link_id)
    kept = False
    try:
        upload = ingest.Upload(file_name, submission.door, size_bytes=size_bytes, submission_id=submission.id)
        actor = Actor(None, "link", submission.creator_id)
        accepted = ingest.accept(hub, actor, stream, upload)
        kept = _keep(hub, token, accepted)
    finally:
        if form.link_id and not kept:
            give_back(hub, form.link_id)
    return next(one for one in files_of(hub, token) if one.id == accepted.asset_id)


def _files(submission_id: str) -> Any:
    return (
        select(SubmissionFile)
        .where(SubmissionFile.submission_id == submission_id)
        .order_by(SubmissionFile.added_at, SubmissionFile.asset_id)
    )


def _keep(hub: Hub, token: str, accepted: ingest.Accepted) -> bool:
    """Note a file that was taken; return False where it was there before, so that it does not count twice."""
    with hub.database.write() as session:
        form = form_row(hub, session, token, to_change=True)
        if session.get(SubmissionFile, (form.submission_id, accepted.asset_id)) is not None:
            return False
        asset = session.get(Asset, accepted.asset_id)
        submission = session.get_one(Submission, form.submission_id)
        theirs = asset is None or asset.submission_id == submission.id
        same = submission.creator_id is not None and asset is not None and asset.creator_id == submission.creator_id
        if not (theirs or same or _begun_again(session, form, asset)):
            words = "The brand has exactly this file already, so it is not taken again. Leave it out, or ask the brand."
            raise Conflict(words, code="known_file")
        session.add(
            SubmissionFile(
                submission_id=form.submission_id,
                asset_id=accepted.asset_id,
                file_name=asset.file_name if asset else "",
                added_at=hub.now(),
            )
        )
        record(session, hub.now(), "submission.file_added", form.submission_id, asset=accepted.asset_id)
        return True


def _begun_again(session: Session, form: SubmissionForm, asset: Asset | None) -> bool:
    """Bring a file over from a form of the same link that was left before it was handed in."""
    left = session.get(SubmissionForm, asset.submission_id) if asset else None
    if asset is None or left is None or left.state != "draft" or left.link_id != form.link_id:
        return False
    known = (SubmissionFile.submission_id == left.submission_id) & (SubmissionFile.asset_id == asset.id)
    session.execute(delete(SubmissionFile).where(known))
    asset.submission_id = form.submission_id
    return True


def files_of(hub: Hub, token: str) -> list[FileView]:
    """Return the files of a form in the order they came, with how far each is.

    Raises:
        NotFound, Gone: see `form_row`.
    """
    with hub.database.read() as session:
        return views(session, form_row(hub, session, token))


def views(session: Session, form: SubmissionForm) -> list[FileView]:
    """Return the files of a form; see `files_of`."""
    brief = brief_of(session, session.get_one(Submission, form.submission_id).campaign_id).brief
    return [_view(session, row, brief) for row in session.scalars(_files(form.submission_id))]


def _view(session: Session, row: SubmissionFile, brief: Brief) -> FileView:
    asset = session.get(Asset, row.asset_id)
    if asset is None:
        refusal = session.get(Refusal, row.asset_id)
        words = refusal.message if refusal else "This file was removed."
        return FileView(row.asset_id, row.file_name, "refused", f"Not taken: {words}")
    if asset.status != "ready":
        return FileView(row.asset_id, row.file_name, "looking", "Safe. We are looking at it.")
    failures = tuple(check(brief, seen(session, asset)))
    if not failures:
        return FileView(row.asset_id, row.file_name, "fine", "Fits what was asked for.")
    words = " ".join(one.words for one in failures)
    return FileView(row.asset_id, row.file_name, "differs", words, failures, row.reason)


def seen(session: Session, asset: Asset) -> Seen:
    """Return what was measured of an asset, as a brief looks at it."""
    links = select(AssetLink.other_id).where(AssetLink.asset_id == asset.id).limit(1)
    return Seen(
        kind=asset.kind,
        width=asset.width or 0,
        height=asset.height or 0,
        size_bytes=asset.size_bytes,
        duration_s=asset.duration_s,
        has_sound=(asset.facts or {}).get("audio") is not None,
        looks_like_another=session.scalar(links) is not None,
    )


def give_reason(hub: Hub, token: str, asset_id: str, reason: str) -> None:
    """Keep why a file is handed in although it differs from the brief.

    Raises:
        NotFound, Gone: see `form_row`; or the form has no such file.
        Invalid: the brief does not allow it, or the reason is too long.
    """
    with hub.database.write() as session:
        form = form_row(hub, session, token, to_change=True)
        row = session.get(SubmissionFile, (form.submission_id, asset_id))
        if row is None:
            raise NotFound("There is no such file here.")
        brief = brief_of(session, session.get_one(Submission, form.submission_id).campaign_id).brief
        found = _view(session, row, brief)
        text = " ".join(reason.split())
        if len(text) > LONGEST_REASON:
            raise Invalid(f"A reason has at most {LONGEST_REASON} characters.", extra={"field": "reason"})
        if text and not found.may_override:
            raise Invalid("The brand does not allow exceptions for this. Send another file.", extra={"field": "reason"})
        row.reason = text


def take_out(hub: Hub, token: str, asset_id: str) -> None:
    """Take a file out of a form: nobody gave a permission for it, so it cannot be used.

    Raises:
        NotFound, Gone: see `form_row`; or the form has no such file.
    """
    with hub.database.write() as session:
        form = form_row(hub, session, token, to_change=True)
        key = (SubmissionFile.submission_id == form.submission_id) & (SubmissionFile.asset_id == asset_id)
        if session.get(SubmissionFile, (form.submission_id, asset_id)) is None:
            raise NotFound("There is no such file here.")
        session.execute(delete(SubmissionFile).where(key))
        record(session, hub.now(), "submission.file_taken_out", form.submission_id, asset=asset_id)
