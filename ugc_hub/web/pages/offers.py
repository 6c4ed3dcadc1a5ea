"""How a search may go on while it is typed, for the field of the library."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import request

from ugc_hub import catalog
from ugc_hub.search.language import LONGEST
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint


@blueprint.get("/search/offers")
def offers() -> dict[str, Any]:
    """Return what `GET /api/v1/suggestions` does, for somebody who is signed in."""
    actor = allowed("asset.view")
    found = catalog.complete(the_hub(), actor, request.args.get("q", "")[:LONGEST])
    return {"items": [asdict(one) for one in found]}
