"""The library: everything, newest first, in a wall that loads as it is scrolled."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from ugc_hub import catalog, creators
from ugc_hub.accounts import Actor, may
from ugc_hub.catalog import Page, Query
from ugc_hub.errors import Gone, NotFound
from ugc_hub.licensing.overview import Badge, badges
from ugc_hub.web import uses
from ugc_hub.web.choices import kits, picture_groups
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint

PAGE_SIZE = 48
FILTERS = ("kind", "creator", "campaign", "text")


def _query() -> tuple[Query, dict[str, Any]]:
    given: dict[str, Any] = {
        name: request.args[name].strip()[:400] for name in FILTERS if request.args.get(name, "").strip()
    }
    cursor = request.args.get("cursor") or None
    return Query(cursor=cursor, limit=PAGE_SIZE, **given), given


def _links(page: Page, given: dict[str, Any]) -> dict[str, Any]:
    following = {**given, "cursor": page.next_cursor}
    return {
        "more": url_for("pages.tiles", **following),
        "more_page": url_for("pages.library", **following),
        "newest": url_for("pages.library", **given),
    }


def _badges(actor: Actor, asset_ids: list[str]) -> dict[str, Badge]:
    """The state of rights of each tile, all in one go."""
    hub = the_hub()
    if not asset_ids or not may(actor, "rights.view"):
        return {}
    with hub.database.read() as session:
        return badges(hub, session, asset_ids)


@blueprint.get("/")
def library() -> str:
    """Show the first page of the wall with its filters."""
    hub, actor = the_hub(), allowed("asset.view")
    query, given = _query()
    page = catalog.find(hub, actor, query)
    everybody = may(actor, "pack.make")
    return render_template(
        "pages/library.html",
        page=page,
        query=query,
        filtered=bool(given),
        total=catalog.count(hub, actor, query) if may(actor, "asset.edit") else 0,
        given=given,
        badges=_badges(actor, [asset.id for asset in page.items]),
        creators=creators.list_creators(hub) if everybody else [],
        campaigns=creators.list_campaigns(hub) if everybody else [],
        kits=kits(hub) if everybody else [],
        groups=picture_groups(hub) if everybody else [],
        **uses.shown(uses.asked()[0]),
        **_links(page, given),
    )


@blueprint.get("/library/tiles")
def tiles() -> str:
    """Return the next tiles of the wall."""
    query, given = _query()
    actor = allowed("asset.view")
    page = catalog.find(the_hub(), actor, query)
    badges = _badges(actor, [asset.id for asset in page.items])
    return render_template("partials/tiles.html", page=page, badges=badges, **_links(page, given))


@blueprint.get("/library/tiles/<asset_id>")
def tile(asset_id: str) -> str:
    """Return one tile again, for pictures that are being measured."""
    try:
        actor = allowed("asset.view")
        asset = catalog.get(the_hub(), actor, asset_id)
    except (Gone, NotFound) as error:
        return render_template("partials/tile-gone.html", reason=error.message)
    return render_template("partials/tile.html", asset=asset, badges=_badges(actor, [asset_id]))
