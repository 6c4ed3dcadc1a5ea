"""Collections: assets that people put together, and queries that do it by themselves."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class Collection(WithId, Base):
    """Assets under one name: put in by hand and in an order, or found by a query whenever somebody looks."""

    __tablename__ = "collections"

    user_id: Mapped[str | None] = mapped_column(String(40))
    """Who made it."""
    name: Mapped[str] = mapped_column(String(100))
    folded: Mapped[str] = mapped_column(String(200), unique=True)
    """The name without case, accents and kinds of blanks: what is alike so is one collection."""
    description: Mapped[str] = mapped_column(Text, default="")
    live: Mapped[bool] = mapped_column(default=False)
    query: Mapped[str] = mapped_column(Text, default="")
    chosen: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    """Facet -> values, any of which an asset has."""
    sort: Mapped[str] = mapped_column(String(20), default="")
    """Order of a live one; empty: the usual one of the search."""
    cover_id: Mapped[str | None] = mapped_column(ForeignKey("assets.id", ondelete="SET NULL"), index=True)
    """The asset that stands for a manual one; without it, the first."""


class CollectionItem(Base):
    """An asset is in a manual collection."""

    __tablename__ = "collection_items"
    __table_args__ = (Index("ix_collection_items_collection_id_position", "collection_id", "position"),)

    collection_id: Mapped[str] = mapped_column(ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(BigInteger)
    """Its place among the others; there are gaps, so that moving one leaves the others alone."""
