"""Changes what people know better than the measurement."""

from __future__ import annotations

from dataclasses import dataclass

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.hub import Hub
from workers.media.shapes import Point

from .view import AssetView, get, load_shown


@dataclass(frozen=True)
class FocalPoint:
    """A new focal point, or None to go back to the measured one."""

    point: Point | None


def edit(hub: Hub, actor: Actor, asset_id: str, change: FocalPoint) -> AssetView:
    """Set or clear the focal point; renditions made from now on use it.

    Raises:
        Invalid: the point is not inside the picture (0..1).
        Conflict: the asset was not measured yet.
        LegalOrder: only legal and administrators may look at it.
        NotFound, Gone, Forbidden: as for `get`.
    """
    point = change.point
    if point is not None and not (0 <= point.x <= 1 and 0 <= point.y <= 1):
        raise Invalid("A focal point lies inside the picture: x and y from 0 to 1.", extra={"field": "focal_point"})
    with hub.database.write() as session:
        asset = load_shown(session, actor, asset_id)
        require(actor, "asset.edit", asset)
        if asset.status != "ready":
            raise Conflict("The asset is still being looked at. Try again in a moment.")
        asset.focal_x, asset.focal_y = (point.x, point.y) if point else (None, None)
        place = {"x": point.x, "y": point.y} if point else None
        record(session, hub.now(), "asset.focal_point", asset.id, actor=actor.user_id, point=place)
    return get(hub, actor, asset_id)
