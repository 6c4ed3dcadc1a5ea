"""Collections: list, make, change, remove, and what is in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from ugc_hub import catalog
from ugc_hub.accounts import Actor
from ugc_hub.catalog import CollectionChange, Move, Query, Selection
from ugc_hub.catalog.collecting import MOST_LISTED
from ugc_hub.catalog.placing import MOST
from ugc_hub.web import finding
from ugc_hub.web.context import allowed, the_hub

from .assets import plain
from .blueprint import blueprint, body, described, gives, query
from .found import AssetPage
from .searches import SearchShape, require_filter
from .shapes import Asked, Given


class CollectionQuery(Asked):
    """What to look for, and where the list continues."""

    text: str = Field(default="", max_length=100, description="Part of a name.")
    cursor: str | None = Field(default=None, max_length=400, description="`next_cursor` of the page before.")
    limit: int = Field(default=24, ge=1, le=MOST_LISTED)


class ItemQuery(Asked):
    """Where the assets of a collection continue."""

    cursor: str | None = Field(default=None, max_length=300, pattern="^[0-9A-Za-z_-]+$")
    limit: int = Field(default=50, ge=1, le=200)


class CollectionAsk(Asked):
    """A new collection: live with a query, else filled by hand."""

    name: str = Field(max_length=400)
    description: str = Field(default="")
    live: SearchShape | None = None


class CollectionPatch(Asked):
    """What becomes of a collection; what is left out stays."""

    name: str | None = Field(default=None, max_length=400)
    description: str | None = None
    cover: str | None = Field(default=None, max_length=60, description="Id of an asset in it; empty: the first.")
    live: SearchShape | None = Field(default=None, description="Another query of a live collection.")

    def record(self) -> CollectionChange:
        """Return the record that the use cases take."""
        return CollectionChange(self.name, self.description, self.cover, self.live.record() if self.live else None)


class ItemsQuery(Asked):
    """All assets that agree with these filters, as `GET /api/v1/assets` takes them; at least one."""

    kind: Literal["image", "animation", "video"] | None = None
    status: Literal["received", "ready"] | None = None
    creator: str | None = Field(default=None, max_length=200)
    campaign: str | None = Field(default=None, max_length=400)
    text: str | None = Field(default=None, max_length=400)


class ItemsAsk(Asked):
    """Assets to put at the end of a collection, by their ids or by filters."""

    model_config = ConfigDict(extra="forbid")
    asset_ids: list[str] | None = Field(default=None, min_length=1, max_length=MOST)
    query: ItemsQuery | None = Field(default=None, description="Instead of ids.")
    search: SearchShape | None = Field(
        default=None, description="Instead of both: all that a search finds, in its order."
    )

    def selection(self) -> Selection:
        """Return which assets are meant."""
        if self.query is not None:
            require_filter(self.query)
        query = Query(**self.query.model_dump()) if self.query is not None else None
        return Selection(tuple(self.asset_ids or ()), query, self.search.search() if self.search else None)


class ItemsNamed(Asked):
    """Assets of a collection."""

    model_config = ConfigDict(extra="forbid")
    asset_ids: list[str] = Field(min_length=1, max_length=MOST)


class ItemsMove(ItemsNamed):
    """Where assets go: before another one, or to the end; or one asset by some places."""

    before: str | None = Field(default=None, max_length=60, description="Id of an asset in it; null: to the end.")
    by: int = Field(default=0, ge=-MOST, le=MOST, description="Places among those shown; earlier where negative.")


class LiveOut(Given):
    """The query of a live collection."""

    q: str
    chosen: dict[str, list[str]]
    sort: str


class CollectionOut(Given):
    """A collection as the caller sees it."""

    id: str
    name: str
    description: str
    created_at: datetime
    live: LiveOut | None = Field(description="Its query; null where it is filled by hand.")
    count: int | None = Field(description="Assets that the caller may see; null: the index is being built.")
    cover: str | None = Field(description="The asset that stands for it: the chosen one, or the first.")
    problem: str = Field(description="What of its query cannot be read, so that it holds a best guess; else empty.")


class CollectionPage(Given):
    """Some collections in alphabetical order."""

    items: list[CollectionOut]
    next_cursor: str | None


class AddedOut(Given):
    """What came of it."""

    added: int
    known: int = Field(description="Were in it before.")
    passed_over: int = Field(description="Ids that stand for nothing to show: unknown, erased, in the trash.")


class TakenOut(Given):
    """How many assets were in it and are no more."""

    taken_out: int


def _editing() -> Actor:
    return allowed("collection.edit")


@blueprint.get("/collections")
@query(CollectionQuery)
@gives(CollectionPage)
@described("Collections", "List collections")
def list_collections(query: CollectionQuery) -> dict[str, Any]:
    """Return one page of the collections by name, with counts of what the caller may see."""
    actor = allowed("collection.view")
    page = catalog.list_collections(the_hub(), actor, text=query.text, cursor=query.cursor, limit=query.limit)
    return {"items": [one.as_dict() for one in page.items], "next_cursor": page.next_cursor}


@blueprint.post("/collections")
@body(CollectionAsk)
@gives(CollectionOut, 201, "Made")
@described("Collections", "Make a collection")
def make_collection(body: CollectionAsk) -> dict[str, Any]:
    """Make an empty collection, or a live one."""
    query = body.live.record() if body.live else None
    return catalog.make_collection(the_hub(), _editing(), body.name, body.description, query=query).as_dict()


@blueprint.get("/collections/<collection_id>")
@gives(CollectionOut)
@described("Collections", "One collection")
def see_collection(collection_id: str) -> dict[str, Any]:
    """Return a collection without its assets."""
    return catalog.get_collection(the_hub(), allowed("collection.view"), collection_id).as_dict()


@blueprint.patch("/collections/<collection_id>")
@body(CollectionPatch)
@gives(CollectionOut)
@described("Collections", "Change name, description, cover or query")
def change_collection(collection_id: str, body: CollectionPatch) -> dict[str, Any]:
    """Change a collection; returns it as it is now."""
    return catalog.change_collection(the_hub(), _editing(), collection_id, body.record()).as_dict()


@blueprint.delete("/collections/<collection_id>")
@blueprint.output({}, status_code=204)
@described("Collections", "Remove a collection")
def remove_collection(collection_id: str) -> str:
    """Remove a collection; its assets stay as they are."""
    catalog.remove_collection(the_hub(), _editing(), collection_id)
    return ""


@blueprint.get("/collections/<collection_id>/items")
@query(ItemQuery)
@gives(AssetPage)
@described("Collections", "The assets of a collection")
def list_collection_items(collection_id: str, query: ItemQuery) -> dict[str, Any]:
    """Return one page of the assets in it that the caller may see; of a live one as its query finds them now."""
    actor = allowed("collection.view")
    found = catalog.look(the_hub(), actor, collection_id, cursor=query.cursor, limit=query.limit)
    items = [plain(actor, one.asset) | finding.why(one) for one in found.items]
    return {"items": items, **finding.plain_found(found)}


@blueprint.post("/collections/<collection_id>/items")
@body(ItemsAsk)
@gives(AddedOut)
@described("Collections", "Put assets into a collection")
def add_collection_items(collection_id: str, body: ItemsAsk) -> Any:
    """Put assets at the end, those named first before the others."""
    return catalog.collect(the_hub(), _editing(), collection_id, body.selection())


@blueprint.post("/collections/<collection_id>/items/remove")
@body(ItemsNamed)
@gives(TakenOut)
@described("Collections", "Take assets out of a collection")
def remove_collection_items(collection_id: str, body: ItemsNamed) -> dict[str, int]:
    """Take assets out; they stay in the library."""
    return {"taken_out": catalog.take_out(the_hub(), _editing(), collection_id, body.asset_ids)}


@blueprint.post("/collections/<collection_id>/items/move")
@body(ItemsMove)
@blueprint.output({}, status_code=204)
@described("Collections", "Move assets within a collection")
def move_collection_items(collection_id: str, body: ItemsMove) -> str:
    """Give assets another place; several stay in the order in which they are named."""
    catalog.move(the_hub(), _editing(), collection_id, Move(tuple(body.asset_ids), body.before, body.by))
    return ""
