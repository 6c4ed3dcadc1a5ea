"""Words that people give to assets, and other words for the same."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class Tag(WithId, Base):
    """A word for assets, as it was first written."""

    __tablename__ = "tags"

    name: Mapped[str] = mapped_column(String(100))
    folded: Mapped[str] = mapped_column(String(200), unique=True)
    """Without case, accents and kinds of blanks: what is alike so is one tag."""


class TagSynonym(Base):
    """Another word for a tag; whoever types it gets the tag."""

    __tablename__ = "tag_synonyms"

    folded: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    tag_id: Mapped[str] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), index=True)


class AssetTag(Base):
    """An asset has a tag."""

    __tablename__ = "asset_tags"

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[str] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True)
