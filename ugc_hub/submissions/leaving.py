"""Removes what was begun and never handed in: nobody has given a permission for it, so nobody may keep it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import SYSTEM
from ugc_hub.audit import record
from ugc_hub.hub import Hub, crash_point
from ugc_hub.licensing import erase_person
from ugc_hub.licensing.consent import note
from ugc_hub.licensing.documents import terms_version
from ugc_hub.models import (
    Agreement,
    Asset,
    AssetClip,
    AssetPerson,
    AssetRights,
    Claim,
    ConsentRecord,
    Grant,
    GrantAsset,
    Person,
    Refusal,
    Rendition,
    RequestAsset,
    RightsRequest,
    Submission,
    SubmissionFile,
    SubmissionForm,
    Usage,
)
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

BATCH = 500


@dataclass
class Removed:
    """What was removed, and files that stay because something else rests on them."""

    drafts: int = 0
    files: int = 0
    kept: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)


def remove_drafts(hub: Hub) -> Removed:
    """Remove drafts whose time is over, each in a transaction of its own; doing it twice changes nothing.

    Gone are the form with its answers, its files, and what was known of the person, unless they are known for something
    else. That they were shown the terms stays, without who they were.
    """
    done = Removed()
    over = select(SubmissionForm.submission_id).where(
        SubmissionForm.state == "draft", SubmissionForm.expires_at <= hub.now()
    )
    while True:
        with hub.database.read() as session:
            ids = session.scalars(over.order_by(SubmissionForm.submission_id).limit(BATCH)).all()
        for submission_id in ids:
            _remove(hub, submission_id, done)
            crash_point("after_draft")
        if len(ids) < BATCH:
            break
    if done.files:
        hub.ring()
    return done


def _remove(hub: Hub, submission_id: str, done: Removed) -> None:
    with hub.database.write() as session:
        hub.database.serialise(session, f"form:{submission_id}")
        form = session.get(SubmissionForm, submission_id, populate_existing=True)
        if form is None or form.state != "draft" or form.expires_at > hub.now():
            return
        assets = session.scalars(select(Asset).where(Asset.submission_id == submission_id).order_by(Asset.id)).all()
        needed = [asset for asset in assets if _needed(session, asset, submission_id)]
        gone = [asset for asset in assets if asset not in needed]
        _files(hub, session, submission_id, gone)
        session.execute(delete(SubmissionFile).where(SubmissionFile.submission_id == submission_id))
        for consent in session.scalars(select(ConsentRecord).where(ConsentRecord.submission_id == submission_id)):
            terms = terms_version(hub, session, consent.terms_version_id)
            note(session, hub, consent, kind="expired", method="page of the hub", entity="hub", at=terms)
            consent.submission_id, consent.sealed = None, None
        person, begun_at = (
            session.get_one(Person, form.person_id),
            session.get_one(Submission, submission_id).created_at,
        )
        session.delete(form)
        session.flush()
        if person.created_at >= begun_at and not _known(session, person.id):
            erase_person(hub, session, SYSTEM, person_id=person.id)
        _submission(session, submission_id)
        done.drafts, done.files, done.kept = done.drafts + 1, done.files + len(gone), done.kept + len(needed)
        record(session, hub.now(), "submission.draft_removed", submission_id, files=len(gone), kept=len(needed))


def _files(hub: Hub, session: Session, submission_id: str, assets: Sequence[Asset]) -> None:
    """Remove assets, and have a job remove their bytes where no other record names them."""
    if not assets:
        return
    keys = [key for one in assets for key in _keys(session, one)]
    session.execute(delete(Asset).where(Asset.id.in_([one.id for one in assets])))
    options = Options(key=f"erase:{submission_id}", priority=20, max_attempts=hub.settings.job_attempts)
    enqueue(session.connection(), "erase", {"keys": keys}, options=options)


def _keys(session: Session, asset: Asset) -> list[str]:
    clip = session.get(AssetClip, asset.id)
    keys = [f"originals/{asset.sha256}", *(str(preview["key"]) for preview in asset.previews.values())]
    return keys + [key for key in (clip.storage_key, clip.sheet_key) if key] if clip else keys


def _needed(session: Session, asset: Asset, submission_id: str) -> bool:
    """Whether somebody decided or did something about an asset meanwhile, or it belongs to another submission too."""
    rows: tuple[Select[Any], ...] = (
        select(GrantAsset.grant_id).where(GrantAsset.asset_id == asset.id),
        select(Rendition.id).where(Rendition.asset_id == asset.id),
        select(Usage.id).where(Usage.asset_id == asset.id),
        select(RequestAsset.request_id).where(RequestAsset.asset_id == asset.id),
        select(Claim.id).where(Claim.asset_id == asset.id),
        select(AssetRights.asset_id).where(AssetRights.asset_id == asset.id, AssetRights.status != "pending_review"),
        select(SubmissionFile.asset_id).where(
            SubmissionFile.asset_id == asset.id, SubmissionFile.submission_id != submission_id
        ),
    )
    return asset.status == "erased" or any(session.scalar(row.limit(1)) is not None for row in rows)


def _known(session: Session, person_id: str) -> bool:
    """Whether a person is known for something else than the draft."""
    rows: tuple[Select[Any], ...] = (
        select(SubmissionForm.submission_id).where(SubmissionForm.person_id == person_id),
        select(RightsRequest.id).where(RightsRequest.person_id == person_id),
        select(AssetPerson.asset_id).where(AssetPerson.person_id == person_id),
        select(Agreement.id).where(Agreement.person_id == person_id),
        select(Grant.id).where(Grant.subject == person_id),
        select(ConsentRecord.id).where(ConsentRecord.person_id == person_id, ConsentRecord.submission_id.is_not(None)),
    )
    return any(session.scalar(row.limit(1)) is not None for row in rows)


def _submission(session: Session, submission_id: str) -> None:
    """Remove the record of who sent, unless a file that stays, or a refusal, names it."""
    named = select(Submission.id).where(
        Submission.id == submission_id,
        or_(
            select(Asset.id).where(Asset.submission_id == submission_id).exists(),
            select(Refusal.id).where(Refusal.submission_id == submission_id).exists(),
        ),
    )
    if session.scalar(named) is None:
        session.execute(delete(Submission).where(Submission.id == submission_id))
