"""What was composed of several assets: who asked for it with what, and which assets are in it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class AssetIngredient(Base):
    """One asset that is part of another, which was composed of it; nobody's answer about rights takes it out again."""

    __tablename__ = "asset_ingredients"

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    ingredient_id: Mapped[str] = mapped_column(ForeignKey("assets.id"), index=True)


class Piece(WithId, Base):
    """One clip that a composition makes of assets; when it is made, it is an asset of its own."""

    __tablename__ = "pieces"

    composition: Mapped[str] = mapped_column(String(60))
    """Name of the composition."""
    title: Mapped[str] = mapped_column(String(200))
    parts: Mapped[list[str]] = mapped_column(JSON)
    """Ids of the assets in it, in order."""
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What was said of its parameters."""
    edits: Mapped[list[str]] = mapped_column(JSON)
    """What it does to its parts, in the words of rights."""
    requested_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    status: Mapped[str] = mapped_column(String(20))
    """`queued`, `ready` or `failed`."""
    code: Mapped[str | None] = mapped_column(String(60))
    message: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[int | None]
    asset_id: Mapped[str | None] = mapped_column(ForeignKey("assets.id"), index=True)
    """What came of it; None until then."""
