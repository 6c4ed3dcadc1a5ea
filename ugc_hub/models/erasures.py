"""Claims of people who want something taken down, and what remains of what was erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class Claim(WithId, Base):
    """Somebody says that an asset must not be shown; who they are and what they wrote is sealed."""

    __tablename__ = "claims"
    __table_args__ = (Index("ix_claims_state_id", "state", "id"),)

    ground: Mapped[str] = mapped_column(String(40))
    key_id: Mapped[str] = mapped_column(ForeignKey("data_keys.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """Name, e-mail, statement, and where they saw it, sealed as JSON."""
    asset_id: Mapped[str | None] = mapped_column(String(40), index=True)
    """Told by the address they gave, or found by whoever decides."""
    usage_id: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default="open")
    """open, held, legal_order, erased or dismissed."""
    decided_by: Mapped[str | None] = mapped_column(String(60))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    escalated_at: Mapped[datetime | None]
    """When it was overdue and legal was told again."""
    answers: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What they were answered by mail, sealed as JSON under the same key."""


class Erasure(WithId, Base):
    """Proof that something was erased: what, when, why and by whom; nothing of the thing itself."""

    __tablename__ = "erasures"

    kind: Mapped[str] = mapped_column(String(20))
    """asset, person or creator."""
    object_id: Mapped[str] = mapped_column(String(40), index=True)
    by: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How much went: numbers only."""
    keep_until: Mapped[datetime | None]
    """When the proof goes as well, because nobody can ask for it any more; the audit goes on telling of it."""
