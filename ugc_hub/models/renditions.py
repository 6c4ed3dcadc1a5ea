"""Renditions, custom presets and packs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class Rendition(WithId, Base):
    """The file that one plan makes of one asset; the same plan is never made twice."""

    __tablename__ = "renditions"
    __table_args__ = (UniqueConstraint("asset_id", "plan_digest"),)

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), index=True)
    plan_digest: Mapped[str] = mapped_column(String(64))
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    """`ImagePlan`, `VideoPlan` or `AnimationPlan`, with its imprint; nothing else decides the bytes."""
    status: Mapped[str] = mapped_column(String(20))
    """`queued`, `ready` or `failed`."""
    code: Mapped[str | None] = mapped_column(String(60))
    message: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[int | None] = mapped_column(index=True)
    storage_key: Mapped[str | None] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(60))
    width: Mapped[int]
    height: Mapped[int]
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    quality: Mapped[int | None]
    ready_at: Mapped[datetime | None]
    measured: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What was read again of a finished video, its loudness among it; nothing of a picture."""


class RenditionUse(Base):
    """Which presets asked for a rendition: many presets can share one file."""

    __tablename__ = "rendition_uses"

    rendition_id: Mapped[str] = mapped_column(ForeignKey("renditions.id", ondelete="CASCADE"), primary_key=True)
    preset_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What framing warned of."""
    requested_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    requested_at: Mapped[datetime]


class CustomPreset(Base):
    """One version of a custom preset; the newest counts, older ones stay as history."""

    __tablename__ = "custom_presets"
    __table_args__ = (Index("ix_custom_presets_id_version", "id", "version"),)

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """None: the preset was withdrawn in this version."""
    created_at: Mapped[datetime]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class BrandKit(Base):
    """One version of a brand's kit; the newest counts, older ones stay as history."""

    __tablename__ = "brand_kits"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """`framing.kits.Kit`; None: the kit was withdrawn in this version."""
    created_at: Mapped[datetime]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class Pack(WithId, Base):
    """A set of renditions for one purpose, handed out as one zip with a manifest."""

    __tablename__ = "packs"

    name: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Asset, preset, rendition and outcome of each; a refused combination stays in the list with its reasons."""
