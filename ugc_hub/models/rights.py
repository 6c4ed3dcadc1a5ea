"""Agreements, grants with what ended or proves them, and what is known of an asset that bears on rights."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class Agreement(WithId, Base):
    """What was agreed with a creator, a person, an owner or a platform; its wording lies in the versions."""

    __tablename__ = "agreements"

    kind: Mapped[str] = mapped_column(String(40))
    """licence, model_release, property_release, music_licence, platform_authorisation, rights_request, terms or
    policy."""
    title: Mapped[str] = mapped_column(String(300), default="")
    creator_id: Mapped[str | None] = mapped_column(ForeignKey("creators.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"), index=True)
    licensor: Mapped[str] = mapped_column(String(300), default="")
    """Who gives the right, where it is neither a creator nor a person of the hub."""
    zone: Mapped[str | None] = mapped_column(String(60))
    """IANA time zone in which its dates are meant."""
    revocable: Mapped[str] = mapped_column(String(20), default="no")
    """no, with_notice or any_time."""
    notice_days: Mapped[int] = mapped_column(default=0)
    covers: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """For an agreement over months: `creator_id`, and where limited `campaign_id`, `from`, `to`; its grants then reach
    each asset that is handed in so. None: only the assets that its grants name."""


class AgreementVersion(WithId, Base):
    """One wording of an agreement, as it was shown or signed; never edited."""

    __tablename__ = "agreement_versions"
    __table_args__ = (Index("ix_agreement_versions_agreement_id_number", "agreement_id", "number", unique=True),)

    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    number: Mapped[int] = mapped_column(Integer)
    locale: Mapped[str] = mapped_column(String(20), default="en")
    text_sha256: Mapped[str | None] = mapped_column(String(64))
    text_key: Mapped[str | None] = mapped_column(String(200))
    """Where the text lies in the storage; the same text is kept once."""
    signed_at: Mapped[datetime | None]
    signed_by_role: Mapped[str | None] = mapped_column(String(20))
    """creator, person, guardian, owner, agent or brand."""


class Grant(WithId, Base):
    """One permission or prohibition. What was agreed never changes; its state, dates and counters do."""

    __tablename__ = "grants"
    __table_args__ = (Index("ix_grants_reach_state", "reach", "state"), Index("ix_grants_ends_at", "ends_at"))

    version_id: Mapped[str | None] = mapped_column(ForeignKey("agreement_versions.id"), index=True)
    effect: Mapped[str] = mapped_column(String(10))
    layer: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str | None] = mapped_column(String(60), index=True)
    """Id of the person, property or track that it is about."""
    reach: Mapped[str] = mapped_column(String(10), default="assets")
    """`assets`: those of `grant_assets`. `all`: every asset (a prohibition with a subject: those that show it)."""
    state: Mapped[str] = mapped_column(String(20))
    """draft, pending, active, rejected or suspended; expired, revoked and superseded are computed."""
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What was agreed, as `rights.write_grant` writes it, without what the columns and tables beside it say; with
    `window`, the term in the contract's words."""
    content_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the canonical JSON (RFC 8785) of `body`, as it was agreed."""
    scrubbed_at: Mapped[datetime | None]
    """When words that name somebody who was erased went out of `body`; its hash stays that of all of them."""
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    perpetual: Mapped[bool] = mapped_column(default=False)
    evidence_ok: Mapped[bool] = mapped_column(default=False)
    """The stored evidence was there and matched its hash when it was last looked at."""
    revoked: Mapped[bool] = mapped_column(default=False)
    """There are revocations of it; whether they are in effect is computed."""
    counters: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """What has been used up of its caps; a cap without a counter is not known."""
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(Text, default="")


class GrantAsset(Base):
    """An asset that a grant names, or that came under it by an agreement over months."""

    __tablename__ = "grant_assets"

    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True, index=True)


class GrantSupersession(Base):
    """A grant that takes the place of an older one, wherever it is active."""

    __tablename__ = "grant_supersessions"

    newer_id: Mapped[str] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), primary_key=True)
    older_id: Mapped[str] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), primary_key=True, index=True)


class GrantMilestone(Base):
    """Something that happened and on which the term of a grant depends; see `rights.Window`."""

    __tablename__ = "grant_milestones"

    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    """delivered, first_published or cap_reached; the signature is part of what was agreed."""
    at: Mapped[datetime]


class GrantTotal(WithId, Base):
    """What one source has counted of a grant's caps up to a day, since the beginning."""

    __tablename__ = "grant_totals"
    __table_args__ = (Index("ix_grant_totals_grant_id_source_day", "grant_id", "source", "day", unique=True),)

    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(100))
    """A platform or a report, as whoever stated it calls it."""
    day: Mapped[date]
    at: Mapped[datetime]
    """The instant up to which it counts: the end of the day, or when it was stated where the day was not over."""
    impressions: Mapped[int | None] = mapped_column(BigInteger)
    spend_micros: Mapped[int | None] = mapped_column(BigInteger)
    by: Mapped[str | None] = mapped_column(String(60))


class Revocation(WithId, Base):
    """The end of a grant by somebody's word; appended, never edited but for a note that names who is erased."""

    __tablename__ = "revocations"

    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), index=True)
    requested_at: Mapped[datetime]
    effective_at: Mapped[datetime | None]
    """None: nothing ends, the asset is on hold instead."""
    basis: Mapped[str] = mapped_column(String(40))
    """contract_notice, gdpr_withdrawal, platform_revoked, legal_claim, erasure_request or evidence_source_gone."""
    channels: Mapped[list[str] | None] = mapped_column(JSON)
    territories: Mapped[list[str] | None] = mapped_column(JSON)
    requested_by: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text, default="")
    scrubbed_at: Mapped[datetime | None]
    """When a note that names somebody who was erased went."""


class DutyFulfilment(WithId, Base):
    """A duty of a grant that was done: an approval given, a fee paid."""

    __tablename__ = "duty_fulfilments"

    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), index=True)
    duty: Mapped[str] = mapped_column(String(40))
    by: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text, default="")
    proof_key: Mapped[str | None] = mapped_column(String(200))


class Evidence(WithId, Base):
    """What proves a grant; the bytes lie in the storage under their hash."""

    __tablename__ = "evidence"

    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    """permalink_snapshot, dm_export, clickwrap, esign_pdf, audit_certificate, platform_code, screenshot or note."""
    storage_key: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    source_url: Mapped[str] = mapped_column(Text, default="")
    captured_by: Mapped[str | None] = mapped_column(String(60))
    checked_at: Mapped[datetime | None]
    """When the bytes were last compared with the hash."""


class AssetRights(Base):
    """The rights facts of one asset; whatever nobody has answered counts against its use."""

    __tablename__ = "asset_rights"

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    status: Mapped[str] = mapped_column(String(20), default="pending_review")
    """pending_review, active, hold, taken_down or erased."""
    status_note: Mapped[str] = mapped_column(Text, default="")
    legal_order: Mapped[bool] = mapped_column(default=False)
    """The hold or takedown follows a legal order; delivery then answers 451."""
    legal_hold: Mapped[bool] = mapped_column(default=False)
    """Legal closed it, or it was closed for a claim: only legal opens it again."""
    digital_source_type: Mapped[str | None] = mapped_column(String(60))
    """IPTC NewsCode; None: nobody has said whether AI made it."""
    has_audio: Mapped[bool | None]
    """As measured; None until then."""
    is_testimonial: Mapped[bool | None]
    compensation: Mapped[str] = mapped_column(String(20), default="unknown")
    people_state: Mapped[str] = mapped_column(String(10), default="unknown")
    """none, listed (see `asset_people`) or unknown."""
    property_state: Mapped[str] = mapped_column(String(10), default="unknown")
    properties: Mapped[list[str]] = mapped_column(JSON, default=list)
    music: Mapped[str] = mapped_column(String(10), default="unknown")
    """none, original, present or unknown."""
    tracks: Mapped[list[str]] = mapped_column(JSON, default=list)
    ingredients: Mapped[list[str]] = mapped_column(JSON, default=list)
    edits: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """What was done to the ingredients when the asset was composed of them."""
    copyright_notice: Mapped[str] = mapped_column(String(300), default="")
    data_mining: Mapped[str | None] = mapped_column(String(60))
    updated_at: Mapped[datetime]
