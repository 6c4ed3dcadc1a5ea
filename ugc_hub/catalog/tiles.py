"""The assets of a page by their ids: read in few statements, each of which is built once."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, null, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.accounts.actors import only_own
from ugc_hub.database.among import among
from ugc_hub.models import Asset, Campaign, Creator

from .find import shown_to
from .sayings import NOTHING, sayings
from .view import COLUMNS, AssetView, ordered, viewed

NAMES = (*COLUMNS, "creator", "campaign")
"""No record is made of an asset: that would cost more than the page that shows it."""


def views(session: Session, actor: Actor, ids: Collection[str]) -> dict[str, AssetView]:
    """Return those of the assets by id that the actor may see, as a list shows them; none of the trash."""
    hidden, found = ordered(session, actor, ids), sayings(session, ids)
    owner = only_own(actor, "asset.view")
    asked = {"ids": list(ids)} if owner is None else {"ids": list(ids), "owner": owner}
    views = {}
    for values in session.connection().execute(_tiles(own=owner is not None), asked).all():
        members: dict[str, Any] = {"links": (), **dict(zip(NAMES, values, strict=True))}
        asset_id = members["id"]
        views[asset_id] = viewed(members, hidden=asset_id in hidden, said=found.get(asset_id, NOTHING))
    return views


@cache
def _tiles(*, own: bool) -> Select[Any]:
    columns = [getattr(Asset, name) for name in COLUMNS]
    wanted = select(*columns, Creator.handle.label("creator"), Campaign.name.label("campaign"))
    wanted = wanted.outerjoin(Creator, Asset.creator_id == Creator.id)
    wanted = wanted.outerjoin(Campaign, Asset.campaign_id == Campaign.id)
    wanted = wanted.where(*shown_to(None))
    if own:  # written so that no database begins with everything that somebody made: a page is fifty
        wanted = wanted.where(func.coalesce(Asset.creator_id, null()) == bindparam("owner"))
    return wanted.where(among(Asset.id))
