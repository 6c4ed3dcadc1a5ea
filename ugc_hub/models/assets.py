"""Assets, the links between them, and what was refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId

_TRASHED = text("trashed_at IS NOT NULL")
"""Only what lies in the trash is looked up by when it went there. With an index of all assets SQLite finds by it those
that are not in the trash, which is nearly all, even where a question names fifty by their ids. PostgreSQL's is partial
too, by its migration; stated here, it would load that dialect into every process, 2 MB."""


class Asset(WithId, Base):
    """One photo or video as given; its bytes lie under `originals/<sha256>` and never change."""

    __tablename__ = "assets"
    __table_args__ = (
        Index("ix_assets_status_id", "status", "id"),
        Index("ix_assets_trashed_at", "trashed_at", sqlite_where=_TRASHED),
    )

    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    status: Mapped[str] = mapped_column(String(20))
    """`received` (bytes are safe, not yet measured) or `ready`. Refused files are not assets."""
    file_name: Mapped[str] = mapped_column(String(300))
    """As sent, cleaned for showing; never used as a path or a type."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    media_type: Mapped[str] = mapped_column(String(60))
    extension: Mapped[str] = mapped_column(String(10))
    creator_id: Mapped[str | None] = mapped_column(ForeignKey("creators.id"), index=True)
    campaign_id: Mapped[str | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"))
    job_id: Mapped[int | None]
    """The `inspect` job."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration_s: Mapped[float | None]
    pixel_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    perceptual_hash: Mapped[str | None] = mapped_column(String(16))
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """`MediaFacts` as measured."""
    previews: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """By name: storage key, media type, width, height."""
    focal_x: Mapped[float | None]
    focal_y: Mapped[float | None]
    """Set by a person, fractions 0..1; None means the measured point counts."""
    ready_at: Mapped[datetime | None]
    title: Mapped[str] = mapped_column(String(300), default="", server_default="")
    description: Mapped[str] = mapped_column(Text, default="", server_default="")
    language: Mapped[str] = mapped_column(String(2), default="", server_default="")
    """ISO 639-1 of title and description; empty: nobody said."""
    trashed_at: Mapped[datetime | None]
    """When it went into the trash, where nothing leaves the house from."""
    trashed_by: Mapped[str | None] = mapped_column(String(40))


class AssetLink(Base):
    """Two assets that show the same, found while the first of them was measured; `asset_id` is the newer one."""

    __tablename__ = "asset_links"

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """`same_pixels` or `near_duplicate`."""
    distance: Mapped[int]
    """Differing bits of the perceptual hashes."""


class HashBand(Base):
    """Sixteen bits of an asset's perceptual hash, so that near duplicates are looked up and not searched for."""

    __tablename__ = "hash_bands"

    band: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True, index=True)


class Refusal(WithId, Base):
    """What remains of a refused file: its id, hash and the reason, not its bytes."""

    __tablename__ = "refusals"

    sha256: Mapped[str] = mapped_column(String(64), index=True)
    file_name: Mapped[str] = mapped_column(String(300))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(String(60))
    message: Mapped[str] = mapped_column(Text)
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submissions.id"))
    edition: Mapped[str] = mapped_column(String(100), default="", server_default="")
    """Release and limits under which it was refused; another look under others may end differently."""
