"""Captions of videos: what is said from when to when, by language and by where it is from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class CaptionTrack(Base):
    """The captions of one video in one language, from one source; each source has a track of its own."""

    __tablename__ = "caption_tracks"

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(35), primary_key=True)
    """BCP 47; `und` where nobody knows."""
    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    """`given` as a file, `embedded` in the original, `heard` by a recogniser, or `edited` here."""
    cues: Mapped[list[list[float | str]]] = mapped_column(JSON)
    """Start and end in seconds of the clip, and the words, in the order of their beginnings."""
    words: Mapped[list[list[float | str]] | None] = mapped_column(JSON(none_as_null=True))
    """The same of each word, where a recogniser heard when it is said; what is edited does not change when that was."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts the changes, so that nobody overwrites what they have not seen."""
    counts: Mapped[bool] = mapped_column(default=False)
    """Whether it is the one that is used for its language; one of them is."""
    reader: Mapped[str] = mapped_column(String(200), default="")
    """Name, version and language of what heard it; empty otherwise."""
    changed_by: Mapped[str | None] = mapped_column(String(40))
    changed_at: Mapped[datetime]
