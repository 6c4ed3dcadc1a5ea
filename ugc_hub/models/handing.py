"""Handing in: what a campaign asks for, the links that let a creator answer, and how far each submission is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class Brief(Base):
    """What a campaign asks creators for."""

    __tablename__ = "briefs"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    """See `submissions.Brief`."""
    terms_id: Mapped[str | None] = mapped_column(ForeignKey("terms.id"))
    """None: the terms of the hub."""
    updated_at: Mapped[datetime]


class SubmissionLink(WithId, Base):
    """An address at which somebody without an account may hand in, and do nothing else."""

    __tablename__ = "submission_links"

    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(200), default="")
    creator_id: Mapped[str | None] = mapped_column(ForeignKey("creators.id"))
    """None: open to everybody who has the link."""
    campaign_id: Mapped[str | None] = mapped_column(ForeignKey("campaigns.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    most_files: Mapped[int]
    used_files: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class SubmissionForm(Base):
    """The answers that come with a submission, and how far it is."""

    __tablename__ = "submission_forms"

    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    link_id: Mapped[str | None] = mapped_column(ForeignKey("submission_links.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    """draft, handed_in, asked (to change something), approved or declined."""
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    """Whoever hands in; their key seals the answers."""
    terms_version_id: Mapped[str] = mapped_column(ForeignKey("terms_versions.id"))
    handle: Mapped[str] = mapped_column(String(100))
    """As given; a stranger may claim any, so it is tied to a known creator only by a manager."""
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The answers as they were last sent."""
    expires_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    """When a link that was mailed to the address was followed."""
    handed_in_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    """What a manager wrote to the creator."""


class SubmissionFile(Base):
    """A file of a submission; its asset is gone again where the file was refused."""

    __tablename__ = "submission_files"

    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    asset_id: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
    file_name: Mapped[str] = mapped_column(String(300))
    added_at: Mapped[datetime]
    failures: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Where the file differs from the brief, as told when it was handed in."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it is handed in all the same."""
