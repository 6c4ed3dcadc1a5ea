"""What is being made of an asset is stopped, and what failed is tried again."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import renditions
from ugc_hub.accounts import Actor
from ugc_hub.web.context import allowed, the_hub

from .asset import shown_renditions
from .blueprint import blueprint


@blueprint.post("/assets/<asset_id>/renditions/stop")
def stop_renditions(asset_id: str) -> str | BaseResponse:
    """Cancel what is being made; what is finished stays."""
    actor = allowed("rendition.request")
    renditions.stop(the_hub(), actor, asset_id)
    return _list(actor, asset_id)


@blueprint.post("/renditions/<rendition_id>/again")
def render_again(rendition_id: str) -> str | BaseResponse:
    """Queue a rendition again that failed or was cancelled."""
    actor = allowed("rendition.request")
    return _list(actor, renditions.again(the_hub(), actor, rendition_id))


def _list(actor: Actor, asset_id: str) -> str | BaseResponse:
    if request.headers.get("HX-Request") == "true":
        return shown_renditions(actor, asset_id, [])
    return redirect(url_for("pages.asset", asset_id=asset_id, _anchor="renditions"), 303)
