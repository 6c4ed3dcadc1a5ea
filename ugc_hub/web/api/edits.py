"""Edits of many assets in one step, and their undoing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from ugc_hub import catalog
from ugc_hub.catalog import Change, Query, Selection
from ugc_hub.catalog.selecting import MOST
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, body, described, gives
from .searches import SearchShape, require_filter
from .shapes import Asked, FieldGiven, Given


class EditQuery(Asked):
    """All assets that agree with these filters, as `GET /api/v1/assets` takes them; at least one."""

    kind: Literal["image", "animation", "video"] | None = None
    status: Literal["received", "ready"] | None = None
    creator: str | None = Field(default=None, max_length=200)
    campaign: str | None = Field(default=None, max_length=400)
    text: str | None = Field(default=None, max_length=400)
    trash: bool = False


class EditAsk(Asked):
    """Which assets, and what becomes of each; an empty text takes a value away, what is left out stays."""

    model_config = ConfigDict(extra="forbid", str_max_length=5000)
    asset_ids: list[str] | None = Field(default=None, min_length=1, max_length=MOST)
    query: EditQuery | None = Field(default=None, description="Instead of ids.")
    search: SearchShape | None = Field(default=None, description="Instead of both: all that is found.")
    add_tags: list[str] = Field(default_factory=list, max_length=100)
    remove_tags: list[str] = Field(default_factory=list, max_length=100)
    title: str | None = Field(default=None, max_length=300)
    description: str | None = Field(default=None, max_length=5000)
    language: str | None = Field(default=None, max_length=2)
    campaign: str | None = Field(default=None, max_length=400, description="Name of a campaign.")
    creator: str | None = Field(default=None, max_length=200, description="Handle; takes `rights.edit`.")
    fields: dict[str, FieldGiven] = Field(
        default_factory=dict,
        max_length=50,
        description="Values by name; the campaigns of all assets have these fields.",
    )
    trash: bool | None = Field(default=None, description="true: into the trash; false: out of it.")
    live_too: bool = Field(default=False, description="Assets with live uses may go into the trash as well.")
    dry_run: bool = Field(default=False, description="Change nothing; the answer (200) says what would come of it.")

    def selection(self) -> Selection:
        """Return which assets are meant."""
        if self.query is not None:
            require_filter(self.query)
        query = Query(**self.query.model_dump()) if self.query is not None else None
        return Selection(tuple(self.asset_ids or ()), query, self.search.search() if self.search else None)

    def change(self) -> Change:
        """Return what becomes of them."""
        plain = self.model_dump(exclude={"asset_ids", "query", "search", "dry_run"})
        return Change(**{**plain, "add_tags": tuple(self.add_tags), "remove_tags": tuple(self.remove_tags)})


class EditOut(Given):
    """An edit; after its undoing also what came of that."""

    id: str = Field(description="Empty where it was asked for a dry run: there is no such edit.")
    created_at: datetime
    fields: list[str]
    chosen: int
    changed: int = Field(description="Assets of which something changed.")
    held: int = Field(description="Assets that stay out of the trash because of a hold or an order.")
    undone_at: datetime | None
    undone: int = Field(description="Assets of which something was brought back.")
    kept: int = Field(description="Assets that others changed meanwhile; that was left as it is.")
    kept_assets: list[tuple[str, str]] = Field(description="Some of them: id and file name.")


@blueprint.post("/edits")
@body(EditAsk)
@gives(EditOut, 201, "Done")
@described("Edits", "Edit up to 10,000 assets in one step", responses={200: "A dry run: nothing was changed"})
def make_edit(body: EditAsk) -> Any:
    """Change all of them, or none; what was there before is kept for 30 days."""
    meant, change = body.selection(), body.change()
    made = catalog.edit_many(the_hub(), allowed("asset.edit"), meant, change, rehearsal=body.dry_run)
    return (replace(made, id=""), 200) if body.dry_run else made


@blueprint.get("/edits/<edit_id>")
@gives(EditOut)
@described("Edits", "One edit")
def see_edit(edit_id: str) -> Any:
    """Return what an edit changed."""
    return catalog.get_edit(the_hub(), allowed("asset.edit"), edit_id)


@blueprint.post("/edits/<edit_id>/undo")
@gives(EditOut)
@described("Edits", "Undo an edit")
def undo_edit(edit_id: str) -> Any:
    """Bring back what was there before, except where others changed it meanwhile."""
    return catalog.undo(the_hub(), allowed("asset.edit"), edit_id)
