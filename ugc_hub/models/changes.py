"""Which assets changed, so that whatever is derived from them can follow."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class AssetChange(Base):
    """That something about an asset changed. Triggers write it with the change; see `ugc_hub.catalog.feed`."""

    __tablename__ = "asset_changes"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - read by SQLAlchemy as a class attribute

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    """Never given twice, even after the newest were pruned."""
    tx: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The transaction that wrote it (PostgreSQL, 64 bits): ids are given before the commit, and commits overtake."""
    asset_id: Mapped[str] = mapped_column(String(40))
    """Maybe of one that is gone."""
    at: Mapped[int] = mapped_column(BigInteger)
    """Seconds since 1970, by the clock of the database."""
