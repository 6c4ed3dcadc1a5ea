"""Compose: choose a composition, videos in order and what is said of it; watch it being made."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog, renditions
from ugc_hub import compositions as use_cases
from ugc_hub.accounts import Actor
from ugc_hub.catalog import AssetView, Query
from ugc_hub.compositions import Kind, PieceView, Wish
from ugc_hub.errors import Gone, Invalid, NotFound
from ugc_hub.web import recent
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint

MOST_SHOWN = {"video": 36, "image": 18}
"""Videos and photos that the page offers; others are found by their names."""


@blueprint.get("/compose")
def compositions() -> str:
    """Show what there is; with one chosen, the form for it."""
    hub, actor = the_hub(), allowed("rendition.view")
    kinds = use_cases.kinds(hub, actor)
    chosen = next((one for one in kinds if one.name == request.args.get("composition") and not one.fault), None)
    return render_template(
        "pages/compose.html",
        kinds=[one for one in kinds if not one.fault],
        broken=[one for one in kinds if one.fault],
        chosen=chosen,
        videos=_videos(actor) if chosen else [],
        places=_places(chosen),
        text=_text(),
        pieces=use_cases.recent(hub, actor, limit=12),
        missing="" if use_cases.installed() else use_cases.NOT_THERE,
    )


def _text() -> str:
    return request.args.get("text", "")[:200].strip()


def _places(chosen: Kind | None) -> dict[str, int]:
    """By asset the place that the address gives it: `asset` may be named several times."""
    asked = list(dict.fromkeys(request.args.getlist("asset")))[: chosen.clips[1]] if chosen else []
    return {asset_id: number for number, asset_id in enumerate(asked, 1)}


def _videos(actor: Actor) -> list[AssetView]:
    """Those that the address names, then the newest videos and photos that fit the text."""
    hub = the_hub()
    found: dict[str, AssetView] = {}
    for asset_id in dict.fromkeys(request.args.getlist("asset")[: use_cases.MOST_LISTED]):
        try:
            asset = catalog.get(hub, actor, asset_id)
        except (NotFound, Gone):
            continue
        if asset.kind in use_cases.KINDS:
            found[asset.id] = asset
    queries = [Query(kind=kind, text=_text() or None, limit=most) for kind, most in MOST_SHOWN.items()]
    newest = [one for query in queries for one in catalog.find(hub, actor, query).items]
    return [*found.values(), *(one for one in newest if one.id not in found)]


@blueprint.post("/compose")
def make_piece() -> BaseResponse:
    """Ask for a clip and go to its page."""
    form = request.form
    values = {name.removeprefix("set-"): value for name, value in form.items() if name.startswith("set-")}
    wish = Wish(form.get("composition", ""), _in_order(), values, form.get("title", ""))
    piece = use_cases.ask(the_hub(), allowed("rendition.request"), wish)
    return redirect(url_for("pages.piece", piece_id=piece.id), 303)


def _in_order() -> Sequence[str]:
    """Return the assets by the places that were chosen for them.

    Raises:
        Invalid: two have the same place.
    """
    places = {name.removeprefix("place-"): place for name, place in request.form.items() if name.startswith("place-")}
    chosen = {asset_id: int(place) for asset_id, place in places.items() if place.isdecimal()}
    if len(set(chosen.values())) < len(chosen):
        raise Invalid("Two of them have the same place. Give each its own.", extra={"field": "asset_ids"})
    return sorted(chosen, key=lambda asset_id: chosen[asset_id])


@blueprint.get("/pieces/<piece_id>")
def piece(piece_id: str) -> str:
    """Show one clip that was asked for."""
    actor = allowed("rendition.view")
    return render_template("pages/piece.html", **_shown(actor, use_cases.get(the_hub(), actor, piece_id)))


@blueprint.get("/pieces/<piece_id>/status")
def piece_status(piece_id: str) -> str:
    """Return the changing part of its page."""
    actor = allowed("rendition.view")
    return render_template("partials/piece.html", **_shown(actor, use_cases.get(the_hub(), actor, piece_id)))


def _shown(actor: Actor, piece: PieceView) -> dict[str, object]:
    hub = the_hub()
    made: AssetView | None = None
    if piece.asset_id is not None:
        try:
            made = catalog.get(hub, actor, piece.asset_id)
        except (NotFound, Gone):
            made = None
    names = recent.asset_names(hub, actor, list(piece.parts))
    waits = made.job_id if made is not None and made.status == "received" else piece.job_id
    return {"piece": piece, "made": made, "names": names, "left": renditions.left_of(hub, [waits])}
