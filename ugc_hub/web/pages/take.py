"""Taking files away: asked for its use, told its duties, and only then downloaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog, delivery, embeds, licensing, packs, renditions
from ugc_hub.catalog.sidecars import TYPES as SIDECARS
from ugc_hub.errors import Conflict, RightsDenied
from ugc_hub.licensing import StatedUse, Wish
from ugc_hub.web import uses
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint


def taken(take: Callable[[], Any], address: str, back: str, given: dict[str, str]) -> BaseResponse:
    """Go to the download, which is the same use; or tell what comes first, or why not."""
    try:
        take()
    except (Conflict, RightsDenied) as error:
        return _told(error, address, back, given)
    return redirect(_with(address, given), 303)


def _told(
    error: Conflict | RightsDenied, address: str, back: str, given: dict[str, str], *, method: str = "get"
) -> BaseResponse:
    """Tell the duties with a button that says that they were read, or the reasons with what to do next.

    Raises:
        Conflict: it is about something else.
    """
    if isinstance(error, Conflict) and error.code not in {"duties_not_acknowledged", "pre_duty_unmet"}:
        raise error
    given = {**given, "duties_ack": str(error.extra.get("duties_ack", ""))}
    shown = {"error": error, "back": back, "address": address, "given": given, "method": method}
    return make_response(render_template("pages/take.html", **shown), error.status)


def _with(address: str, given: dict[str, str]) -> str:
    return f"{address}?{urlencode(given)}" if given else address


@blueprint.post("/assets/<asset_id>/take")
def take_original(asset_id: str) -> BaseResponse:
    """Download the original, for use inside the house unless a use is stated."""
    actor = allowed("asset.original")
    stated = uses.read(request.form) if "use" in request.form else StatedUse()
    return taken(
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
    return taken(
        lambda: renditions.take(the_hub(), actor, rendition_id, stated=stated),
        url_for("api.download_rendition", rendition_id=rendition_id),
        url_for("pages.asset", asset_id=asset_id, _anchor="renditions"),
        uses.query(stated),
    )


@blueprint.post("/renditions/<rendition_id>/captions/take")
def take_sidecar(rendition_id: str) -> BaseResponse:
    """Download what is said in a version for the use that the page is about; `form` is srt or vtt."""
    actor, stated = allowed("rendition.download"), uses.current()
    asset_id = renditions.get(the_hub(), actor, rendition_id).asset_id
    form = request.form.get("form", "srt")
    sidecar = catalog.Sidecar("", form if form in SIDECARS else "srt")
    return taken(
        lambda: renditions.take_sidecar(the_hub(), actor, rendition_id, sidecar, stated=stated),
        url_for("api.download_sidecar", rendition_id=rendition_id),
        url_for("pages.asset", asset_id=asset_id, _anchor="renditions"),
        {**uses.query(stated), "form": sidecar.form},
    )


@blueprint.post("/packs/<pack_id>/take")
def take_pack(pack_id: str) -> BaseResponse:
    """Download a pack for the use for which it was made."""
    actor = allowed("rendition.download")
    return taken(
        lambda: packs.stream(the_hub(), actor, pack_id),
        url_for("api.download_pack", pack_id=pack_id),
        url_for("pages.pack", pack_id=pack_id),
        {},
    )


@blueprint.post("/assets/<asset_id>/embed")
def make_embed(asset_id: str) -> BaseResponse:
    """Make the HTML of a video for a page, for the use that the page is about, and show it this once."""
    hub, actor = the_hub(), allowed("rendition.download")
    back = url_for("pages.asset", asset_id=asset_id, _anchor="renditions")
    stated = uses.current()
    stated = stated if stated.channel is not None else replace(stated, channel="website")
    read = request.form.get("duties_ack", "")
    try:
        made = embeds.make(hub, actor, asset_id, stated=stated, acknowledged=read)
    except (Conflict, RightsDenied) as error:
        here = url_for("pages.make_embed", asset_id=asset_id)
        return _told(error, here, back, {"use": "1", **uses.fields(stated)}, method="post")
    shown = {"made": made, "back": back, "use_words": uses.in_words(stated)}
    response = make_response(render_template("pages/embed.html", **shown))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/renditions/<rendition_id>/link")
def make_link(rendition_id: str) -> BaseResponse:
    """Make a public link to a rendition for the use that the page is about, and show it this once."""
    hub, actor = the_hub(), allowed("rendition.download")
    view = renditions.get(hub, actor, rendition_id)
    back = url_for("pages.asset", asset_id=view.asset_id, _anchor="renditions")
    stated = renditions.stated_for(hub, view, uses.current())
    read = request.form.get("duties_ack", "")
    try:
        made = delivery.make_link(hub, actor, rendition_id, stated=stated, acknowledged=read)
    except (Conflict, RightsDenied) as error:
        here = url_for("pages.make_link", rendition_id=rendition_id)
        return _told(error, here, back, {"use": "1", **uses.fields(stated)}, method="post")
    until = uses.last_day(made.left.valid_until) if made.left.valid_until else ""
    shown = {"made": made, "back": back, "until": until, "use_words": uses.in_words(stated), "snippet": ""}
    if made.left.channel.partition(".")[0] == "website":
        with hub.database.read() as session:
            shown["snippet"] = licensing.snippet(hub, session, made.left.usage_id, Wish(made.url)).html
    response = make_response(render_template("pages/delivery.html", **shown))
    response.headers["Cache-Control"] = "no-store"
    return response
