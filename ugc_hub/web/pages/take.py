"""Taking files away: asked for its use, told its duties, and only then downloaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog, packs, renditions
from ugc_hub.errors import Conflict, RightsDenied
from ugc_hub.licensing import StatedUse
from ugc_hub.web import uses
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint


def _taken(take: Callable[[], Any], address: str, back: str, given: dict[str, str]) -> BaseResponse:
    """Go to the download, which is the same use; or tell what comes first, or why not."""
    try:
        take()
    except Conflict as error:
        if error.code not in {"duties_not_acknowledged", "pre_duty_unmet"}:
            raise
        given = {**given, "duties_ack": str(error.extra.get("duties_ack", ""))}
        shown = render_template("pages/take.html", error=error, back=back, address=address, given=given)
        return make_response(shown, error.status)
    except RightsDenied as error:
        return make_response(
            render_template("pages/take.html", error=error, back=back, address=address, given=given), error.status
        )
    return redirect(_with(address, given), 303)


def _with(address: str, given: dict[str, str]) -> str:
    return f"{address}?{urlencode(given)}" if given else address


@blueprint.post("/assets/<asset_id>/take")
def take_original(asset_id: str) -> BaseResponse:
    """Download the original, for use inside the house unless a use is stated."""
    actor = allowed("asset.original")
    stated = uses.read(request.form) if "use" in request.form else StatedUse()
    return _taken(
        lambda: catalog.take_original(the_hub(), actor, asset_id, stated=stated),
        url_for("api.download_original", asset_id=asset_id),
        url_for("pages.asset", asset_id=asset_id),
        uses.query(stated),
    )


@blueprint.post("/renditions/<rendition_id>/take")
def take_rendition(rendition_id: str) -> BaseResponse:
    """Download a rendition for the use that the page is about."""
    actor, stated = allowed("rendition.download"), uses.current()
    asset_id = renditions.get(the_hub(), actor, rendition_id).asset_id
    return _taken(
        lambda: renditions.take(the_hub(), actor, rendition_id, stated=stated),
        url_for("api.download_rendition", rendition_id=rendition_id),
        url_for("pages.asset", asset_id=asset_id, _anchor="renditions"),
        uses.query(stated),
    )


@blueprint.post("/packs/<pack_id>/take")
def take_pack(pack_id: str) -> BaseResponse:
    """Download a pack for the use for which it was made."""
    actor = allowed("rendition.download")
    return _taken(
        lambda: packs.stream(the_hub(), actor, pack_id),
        url_for("api.download_pack", pack_id=pack_id),
        url_for("pages.pack", pack_id=pack_id),
        {},
    )
