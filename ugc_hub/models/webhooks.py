"""Addresses of others that are told what happens, and each message to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class Webhook(WithId, Base):
    """An address that is told of some kinds of events; its secret is derived from that of the hub and never kept."""

    __tablename__ = "webhooks"

    url: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(String(200), default="")
    kinds: Mapped[list[str]] = mapped_column(JSON)
    created_by: Mapped[str | None] = mapped_column(String(60))
    secret_number: Mapped[int] = mapped_column(default=1)
    """Goes up with each new secret."""
    renewed_at: Mapped[datetime | None]
    """When the secret was renewed; for a day the one before it signs as well."""
    disabled_at: Mapped[datetime | None]
    disabled_why: Mapped[str] = mapped_column(String(200), default="")
    removed_at: Mapped[datetime | None]


class WebhookMessage(WithId, Base):
    """One message to one address: sent until it is taken, or until a day is over."""

    __tablename__ = "webhook_messages"
    __table_args__ = (Index("ix_webhook_messages_webhook_id_event_id", "webhook_id", "event_id", unique=True),)

    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id"))
    event_id: Mapped[int] = mapped_column(BigInteger)
    """Number of the event in the audit; a trial has a negative one."""
    kind: Mapped[str] = mapped_column(String(60))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As it is sent, byte by byte the same at each attempt."""
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    """waiting, delivered or failed."""
    attempts: Mapped[int] = mapped_column(default=0)
    last_status: Mapped[int | None]
    """HTTP status of the last answer."""
    last_error: Mapped[str] = mapped_column(String(300), default="")
    last_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
