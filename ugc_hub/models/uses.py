"""Decisions that were handed out, the ledger of what left the hub with them, and what has to be taken down again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class DecisionInput(Base):
    """Grants and facts as they were when decisions were made of them; the same rows are kept once."""

    __tablename__ = "decision_inputs"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Of the canonical JSON of `body`."""
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class DecisionRow(WithId, Base):
    """One decision that was handed out, with all that it takes to make it again; only an erasure edits it."""

    __tablename__ = "decisions"

    asset_id: Mapped[str] = mapped_column(String(40), index=True)
    """No foreign key: what was decided stays known when the asset is gone."""
    actor: Mapped[str | None] = mapped_column(String(60))
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    input_sha256: Mapped[str] = mapped_column(ForeignKey("decision_inputs.sha256"), index=True)
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    rule_version: Mapped[str] = mapped_column(String(20))
    vocabulary_version: Mapped[int]
    scrubbed_at: Mapped[datetime | None]
    """When an erasure took out of it how somebody is credited."""


class Usage(WithId, Base):
    """A copy that left the hub: who got which bytes for which use, and until when they may be used."""

    __tablename__ = "usages"
    __table_args__ = (Index("ix_usages_status_valid_until", "status", "valid_until"),)

    asset_id: Mapped[str] = mapped_column(String(40), index=True)
    rendition_id: Mapped[str | None] = mapped_column(String(40), index=True)
    """None: the original."""
    exit: Mapped[str] = mapped_column(String(20))
    """download, render, pack, api, link or presigned."""
    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.id"))
    channel: Mapped[str] = mapped_column(String(60))
    territories: Mapped[list[str]] = mapped_column(JSON)
    products: Mapped[list[str]] = mapped_column(JSON, default=list)
    edits: Mapped[list[str]] = mapped_column(JSON, default=list)
    grants_used: Mapped[list[str]] = mapped_column(JSON)
    valid_until: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    """Of the stored file: the rendition, or the original."""
    stamped_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    """Of the bytes as they left, with the metadata of this use: it traces a copy that is found. None: as stored."""
    stamp: Mapped[str] = mapped_column(String(20), default="")
    """How much of the metadata fitted into the file: full, short, core or none; empty: nothing was to be written."""
    credentials: Mapped[str] = mapped_column(String(40), default="")
    """signed, or why the file carries no Content Credentials; empty: none were to be written."""
    perceptual_hash: Mapped[str | None] = mapped_column(String(16))
    delivered_to: Mapped[str | None] = mapped_column(String(60))
    """User id of who took it."""
    external_ref: Mapped[str] = mapped_column(Text, default="")
    """Ad id, address of the post, or campaign where it runs."""
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the delivery link's token, where it was handed out as a link."""
    status: Mapped[str] = mapped_column(String(20), default="live")
    """live, stopped, or unknown while somebody looks at it."""
    ended_at: Mapped[datetime | None]
    """When it ended; of a live one, when it will by an announced revocation."""
    ended_why: Mapped[str] = mapped_column(String(60), default="")


class UsageBed(Base):
    """A track that is heard in a copy that left, laid there by the house: its licence ends the use as well."""

    __tablename__ = "usage_beds"

    usage_id: Mapped[str] = mapped_column(ForeignKey("usages.id", ondelete="CASCADE"), primary_key=True)
    track_id: Mapped[str] = mapped_column(ForeignKey("tracks.id"), primary_key=True, index=True)


class TakedownTask(WithId, Base):
    """Something to be taken down where a copy still runs, with who does it until when."""

    __tablename__ = "takedown_tasks"
    __table_args__ = (Index("ix_takedown_tasks_state_due_at", "state", "due_at"),)

    usage_id: Mapped[str] = mapped_column(ForeignKey("usages.id"), index=True)
    action: Mapped[str] = mapped_column(String(20), default="take_down")
    """take_down or review."""
    reason: Mapped[str] = mapped_column(String(60))
    effective_at: Mapped[datetime | None]
    """From when on the copy must not be used."""
    due_at: Mapped[datetime]
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(String(20), default="open")
    """open, escalated (overdue, and others were told), done, or moot (the copy is covered after all)."""
    escalated_at: Mapped[datetime | None]
    proof_key: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(60))


class ExpiryNotice(Base):
    """That the coming end of a grant for an asset was told at one threshold; it is told once."""

    __tablename__ = "expiry_notices"

    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), primary_key=True)
    asset_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ends_at: Mapped[datetime] = mapped_column(primary_key=True)
    """An end that is moved is told again."""
    told_at: Mapped[datetime]
