"""The normalised forms of videos: what was measured of them, and files that can be made again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class AssetClip(Base):
    """The clip of one video, from which all its versions are made; the facts stay where its file was removed."""

    __tablename__ = "clips"

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]
    """`MEZZANINE_VERSION` of what made it, or is to make it."""
    status: Mapped[str] = mapped_column(String(20))
    """`queued`, `ready` or `failed`."""
    clip: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """`Clip`: size, rate, length, loudness, silences, cuts and what draws the eye."""
    storage_key: Mapped[str | None] = mapped_column(String(200), index=True)
    """Where its file lies, or lay: the file may be removed, and is made again for whoever needs it."""
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    sheet: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """`Sheet`: how the small pictures for scrubbing lie in their file."""
    sheet_key: Mapped[str | None] = mapped_column(String(200), index=True)
    job_id: Mapped[int | None]
    code: Mapped[str | None] = mapped_column(String(60))
    message: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """When versions were made of it last."""
