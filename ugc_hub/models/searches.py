"""Searches that people keep, those they asked last, and what was found new."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class SavedSearch(WithId, Base):
    """A search under a name. It belongs to whoever saved it; the others of the house see it where it is shared."""

    __tablename__ = "saved_searches"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    chosen: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    """Facet -> values."""
    sort: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(64))
    """Hash of what is asked, whatever the order: searches alike are known by it."""
    shared: Mapped[bool]
    alert: Mapped[str] = mapped_column(String(10))
    """`none`, `hub` or `mail`."""
    alert_since: Mapped[datetime | None] = mapped_column(index=True)
    """Assets that came in before are not new to it; None where nobody is told."""
    looked_at: Mapped[datetime | None]


class SearchHit(Base):
    """An asset of which a saved search has told: it is not told again."""

    __tablename__ = "search_hits"

    search_id: Mapped[str] = mapped_column(ForeignKey("saved_searches.id", ondelete="CASCADE"), primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True, index=True)
    found_at: Mapped[datetime] = mapped_column(index=True)


class RecentSearch(WithId, Base):
    """One of the last searches of somebody; asked again, it is made anew, so that ids sort by when they were asked."""

    __tablename__ = "recent_searches"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    chosen: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    sort: Mapped[str] = mapped_column(String(20))
