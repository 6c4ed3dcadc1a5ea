"""What may be done with assets, worked out from grants and facts so that it can be asked of all of them at once.

Everything here is derived; `ugc-hub rights rebuild` makes it anew. docs/explanation/rights.md says how it is read.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Clearance(Base):
    """Everything that is allowed in one situation; assets in the same situation share it."""

    __tablename__ = "clearances"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the boxes and the edition."""
    edition: Mapped[int] = mapped_column(BigInteger, index=True)
    """Of the vocabulary, the rule and the hub's party that the boxes were made for; others do not count."""


class ClearanceBox(Base):
    """Uses that are allowed: those that lie within the box in every dimension. Sets are bits, instants microseconds."""

    __tablename__ = "clearance_boxes"

    clearance_id: Mapped[int] = mapped_column(ForeignKey("clearances.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    edition: Mapped[int] = mapped_column(BigInteger)
    channels: Mapped[int] = mapped_column(BigInteger)
    places_0: Mapped[int] = mapped_column(BigInteger)
    places_1: Mapped[int] = mapped_column(BigInteger)
    places_2: Mapped[int] = mapped_column(BigInteger)
    places_3: Mapped[int] = mapped_column(BigInteger)
    starts_at: Mapped[int] = mapped_column(BigInteger)
    ends_at: Mapped[int] = mapped_column(BigInteger)
    known_from: Mapped[int] = mapped_column(BigInteger)
    known_until: Mapped[int] = mapped_column(BigInteger)
    edits_least: Mapped[int] = mapped_column(BigInteger)
    edits_most: Mapped[int] = mapped_column(BigInteger)
    products_kind: Mapped[int] = mapped_column(SmallInteger)
    """0: any, or none stated. 1: those of `products`. 2: any that is stated but those of `products`."""
    products: Mapped[str] = mapped_column(Text, default="")
    subdivisions: Mapped[str] = mapped_column(Text, default="")
    """`+US-NY;` allowed, `+US-*;` all others of the country, `-US-NY;` but for this one."""


class AssetClearance(Base):
    """The situation of one asset that is open for use. An asset without a row must not be used."""

    __tablename__ = "asset_clearances"
    __table_args__ = (Index("ix_asset_clearances_clearance_id_asset_id", "clearance_id", "asset_id"),)

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    clearance_id: Mapped[int | None] = mapped_column(ForeignKey("clearances.id"))
    """None: what is allowed depends on the use in a way that no box tells, so that each use is decided singly."""


class ClearancePart(Base):
    """An ingredient of an asset, or of its ingredients: when its rights change, so do those of the asset."""

    __tablename__ = "clearance_parts"

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    part_id: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
