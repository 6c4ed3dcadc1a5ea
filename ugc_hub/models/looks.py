"""How assets look, in numbers that can be compared."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class AssetLook(Base):
    """The vector and the colours of one measured asset; an asset without a row is not known to be like any other."""

    __tablename__ = "asset_looks"
    __table_args__ = (Index("ix_asset_looks_embedder_number", "embedder", "number"),)

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int]
    """Grows with every change, in the order of commits: looks are written one transaction after the other."""
    embedder: Mapped[str] = mapped_column(String(80))
    """Name and version of what made the vector: `layout/1`."""
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """Signed bytes; empty where the picture gave none."""
    palette: Mapped[bytes] = mapped_column(LargeBinary)
    """Red, green, blue of up to five colours, the most covering first."""
