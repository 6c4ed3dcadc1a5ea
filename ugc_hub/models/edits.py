"""Edits of many assets at once, with what was there before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class Edit(WithId, Base):
    """One change that somebody made to a selection of assets in one step."""

    __tablename__ = "edits"

    user_id: Mapped[str | None] = mapped_column(String(40))
    fields: Mapped[list[str]] = mapped_column(JSON)
    """Names of what it changes; the values stand with the assets and go with them."""
    chosen: Mapped[int]
    """Assets of the selection."""
    changed: Mapped[int] = mapped_column(default=0)
    """Those of them that were not so before."""
    held: Mapped[int] = mapped_column(default=0)
    """Those that could not go into the trash."""
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(40))


class EditAsset(Base):
    """An asset is in the selection of an edit, for as long as that lasts.

    Without foreign keys: nobody else sees these rows, and looking up both for each takes as long as the rest of it.
    """

    __tablename__ = "edit_assets"

    edit_id: Mapped[str] = mapped_column(primary_key=True)
    asset_id: Mapped[str] = mapped_column(primary_key=True)


class EditValue(Base):
    """What an edit changed of one asset, and what was there before."""

    __tablename__ = "edit_values"

    edit_id: Mapped[str] = mapped_column(ForeignKey("edits.id", ondelete="CASCADE"), primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True, index=True)
    field: Mapped[str] = mapped_column(String(60), primary_key=True)
    """Name of a column, `tag:` with the id of a tag, or `field:` with the id and the kind of a field."""
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(20), default="")
    """Of the undoing: undone, or changed (somebody changed it meanwhile, and it was left as it is)."""
