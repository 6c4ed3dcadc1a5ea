"""Terms that creators are shown, and the records of who consented to what (in the shape of ISO/IEC TS 27560)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class Terms(WithId, Base):
    """A document that is offered for acceptance; its wordings lie in the versions."""

    __tablename__ = "terms"

    kind: Mapped[str] = mapped_column(String(40))
    """`submission`: what a creator accepts when handing in."""
    locale: Mapped[str] = mapped_column(String(20), default="en")
    retired_at: Mapped[datetime | None]


class TermsVersion(WithId, Base):
    """One wording and what accepting it permits; never edited."""

    __tablename__ = "terms_versions"
    __table_args__ = (Index("ix_terms_versions_terms_id_number", "terms_id", "number", unique=True),)

    terms_id: Mapped[str] = mapped_column(ForeignKey("terms.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    locale: Mapped[str] = mapped_column(String(20), default="en", server_default="en")
    """The language of the text, in which mails about it are written too."""
    text_sha256: Mapped[str] = mapped_column(String(64))
    """Of the text under `texts/` in the storage."""
    scope: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What is permitted by accepting; see `licensing.documents.Scope`."""
    binding_sha256: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the canonical JSON (RFC 8785) of scope and text hash: neither can be exchanged without the other."""
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class ConsentRecord(WithId, Base):
    """What one person agreed to, or was asked to agree to; how it stands follows from its events."""

    __tablename__ = "consent_records"

    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submissions.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), index=True)
    """Whose data and rights it is about."""
    role: Mapped[str] = mapped_column(String(20))
    """Who speaks: `creator` for themselves, or `guardian` for a minor."""
    terms_version_id: Mapped[str] = mapped_column(ForeignKey("terms_versions.id"))
    agreement_version_id: Mapped[str | None] = mapped_column(ForeignKey("agreement_versions.id"))
    grants: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Ids of the grants that rest on it, later versions of them included."""
    layers: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What it is asked for: `copyright`, `likeness`."""
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Members of ISO/IEC TS 27560 that say nothing of the person."""
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Typed name, address and browser, under the person's key."""


class ConsentEvent(WithId, Base):
    """Something that happened to a consent; appended, never edited."""

    __tablename__ = "consent_events"

    record_id: Mapped[str] = mapped_column(ForeignKey("consent_records.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """notice_shown, given, refused, withdrawn, expired or reconfirmed."""
    terms_version_id: Mapped[str] = mapped_column(ForeignKey("terms_versions.id"))
    language: Mapped[str] = mapped_column(String(20))
    purposes: Mapped[list[str]] = mapped_column(JSON, default=list)
    method: Mapped[str] = mapped_column(String(40))
    entity: Mapped[str] = mapped_column(String(60))
    """Who did it: `creator`, `guardian`, a user id or `hub`."""
