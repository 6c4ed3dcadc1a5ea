"""Fields that a brand defines for the assets of a campaign, and their values."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, WithId


class CampaignField(WithId, Base):
    """Something that is said of each asset of a campaign."""

    __tablename__ = "campaign_fields"
    __table_args__ = (Index("ix_campaign_fields_campaign_id_folded", "campaign_id", "folded", unique=True),)

    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    folded: Mapped[str] = mapped_column(String(200))
    """Without case, accents and kinds of blanks: what is alike so is one field."""
    kind: Mapped[str] = mapped_column(String(10))
    """`text`, `number`, `date`, `choice` or `yes_no`."""
    required: Mapped[bool] = mapped_column(default=False)
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Of a choice, in their order; empty of others."""


class FieldValue(Base):
    """What a field says of an asset; without a row it says nothing."""

    __tablename__ = "field_values"

    asset_id: Mapped[str] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    field_id: Mapped[str] = mapped_column(
        ForeignKey("campaign_fields.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    value: Mapped[str] = mapped_column(Text)
    """In one spelling: a decimal number, a day as YYYY-MM-DD, a choice as it is defined, yes or no."""
