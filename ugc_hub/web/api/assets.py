"""Assets: list, look, describe, download."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from ugc_hub import accounts, catalog
from ugc_hub.accounts import Actor
from ugc_hub.catalog import AssetView, FocalPoint, Query, Search
from ugc_hub.catalog.facets import MEASURED
from ugc_hub.errors import Invalid
from ugc_hub.web import finding, uses
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.files import send, send_copy
from workers.media.shapes import Point

from .blueprint import blueprint, body, described, gives, gives_file, query, written
from .found import AssetPage, AssetQuery, SimilarPage, SimilarQuery
from .shapes import AssetChange, AssetOut, TakeQuery

PREVIEW_S = 60
"""A wall of previews is not asked for again each time somebody comes back to it; a legal order waits no longer."""


def plain(actor: Actor, asset: AssetView) -> dict[str, Any]:
    """Return an asset as plain JSON; where it was taken is told only to those who may have the original."""
    return asset.as_dict(private=accounts.may(actor, "asset.original", asset))


PLAIN = frozenset({"kind", "status", "creator", "campaign"})
"""Facets that the plain list can be filtered by, with one value each."""


@blueprint.get("/assets")
@query(AssetQuery)
@gives(AssetPage)
@described("Assets", "List assets, newest first, or search them")
def list_assets(query: AssetQuery) -> Response:
    """Return one page of the assets that the caller may see.

    With `q`, `facets`, `sort`, another facet or several values of one it is a search.
    """
    actor = allowed("asset.view")
    finding.require_values(request.args)
    chosen = finding.chosen(request.args)
    several = any(len(request.args.getlist(name)) > 1 for name in PLAIN) or chosen.keys() - PLAIN
    more = several or query.status in MEASURED
    searched = not (query.q is None and query.facets is None and query.sort is None and not more)
    if query.trash and searched:
        words = "What lies in the trash is listed, not searched. Leave out q, facets, sort and other choices; use text."
        raise Invalid(words, extra={"field": "trash"})
    if not searched:
        if query.cursor is not None and not query.cursor.startswith("ast_"):
            raise Invalid(
                "The cursor does not belong to this list; begin at the first page.", extra={"field": "cursor"}
            )
        filters = {name: getattr(query, name) for name in ("cursor", "limit", "text", "trash", *sorted(PLAIN))}
        filters["kind"] = next(iter(chosen.get("kind", ())), None)  # a photo is an image, as in a search
        page = catalog.find(the_hub(), actor, Query(**filters))
        with the_hub().database.read() as session:
            used = catalog.channels_of(the_hub(), session, actor, [asset.id for asset in page.items])
        items = [plain(actor, asset) | {"uses": used.get(asset.id, ())} for asset in page.items]
        return written(AssetPage, {"items": items, "next_cursor": page.next_cursor})
    wanted = Search(
        text=" ".join(filter(None, (query.q, finding.as_words(query.text or "")))),
        chosen=chosen,
        facets=tuple(filter(None, map(str.strip, ",".join(request.args.getlist("facets")).split(",")))),
        sort=query.sort or "relevance",
        seed=query.seed,
        limit=query.limit,
        cursor=query.cursor,
    )
    found = catalog.search(the_hub(), actor, wanted)
    items = [plain(actor, one.asset) | finding.why(one) for one in found.items]
    return written(AssetPage, {"items": items, **finding.plain_found(found)})


@blueprint.get("/assets/<asset_id>")
@gives(AssetOut)
@described("Assets", "One asset with its facts")
def see_asset(asset_id: str) -> dict[str, Any]:
    """Return what was measured of an asset, what its file claims, and links to others that show the same."""
    actor = allowed("asset.view")
    return plain(actor, catalog.get(the_hub(), actor, asset_id))


@blueprint.get("/assets/<asset_id>/similar")
@query(SimilarQuery)
@gives(SimilarPage)
@described("Assets", "More like one asset")
def see_similar(asset_id: str, query: SimilarQuery) -> dict[str, Any]:
    """Return the assets most like one: by where colours and edges lie, by colours alone, or near duplicates."""
    actor = allowed("asset.view")
    found = catalog.similar(the_hub(), actor, asset_id, query.by, limit=query.limit)
    return {"items": [{"asset": plain(actor, one.asset), "distance": one.distance, "why": one.why} for one in found]}


@blueprint.patch("/assets/<asset_id>")
@body(AssetChange)
@gives(AssetOut)
@described("Assets", "Describe an asset, tag it, fill in its fields, set its focal point")
def change_asset(asset_id: str, body: AssetChange) -> dict[str, Any]:
    """Keep what is given: words, tags, values of fields, and the point that crops are centred on."""
    hub, actor = the_hub(), allowed("asset.edit")
    if "focal_point" in body.model_fields_set:
        point = Point(body.focal_point.x, body.focal_point.y) if body.focal_point else None
        catalog.edit(hub, actor, asset_id, FocalPoint(point))
    return plain(actor, catalog.describe(hub, actor, asset_id, body.words()))


@blueprint.get("/assets/<asset_id>/original")
@query(TakeQuery)
@gives_file("Assets", "Download the original")
def download_original(asset_id: str, query: TakeQuery) -> Response:
    """Return exactly the bytes that were sent, always as a download; default use: inside the house."""
    taken = catalog.take_original(
        the_hub(),
        allowed("asset.original"),
        asset_id,
        stated=query.record(),
        door=uses.door(),
        acknowledged=query.duties_ack,
    )
    return send_copy(taken)


@blueprint.get("/assets/<asset_id>/previews/<name>")
@gives_file("Assets", "A small picture of the asset")
def see_preview(asset_id: str, name: str) -> Response:
    """Return `thumb` (at most 480 px), `preview` (at most 1280 px) or `poster` (of a video)."""
    file = catalog.preview_file(the_hub(), allowed("asset.view"), asset_id, name)
    return send(file, attachment=False, max_age_s=PREVIEW_S)
