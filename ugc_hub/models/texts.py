"""What is written or spoken in an asset."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class AssetText(Base):
    """The words in one asset: `ocr`, those that can be seen, or `transcript`, those that can be heard."""

    __tablename__ = "asset_texts"

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    """Empty where somebody looked and found none."""
    language: Mapped[str] = mapped_column(String(10), default="")
    """ISO 639-1, where it is known."""
    confidence: Mapped[float | None]
    """How sure the reader is of the words that were kept, in the mean: 0..1."""
    reader: Mapped[str] = mapped_column(String(200), default="")
    """Name, version and languages of what read it: `tesseract/1 de+en`; empty by hand."""
    by_hand: Mapped[bool] = mapped_column(default=False)
    """Written by a person; no reader changes it."""
    changed_at: Mapped[datetime]
