"""What is like one asset, by its look, its colours or its pixels."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from ugc_hub import catalog
from ugc_hub.catalog import BY
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint
from .library import badges_of

SHOWN = 24
WAYS = {"look": "Look", "colour": "Colours", "duplicate": "Same picture"}


@blueprint.get("/assets/<asset_id>/similar")
def similar(asset_id: str) -> Response:
    """Show what is most like an asset, nearest first."""
    hub, actor = the_hub(), allowed("asset.view")
    by = request.args.get("by", "")
    by = by if by in BY else "look"
    asset = catalog.get(hub, actor, asset_id)
    found = catalog.similar(hub, actor, asset_id, by, limit=SHOWN)
    badges = badges_of(actor, [one.asset.id for one in found])
    return make_response(
        render_template("pages/similar.html", asset=asset, found=found, by=by, ways=WAYS, badges=badges)
    )
