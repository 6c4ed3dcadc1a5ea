"""What the hub knows about itself, and the append-only list of events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class Meta(Base):
    """Single values, such as the identity that database and storage share."""

    __tablename__ = "meta"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class SentLetter(Base):
    """That a letter of a job went out, by a key that tells neither address nor content."""

    __tablename__ = "sent_letters"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(index=True)


class Event(Base):
    """Something that happened; appended in the transaction that made it true, never edited (see `ugc_hub.audit`)."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    """Its number in the order of the commits."""
    at: Mapped[datetime]
    actor: Mapped[str | None] = mapped_column(String(60))
    """User id, or None for the hub itself."""
    kind: Mapped[str] = mapped_column(String(60), index=True)
    object_id: Mapped[str] = mapped_column(String(120), index=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    prev_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """That of the event before it; two events never follow the same one."""
    hash: Mapped[str] = mapped_column(String(64))


class AuditStamp(WithId, Base):
    """That an authority outside attested an entry of the audit (RFC 3161); see `ugc_hub.audit.stamping`."""

    __tablename__ = "audit_stamps"

    sequence: Mapped[int] = mapped_column(BigInteger)
    """Number of the entry."""
    hash: Mapped[str] = mapped_column(String(64))
    stamped_at: Mapped[datetime]
    """By the clock of the authority."""
    token: Mapped[bytes] = mapped_column(LargeBinary)
    """Its answer as it came, DER."""
    url: Mapped[str] = mapped_column(Text)
