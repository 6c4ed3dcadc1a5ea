"""Collections: the list of them, each as a wall, and what is put in, taken out and moved."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub import catalog
from ugc_hub.accounts import Actor, may
from ugc_hub.catalog import SORTS, CollectionChange, CollectionView, LiveQuery, Move
from ugc_hub.catalog.placing import MOST
from ugc_hub.errors import HubError, Invalid
from ugc_hub.packs import MOST_ASSETS
from ugc_hub.web import finding, uses
from ugc_hub.web.choices import kits, picture_groups
from ugc_hub.web.context import allowed, the_hub
from ugc_hub.web.scopes import done

from .blueprint import blueprint
from .choosing import selection
from .library import badges_of

LIST_SIZE = 24
PAGE_SIZE = 48
MOVES = {"earlier": -1, "later": 1, "first": -MOST, "last": MOST}
"""By how many places the buttons move an asset."""


def _list(status: int = 200, problem: str = "") -> tuple[str, int]:
    hub, actor = the_hub(), allowed("collection.view")
    text, cursor = request.args.get("text", "").strip()[:100], request.args.get("cursor", "")[:400]
    page = catalog.list_collections(hub, actor, text=text, cursor=cursor or None, limit=LIST_SIZE)
    more = url_for("pages.collections", text=text or None, cursor=page.next_cursor) if page.next_cursor else ""
    shown = {"page": page, "more": more, "text": text, "cursor": cursor, "problem": problem}
    return render_template("pages/collections.html", **shown), status


@blueprint.get("/collections")
def collections() -> tuple[str, int]:
    """List collections by name."""
    return _list()


@blueprint.post("/collections")
def make_collection() -> BaseResponse | tuple[str, int]:
    """Make an empty collection, or of a search a live one."""
    hub, actor, form = the_hub(), allowed("collection.edit"), request.form
    query = _query() if form.get("live") == "1" else None
    try:
        made = catalog.make_collection(hub, actor, form.get("name", ""), form.get("description", ""), query=query)
    except HubError as error:
        if error.status in (401, 403, 404):
            raise
        return _list(error.status, error.message)
    return done("pages.collection", collection_id=made.id)


def _query() -> LiveQuery:
    sort = request.form.get("sort", "")
    return LiveQuery(request.form.get("q", ""), finding.chosen(request.form), sort if sort in SORTS else "")


@blueprint.get("/collections/names")
def collection_names() -> dict[str, list[str]]:
    """Return names of collections that can be put into, while somebody types."""
    text = request.args.get("text", "")[:100]
    return {"items": catalog.collection_names(the_hub(), allowed("collection.edit"), text)}


@blueprint.post("/collections/items")
def collect() -> BaseResponse:
    """Put what is selected in the library into a collection of a name, which may be new."""
    hub, actor = the_hub(), allowed("collection.edit")
    collection_id, added = catalog.collect_as(hub, actor, request.form.get("name", ""), selection())
    return done("pages.collection", collection_id=collection_id, added=added.added, known=added.known)


def _wall(actor: Actor, view: CollectionView) -> dict[str, Any]:
    """What the tiles of a collection need."""
    arranging = view.query is None and may(actor, "collection.edit") and request.args.get("arrange") == "1"
    found = catalog.look(the_hub(), actor, view.id, cursor=request.args.get("cursor") or None, limit=PAGE_SIZE)
    arrange = "1" if arranging else None
    following: dict[str, Any] = {"collection_id": view.id, "arrange": arrange, "cursor": found.next_cursor}
    return {
        "view": view,
        "found": found,
        "badges": badges_of(actor, [one.asset.id for one in found.items], found.asked),
        "placing": view if arranging else None,
        "more": url_for("pages.collection_tiles", **following) if found.next_cursor else None,
        "more_page": url_for("pages.collection", **following),
    }


def _page(collection_id: str, status: int = 200, problem: str = "") -> tuple[str, int]:
    hub, actor = the_hub(), allowed("collection.view")
    view = catalog.get_collection(hub, actor, collection_id)
    packing = may(actor, "pack.make")
    page = render_template(
        "pages/collection.html",
        problem=problem,
        said=_said(),
        first=url_for("pages.collection", collection_id=view.id) if request.args.get("cursor") else "",
        library=_address(view),
        most=MOST_ASSETS,
        kits=kits(hub) if packing else [],
        groups=picture_groups(hub) if packing else [],
        **uses.shown(uses.asked()[0]),
        **_wall(actor, view),
    )
    return page, status


def _said() -> tuple[int, int] | None:
    """How many assets were just put in and how many were there before, as the address says."""
    added, known = request.args.get("added", ""), request.args.get("known", "")
    return (int(added), int(known)) if added.isdecimal() and known.isdecimal() and len(added + known) < 12 else None


def _address(view: CollectionView) -> str:
    """The search of a live collection in the library."""
    if view.query is None:
        return ""
    given: dict[str, Any] = {name: sorted(values) for name, values in view.query.chosen.items()}
    return url_for("pages.library", q=view.query.text or None, sort=view.query.sort or None, **given)


@blueprint.get("/collections/<collection_id>")
def collection(collection_id: str) -> tuple[str, int]:
    """Show a collection as a wall of its assets."""
    return _page(collection_id)


@blueprint.get("/collections/<collection_id>/tiles")
def collection_tiles(collection_id: str) -> str:
    """Return the next tiles of a collection."""
    actor = allowed("collection.view")
    view = catalog.get_collection(the_hub(), actor, collection_id)
    return render_template("partials/tiles.html", **_wall(actor, view))


@blueprint.post("/collections/<collection_id>")
def change_collection(collection_id: str) -> BaseResponse | tuple[str, int]:
    """Keep what the form says of a collection, or remove it."""
    hub, actor, form = the_hub(), allowed("collection.edit"), request.form
    try:
        if form.get("act") == "remove":
            catalog.remove_collection(hub, actor, collection_id)
            return done("pages.collections")
        query = _query() if form.get("live") == "1" else None
        change = CollectionChange(form.get("name"), form.get("description"), query=query)
        catalog.change_collection(hub, actor, collection_id, change)
    except HubError as error:
        if error.status in (401, 403, 404):
            raise
        return _page(collection_id, error.status, error.message)
    return done("pages.collection", collection_id=collection_id)


@blueprint.post("/collections/<collection_id>/items")
def place_items(collection_id: str) -> BaseResponse:
    """Do with assets of a collection what a button says."""
    hub, actor, form = the_hub(), allowed("collection.edit"), request.form
    act, assets = form.get("act", ""), tuple(form.getlist("asset"))
    if not assets:
        raise Invalid("No asset is chosen.")
    if act in MOVES:
        catalog.move(hub, actor, collection_id, Move(assets, by=MOVES[act]))
    elif act == "cover":
        catalog.change_collection(hub, actor, collection_id, CollectionChange(cover="".join(assets[:1])))
    elif act == "out":
        catalog.take_out(hub, actor, collection_id, assets)
    else:
        raise Invalid("Choose what to do with the assets.")
    at = None if act == "out" else f"place-{assets[0]}"
    shown = {"arrange": "1" if form.get("arrange") == "1" else None, "cursor": form.get("cursor") or None}
    return done("pages.collection", collection_id=collection_id, **shown, _anchor=at)
