"""How permission is asked for and kept over months: requests, their templates, platform codes, partnerships."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class RequestTemplate(WithId, Base):
    """One version of what is written to somebody who is asked, and of the terms they agree to; never edited."""

    __tablename__ = "request_templates"
    __table_args__ = (Index("ix_request_templates_name_locale_number", "name", "locale", "number", unique=True),)

    name: Mapped[str] = mapped_column(String(60))
    locale: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    subject: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(Text)
    terms: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class Partnership(WithId, Base):
    """What a creator and the brand do together over months."""

    __tablename__ = "partnerships"

    creator_id: Mapped[str] = mapped_column(ForeignKey("creators.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """gifting, paid, affiliate or content_campaign."""
    campaign_id: Mapped[str | None] = mapped_column(ForeignKey("campaigns.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """The last day; None: no end is known."""
    zone: Mapped[str] = mapped_column(String(60), default="UTC")
    fee_micros: Mapped[int | None] = mapped_column(BigInteger)
    product_value_micros: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="")
    affiliate_code: Mapped[str] = mapped_column(String(100), default="")
    agreement_id: Mapped[str | None] = mapped_column(ForeignKey("agreements.id"), index=True)
    """The agreement over months; None until one was signed."""
    arrival: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """`answers`: the rights facts that what arrives gets; `active`: whether it is open at once. Empty: it waits."""
    note: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    """When somebody ended it early; what was agreed for assets that came before stays."""


class RightsRequest(WithId, Base):
    """A question to a creator, a person shown or their guardian; what was asked never changes once it was sent."""

    __tablename__ = "rights_requests"
    __table_args__ = (Index("ix_rights_requests_state_expires_at", "state", "expires_at"),)

    kind: Mapped[str] = mapped_column(String(20))
    """licence, model_release or reply (an answer given on a platform)."""
    state: Mapped[str] = mapped_column(String(20))
    """draft, sent, answered, granted, declined, expired or withdrawn."""
    creator_id: Mapped[str | None] = mapped_column(ForeignKey("creators.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"), index=True)
    """Who is asked, or shown where their guardian is asked; what identifies them is sealed under their key."""
    role: Mapped[str] = mapped_column(String(20), default="creator")
    """As what they answer: creator, person or guardian."""
    locale: Mapped[str] = mapped_column(String(10), default="en")
    template_id: Mapped[str | None] = mapped_column(ForeignKey("request_templates.id"))
    subject: Mapped[str] = mapped_column(String(200), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The uses that are asked for; see `permissions.scope`."""
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The uses that were accepted: never more than what was asked."""
    words: Mapped[str] = mapped_column(Text, default="")
    reply: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """For an answer on a platform: platform, post_url, handle, keyword, replied_at."""
    confirms_id: Mapped[str | None] = mapped_column(ForeignKey("rights_requests.id"), index=True)
    """The request whose weaker answer this one is to confirm."""
    partnership_id: Mapped[str | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    version_id: Mapped[str | None] = mapped_column(ForeignKey("agreement_versions.id"), index=True)
    """What was agreed; its grants name it too."""
    delivery: Mapped[str] = mapped_column(String(10), default="")
    """How the newest link went out: `mail` (only its address ever got it) or `copied` (somebody handed it on)."""
    links: Mapped[int] = mapped_column(default=0)
    """How many links were made; only the newest works."""
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    receipt_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the token in the receipt, by which a permission is withdrawn; it does not expire."""
    sent_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class RequestAsset(Base):
    """An asset that a request is about; a request without any is about what is handed in over months."""

    __tablename__ = "request_assets"

    request_id: Mapped[str] = mapped_column(ForeignKey("rights_requests.id", ondelete="CASCADE"), primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True, index=True)


class PlatformCode(WithId, Base):
    """A creator's authorisation on a platform to run their post as an ad; the code itself is sealed."""

    __tablename__ = "platform_codes"
    __table_args__ = (Index("ix_platform_codes_remote_state_ends_at", "remote_state", "ends_at"),)

    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), index=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), index=True)
    creator_id: Mapped[str | None] = mapped_column(ForeignKey("creators.id"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    """meta, tiktok or youtube."""
    post_id: Mapped[str] = mapped_column(String(200))
    key_id: Mapped[str] = mapped_column(ForeignKey("data_keys.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    duration_days: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    remote_state: Mapped[str] = mapped_column(String(20), default="valid")
    """valid, revoked (on the platform, by its creator) or ended."""
    last_checked_at: Mapped[datetime | None]
    reminded_days: Mapped[int | None]
    """The fewest days before the end of which somebody was reminded."""
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
