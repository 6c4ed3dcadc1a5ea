"""Everything that the hub holds about a creator, as plain JSON (GDPR Art. 15 and 20)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import (
    Agreement,
    AgreementVersion,
    Asset,
    AssetRights,
    AssetTag,
    Base,
    CampaignField,
    ConsentEvent,
    ConsentRecord,
    Creator,
    DataKey,
    DutyFulfilment,
    Evidence,
    FieldValue,
    Grant,
    GrantAsset,
    Partnership,
    Person,
    PersonAccount,
    PlatformCode,
    RecentSearch,
    RequestAsset,
    Revocation,
    RightsRequest,
    SavedSearch,
    Submission,
    SubmissionFile,
    SubmissionForm,
    Tag,
    Usage,
    User,
)

from .persons import read_person
from .scrubbing import persons_of
from .sealing import unseal

_INSIDE = {"password_hash", "token_sha256", "receipt_sha256", "sealed", "key_id", "job_id", "storage_key", "proof_key"}
"""Columns that are about the hub's own workings, or secrets."""


def export_creator(hub: Hub, actor: Actor, creator_id: str) -> dict[str, Any]:
    """Return all records about one creator; a creator may have their own, legal and administrators everybody's.

    Raises:
        Forbidden, NotFound: it is not theirs, or there is no such creator.
    """
    own = actor.role == "creator" and actor.creator_id == creator_id
    if not own:
        require(actor, "rights.legal")
    with hub.database.write() as session:
        creator = session.get(Creator, creator_id)
        if creator is None:
            raise NotFound("There is no such creator.")
        found = _records(hub, session, creator)
        record(session, hub.now(), "creator.exported", creator_id, actor=actor.user_id, own=own)
    return {"format": "ugc-hub-export-1", "made_at": hub.now().isoformat(), **found}


def _records(hub: Hub, session: Session, creator: Creator) -> dict[str, Any]:
    assets = session.scalars(select(Asset).where(Asset.creator_id == creator.id).order_by(Asset.id)).all()
    ids = [asset.id for asset in assets]
    persons = persons_of(session, creator.id)
    theirs = (Agreement.creator_id == creator.id) | Agreement.person_id.in_(persons)
    agreements = session.scalars(select(Agreement).where(theirs).order_by(Agreement.id)).all()
    versions = session.scalars(
        select(AgreementVersion).where(AgreementVersion.agreement_id.in_([one.id for one in agreements]))
    ).all()
    named = select(GrantAsset.grant_id).where(GrantAsset.asset_id.in_(ids))
    grants = session.scalars(
        select(Grant).where(Grant.id.in_(named) | Grant.version_id.in_([one.id for one in versions])).order_by(Grant.id)
    ).all()
    rows: dict[str, Sequence[Base]] = {
        "users": list(session.scalars(select(User).where(User.creator_id == creator.id))),
        **_searches(session, creator.id),
        "submissions": list(session.scalars(select(Submission).where(Submission.creator_id == creator.id))),
        "assets": list(assets),
        "asset_rights": list(session.scalars(select(AssetRights).where(AssetRights.asset_id.in_(ids)))),
        "agreements": list(agreements),
        "agreement_versions": list(versions),
        "grants": list(grants),
        "revocations": list(
            session.scalars(select(Revocation).where(Revocation.grant_id.in_([one.id for one in grants])))
        ),
        "usages": list(session.scalars(select(Usage).where(Usage.asset_id.in_(ids)).order_by(Usage.id))),
        **_asked(session, creator.id),
        "evidence": session.scalars(
            select(Evidence).where(Evidence.grant_id.in_([one.id for one in grants])).order_by(Evidence.id)
        ).all(),
        "duty_fulfilments": session.scalars(
            select(DutyFulfilment).where(DutyFulfilment.grant_id.in_([one.id for one in grants]))
        ).all(),
    }
    known = [{"id": one, **_person(hub, session, one)} for one in persons]
    consents = session.scalars(select(ConsentRecord).where(ConsentRecord.person_id.in_(persons))).all()
    accounts = select(PersonAccount).where(PersonAccount.person_id.in_(persons))
    events = select(ConsentEvent).where(ConsentEvent.record_id.in_([one.id for one in consents]))
    return {
        "creator": _plain(creator),
        "persons": known,
        **{name: [_plain(row) for row in found] for name, found in rows.items()},
        **_said_of(session, ids),
        **_handed_in(hub, session, creator.id, persons),
        "consent_records": [
            {**_plain(row), "said": _said(hub, session, row.person_id, row.sealed)} for row in consents
        ],
        "person_accounts": [_plain(row) for row in session.scalars(accounts.order_by(PersonAccount.id))],
        "consent_events": [_plain(row) for row in session.scalars(events.order_by(ConsentEvent.id))],
    }


def _said_of(session: Session, asset_ids: Sequence[str]) -> dict[str, Any]:
    """What others said of their assets besides the words in the record: tags, and fields of campaigns."""
    tags = select(AssetTag.asset_id, Tag.name).join(Tag, Tag.id == AssetTag.tag_id)
    tags = tags.where(AssetTag.asset_id.in_(asset_ids)).order_by(AssetTag.asset_id, Tag.name)
    values = select(FieldValue.asset_id, CampaignField.name, FieldValue.value)
    values = values.join(CampaignField, CampaignField.id == FieldValue.field_id)
    values = values.where(FieldValue.asset_id.in_(asset_ids)).order_by(FieldValue.asset_id, CampaignField.id)
    return {
        "asset_tags": [{"asset_id": asset, "tag": name} for asset, name in session.execute(tags)],
        "field_values": [
            {"asset_id": asset, "field": name, "value": value} for asset, name, value in session.execute(values)
        ],
    }


def _searches(session: Session, creator_id: str) -> dict[str, Sequence[Base]]:
    """What the creator searched for in the hub."""
    users = select(User.id).where(User.creator_id == creator_id)
    return {
        "saved_searches": session.scalars(select(SavedSearch).where(SavedSearch.user_id.in_(users))).all(),
        "recent_searches": session.scalars(select(RecentSearch).where(RecentSearch.user_id.in_(users))).all(),
    }


def _asked(session: Session, creator_id: str) -> dict[str, Sequence[Base]]:
    """What the creator was asked, what was agreed over months, and which codes they gave; never the codes."""
    requests = session.scalars(
        select(RightsRequest).where(RightsRequest.creator_id == creator_id).order_by(RightsRequest.id)
    ).all()
    about = select(RequestAsset).where(RequestAsset.request_id.in_([one.id for one in requests]))
    partnerships = select(Partnership).where(Partnership.creator_id == creator_id).order_by(Partnership.id)
    codes = select(PlatformCode).where(PlatformCode.creator_id == creator_id).order_by(PlatformCode.id)
    return {
        "rights_requests": requests,
        "request_assets": session.scalars(about).all(),
        "partnerships": session.scalars(partnerships).all(),
        "platform_codes": session.scalars(codes).all(),
    }


def _handed_in(hub: Hub, session: Session, creator_id: str, persons: Sequence[str]) -> dict[str, Any]:
    """What they answered when they handed in, opened for them, and which files came with it."""
    mine = select(Submission.id).where(Submission.creator_id == creator_id)
    wanted = select(SubmissionForm).where(
        SubmissionForm.submission_id.in_(mine) | SubmissionForm.person_id.in_(persons)
    )
    forms = session.scalars(wanted.order_by(SubmissionForm.submission_id)).all()
    files = select(SubmissionFile).where(SubmissionFile.submission_id.in_([one.submission_id for one in forms]))
    return {
        "submission_forms": [
            {**_plain(row), "answers": _said(hub, session, row.person_id, row.sealed)} for row in forms
        ],
        "submission_files": [_plain(row) for row in session.scalars(files.order_by(SubmissionFile.asset_id))],
    }


def _said(hub: Hub, session: Session, person_id: str, sealed: bytes | None) -> dict[str, Any] | None:
    """Open what was sealed under the key of a person; None where there is nothing, or they were erased."""
    person = session.get(Person, person_id)
    return unseal(hub, session.get_one(DataKey, person.key_id), sealed) if person and sealed else None


def _person(hub: Hub, session: Session, person_id: str) -> dict[str, Any]:
    data = read_person(hub, session, person_id)
    return {"erased": True} if data is None else {name: _value(value) for name, value in data.__dict__.items()}


def _plain(row: Base) -> dict[str, Any]:
    columns = (column.key for column in row.__mapper__.column_attrs if column.key not in _INSIDE)
    return {name: _value(getattr(row, name)) for name in columns}


def _value(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
