"""Erasing assets, and handing out what is held about a creator."""

from __future__ import annotations

from typing import Any

from flask import Response

from ugc_hub import licensing
from ugc_hub.web.context import actor, allowed, the_hub

from .blueprint import blueprint, body, described
from .shapes import ReasonGiven

EXPORT = {200: {"description": "Every record", "content": {"application/json": {"schema": {"type": "object"}}}}}


@blueprint.post("/assets/<asset_id>/erasure")
@body(ReasonGiven)
@described("Rights", "Erase an asset for good", responses={204: {"description": "It is erased"}})
def erase_asset(asset_id: str, body: ReasonGiven) -> Response:
    """Remove the original, its previews and renditions and everything measured; the least that proves it stays."""
    licensing.erase_asset(the_hub(), allowed("rights.legal"), asset_id, reason=body.reason)
    return Response(status=204)


@blueprint.get("/creators/<creator_id>/export")
@described("Rights", "Everything that is held about a creator", responses=EXPORT)
def export_creator(creator_id: str) -> dict[str, Any]:
    """Return every record about one creator; creators get their own."""
    return licensing.export_creator(the_hub(), actor(), creator_id)
