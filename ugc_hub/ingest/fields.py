"""What fields of a campaign say of a file that is taken in, and which of them still have to say something.

Loaded only where it is asked: jobs import the room for what it calls an original, and need nothing of the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may, require
from ugc_hub.catalog.fields import Plain, asked_for
from ugc_hub.catalog.filling import fill
from ugc_hub.creators import clean_name
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Campaign, CampaignField, FieldValue


def check(hub: Hub, actor: Actor, campaign: str | None, given: Mapping[str, Plain]) -> None:
    """Do nothing where fields of a campaign, by name or id, take these values; else raise.

    Raises:
        Forbidden: the actor may not know of fields.
        Invalid: the campaign has no such field, or the field does not take the value.
    """
    require(actor, "field.view")
    wanted = select(CampaignField).join(Campaign, Campaign.id == CampaignField.campaign_id)
    with hub.database.read() as session:
        asked_for(session.scalars(wanted.where(Campaign.name == clean_name(campaign or "-"))).all(), given)


def keep(hub: Hub, session: Session, actor: Actor, *, asset: Asset, given: Mapping[str, Plain]) -> tuple[str, ...]:
    """Keep what is said of a new asset in the caller's transaction; returns what `missing` does.

    Raises: as `check`, for what changed since.
    """
    fill(hub, session, actor, asset=asset, given=given)
    session.flush()
    return missing(session, actor, asset)


def missing(session: Session, actor: Actor, asset: Asset) -> tuple[str, ...]:
    """Return the names of the required fields that say nothing of an asset; none where the actor may not know them."""
    if asset.campaign_id is None or not may(actor, "field.view"):
        return ()
    said = select(FieldValue.field_id).where(FieldValue.asset_id == asset.id)
    wanted = select(CampaignField.name).where(CampaignField.campaign_id == asset.campaign_id, CampaignField.required)
    return tuple(session.scalars(wanted.where(CampaignField.id.not_in(said)).order_by(CampaignField.id)))
