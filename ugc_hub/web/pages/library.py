"""The library: a search over everything, in a wall that loads as it is scrolled."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from ugc_hub import catalog
from ugc_hub.accounts import Actor, may
from ugc_hub.accounts.actors import only_own
from ugc_hub.catalog import CUSTOM, OFFERED, CollectionView, Found, FoundAsset, Question, Search
from ugc_hub.catalog.selecting import MOST
from ugc_hub.errors import Gone, HubError, NotFound
from ugc_hub.licensing import Use
from ugc_hub.licensing.overview import Badge, badges
from ugc_hub.packs import MOST_ASSETS
from ugc_hub.search import colours
from ugc_hub.web import finding, uses
from ugc_hub.web.choices import kits, picture_groups
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint
from .choosing import given_by, is_plain, nearness, query_of, search_of

LOG = logging.getLogger("ugc_hub.web")
PAGE_SIZE = 48
PANEL = ("usable", "kind", "creator", "campaign", "custom", "tag", "orientation", "colour", "status", "niche")
"""The facets of the page, in its order; `custom` are the fields of the campaigns that are shown."""
SWATCHES, APART = 12, 12
"""Colours of what is shown that are offered, and how far they are apart, in hundredths."""


def _asked() -> tuple[Search, dict[str, Any]]:
    """What the address asks for, and the same as arguments of an address."""
    given = given_by(request.args)
    cursor = request.args.get("cursor") or None
    return replace(search_of(given), facets=PANEL, limit=PAGE_SIZE, cursor=cursor), given


def _found(actor: Actor, search: Search, given: dict[str, Any]) -> Found:
    """What is shown; a plain list is read from the records, so that what has just come in is there."""
    if not is_plain(given):
        return catalog.search(the_hub(), actor, search)
    cursor = search.cursor if (search.cursor or "").startswith("ast_") else None
    page = catalog.find(the_hub(), actor, replace(query_of(given), cursor=cursor, limit=PAGE_SIZE))
    items = tuple(map(FoundAsset, page.items))
    if not items:
        return catalog.search(the_hub(), actor, search) if given else Found((), 0)
    counted = catalog.search(the_hub(), actor, replace(search, limit=0, cursor=None))
    return replace(counted, items=items, next_cursor=page.next_cursor)


def _as_shown(found: Found, search: Search, given: dict[str, Any]) -> tuple[Search, dict[str, Any]]:
    """The same with what is chosen spelled as the facets show it, whichever way the address wrote it."""
    chosen = {**search.chosen, **found.chosen}
    return replace(search, chosen=chosen), given | {name: sorted(chosen[name]) for name in search.chosen}


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
    for name in (*PANEL, *(one for one in given if one.startswith(CUSTOM))):
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


def _panel(found: Found) -> list[str]:
    """The facets of the page, with the fields of campaigns in their place."""
    fields = [name for name in found.facets if name.startswith(CUSTOM)]
    place = PANEL.index(OFFERED)
    return [*PANEL[:place], *fields, *PANEL[place + 1 :]]


def badges_of(actor: Actor, asset_ids: list[str], asked: Collection[Use] = ()) -> dict[str, Badge]:
    """Return the state of rights of each tile, all in one go; of a search with the uses that it asked for."""
    hub = the_hub()
    if not asset_ids or not may(actor, "rights.view"):
        return {}
    with hub.database.read() as session:
        return badges(hub, session, asset_ids, asked)


def _selectable(actor: Actor, given: dict[str, Any], found: Found) -> int:
    """How many assets "select all" means; none without an index, where a search cannot be asked again."""
    if is_plain(given):
        return catalog.count(the_hub(), actor, query_of(given))
    return (found.total or 0) if found.indexed else 0


def _palette(found: Found) -> tuple[str, ...]:
    """The colours of what is shown, most frequent first; those of a picture that is hidden are hidden."""
    facts = [one.asset.facts for one in found.items if one.asset.facts and one.asset.previews]
    return colours.distinct((colour for one in facts for colour in one.palette[:3]), SWATCHES, APART)


def _remember(actor: Actor, search: Search, given: dict[str, Any]) -> None:
    """Keep a search that is not being typed any more among the last ones; what was asked is shown all the same."""
    asked = Question(search.text, search.chosen, given.get("sort", ""))
    if not asked or search.typing or search.cursor:
        return
    try:
        catalog.remember(the_hub(), actor, asked)
    except (HubError, SQLAlchemyError) as error:
        LOG.warning("a search is not kept among the last ones: %s", error)


@blueprint.get("/")
def library() -> Response:
    """Show the first page of the wall with its search."""
    hub, actor = the_hub(), allowed("asset.view")
    search, given = _asked()
    found = _found(actor, search, given)
    links = _links(found, given)  # cursors belong to what was asked, as it was asked
    search, given = _as_shown(found, search, given)
    _remember(actor, search, given)
    everybody = may(actor, "pack.make")
    page = make_response(
        render_template(
            "pages/library.html",
            found=found,
            search=search,
            sort=given.get("sort", ""),
            filtered=bool(given),
            fields=catalog.field_names(hub, actor) if may(actor, "asset.edit") and may(actor, "field.view") else [],
            total=_selectable(actor, given, found) if everybody or may(actor, "asset.edit") else 0,
            most=MOST if may(actor, "asset.edit") else MOST_ASSETS,
            most_packed=MOST_ASSETS,
            nearness=nearness(search.text),
            palette=_palette(found),
            given=given,
            panel=_panel(found),
            chips=_chips(given),
            ways_out=_ways_out(found, given),
            house=only_own(actor, "asset.view") is None,
            news=catalog.news(hub, actor),
            without_index=None if found.indexed else finding.without_index(hub),
            badges=badges_of(actor, [one.asset.id for one in found.items], found.asked),
            kits=kits(hub) if everybody else [],
            groups=picture_groups(hub) if everybody else [],
            **uses.shown(uses.asked()[0]),
            **links,
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
    badges = badges_of(actor, [one.asset.id for one in found.items], found.asked)
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
