"""The library: a search over everything, in a wall that loads as it is scrolled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, make_response, render_template, request, url_for

from ugc_hub import catalog
from ugc_hub.accounts import Actor, may
from ugc_hub.catalog import SORTS, CollectionView, Found, FoundAsset, Query, Search
from ugc_hub.errors import Gone, NotFound
from ugc_hub.licensing.overview import Badge, badges
from ugc_hub.search.language import LONGEST
from ugc_hub.web import finding, uses
from ugc_hub.web.choices import kits, picture_groups
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint

PAGE_SIZE = 48
PANEL = ("usable", "kind", "creator", "campaign", "tag", "orientation", "colour", "status", "niche")
"""The facets of the page, in its order."""
PLAIN = frozenset({"kind", "creator", "campaign"})
"""Those that a plain list can be filtered by, with one value each."""


def _asked() -> tuple[Search, dict[str, Any]]:
    """What the address asks for, and the same as arguments of an address."""
    text = (request.args.get("q") or request.args.get("text") or "")[: LONGEST + 1].strip()
    sort = request.args.get("sort", "")
    sort = sort if sort in SORTS else ""
    chosen = finding.chosen(request.args)
    given: dict[str, Any] = {name: sorted(values) for name, values in chosen.items()}
    given |= {name: value for name, value in (("q", text), ("sort", sort)) if value}
    if typing := bool(text and request.args.get("typing")):
        given["typing"] = "1"
    search = Search(
        text=text,
        chosen=chosen,
        facets=PANEL,
        sort=sort or ("relevance" if text else "newest"),
        limit=PAGE_SIZE,
        cursor=request.args.get("cursor") or None,
        typing=typing,
    )
    return search, given


def _found(actor: Actor, search: Search, given: dict[str, Any]) -> Found:
    """What is shown; a plain list is read from the records, so that what has just come in is there."""
    if not _is_plain(given):
        return catalog.search(the_hub(), actor, search)
    cursor = search.cursor if (search.cursor or "").startswith("ast_") else None
    known = {name: values[0] for name, values in given.items()}
    page = catalog.find(the_hub(), actor, Query(cursor=cursor, limit=PAGE_SIZE, **known))
    items = tuple(map(FoundAsset, page.items))
    if not items:
        return catalog.search(the_hub(), actor, search) if given else Found((), 0)
    counted = catalog.search(the_hub(), actor, replace(search, limit=0, cursor=None))
    return Found(items, counted.total, counted.facets, page.next_cursor, indexed=counted.indexed)


def _is_plain(given: dict[str, Any]) -> bool:
    """Whether it is a list that the records answer by themselves."""
    if given.keys() - PLAIN or any(len(values) > 1 for values in given.values()):
        return False
    return all(kind in catalog.KINDS for kind in given.get("kind", ()))


def _links(found: Found, given: dict[str, Any]) -> dict[str, Any]:
    following = {**given, "cursor": found.next_cursor}
    return {
        "more": url_for("pages.tiles", **following) if found.next_cursor else None,
        "more_page": url_for("pages.library", **following),
        "newest": url_for("pages.library", **given),
    }


def _chips(given: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Facet, value and the address without it, for everything that is chosen."""
    found = []
    for name in PANEL:
        for value in given.get(name, ()):
            rest = [one for one in given[name] if one != value]
            found.append((name, value, url_for("pages.library", **{**given, name: rest})))
    return found


def _ways_out(found: Found, given: dict[str, Any]) -> list[tuple[str, int, str]]:
    """What to leave out of a search that found nothing: the clause, what there would be, and the address."""
    ways = []
    for one in found.excluded:
        rest = {name: value for name, value in given.items() if name not in ("q", one.facet)}
        if one.text:
            rest["q"] = one.text
        ways.append((one.clause, one.count, url_for("pages.library", **rest)))
    return ways


def badges_of(actor: Actor, asset_ids: list[str]) -> dict[str, Badge]:
    """Return the state of rights of each tile, all in one go."""
    hub = the_hub()
    if not asset_ids or not may(actor, "rights.view"):
        return {}
    with hub.database.read() as session:
        return badges(hub, session, asset_ids)


def _selectable(actor: Actor, given: dict[str, Any]) -> int:
    """How many assets "select all" means; none where it would have to mean the hits of a search."""
    if not may(actor, "asset.edit") or not _is_plain(given):
        return 0
    return catalog.count(the_hub(), actor, Query(**{name: values[0] for name, values in given.items()}))


@blueprint.get("/")
def library() -> Response:
    """Show the first page of the wall with its search."""
    hub, actor = the_hub(), allowed("asset.view")
    search, given = _asked()
    found = _found(actor, search, given)
    everybody = may(actor, "pack.make")
    page = make_response(
        render_template(
            "pages/library.html",
            found=found,
            search=search,
            sort=given.get("sort", ""),
            filtered=bool(given),
            fields=catalog.field_names(hub, actor) if may(actor, "asset.edit") and may(actor, "field.view") else [],
            total=_selectable(actor, given),
            given=given,
            panel=PANEL,
            chips=_chips(given),
            ways_out=_ways_out(found, given),
            badges=badges_of(actor, [one.asset.id for one in found.items]),
            kits=kits(hub) if everybody else [],
            groups=picture_groups(hub) if everybody else [],
            **uses.shown(uses.asked()[0]),
            **_links(found, given),
        )
    )
    page.headers["HX-Push-Url"] = url_for("pages.library", **given)
    return page


@blueprint.get("/library/tiles")
def tiles() -> str:
    """Return the next tiles of the wall."""
    search, given = _asked()
    actor = allowed("asset.view")
    found = _found(actor, search, given)
    badges = badges_of(actor, [one.asset.id for one in found.items])
    return render_template("partials/tiles.html", found=found, badges=badges, **_links(found, given))


@blueprint.get("/library/tiles/<asset_id>")
def tile(asset_id: str) -> str:
    """Return one tile again, for pictures that are being measured."""
    try:
        actor = allowed("asset.view")
        asset = catalog.get(the_hub(), actor, asset_id)
        placing = _placing(actor)
    except (Gone, NotFound) as error:
        return render_template("partials/tile-gone.html", reason=error.message)
    shown = {"asset": asset, "badges": badges_of(actor, [asset_id]), "placing": placing}
    return render_template("partials/tile.html", **shown)


def _placing(actor: Actor) -> CollectionView | None:
    """The collection in which the tile can be moved, where it stands in one that is being arranged."""
    name = request.args.get("collection", "")
    return catalog.get_collection(the_hub(), actor, name) if name and may(actor, "collection.edit") else None
