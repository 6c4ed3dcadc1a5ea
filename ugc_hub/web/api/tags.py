"""Tags: list, suggest, rename, merge, remove."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ugc_hub import catalog
from ugc_hub.catalog import TagView
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, body, described, gives, query
from .shapes import Asked, Given


class TagQuery(Asked):
    """What to look for, and after which name the list continues."""

    text: str = Field(default="", max_length=100, description="Part of a name or of a synonym.")
    after: str = Field(default="", max_length=100, description="Last name of the page before.")
    limit: int = Field(default=100, ge=1, le=200)


class TagOut(Given):
    """A tag, its synonyms, and how many assets a search for it finds."""

    id: str
    name: str
    count: int = Field(description="Neither those in the trash nor those that a legal order hides.")
    synonyms: list[str]


class TagPage(Given):
    """Some tags in alphabetical order."""

    items: list[TagOut]
    next_after: str | None


class SuggestQuery(Asked):
    """What somebody has typed so far."""

    text: str = Field(max_length=100)


class Suggestions(Given):
    """Tags that may be meant, the most used first."""

    items: list[str]


class TagChange(Asked):
    """A new name, or all synonyms but the name it had; what is left out stays."""

    name: str | None = Field(default=None, max_length=200)
    synonyms: list[str] | None = Field(default=None, max_length=50)


class TagMerge(Asked):
    """The tag that takes over."""

    into: str = Field(max_length=60, description="Id of a tag.")


class TagDone(Given):
    """How many assets it changed."""

    assets: int


@blueprint.get("/tags")
@query(TagQuery)
@gives(TagPage)
@described("Tags", "List tags with counts")
def list_tags(query: TagQuery) -> dict[str, Any]:
    """Return one page of the tags."""
    actor = allowed("tag.view")
    found = catalog.list_tags(the_hub(), actor, text=query.text, after=query.after, limit=query.limit + 1)
    items = found[: query.limit]
    return {"items": items, "next_after": items[-1].name if len(found) > query.limit else None}


@blueprint.get("/tags/suggestions")
@query(SuggestQuery)
@gives(Suggestions)
@described("Tags", "Suggest tags while somebody types")
def suggest_tags(query: SuggestQuery) -> dict[str, Any]:
    """Return tags that begin like the text, or have a synonym that does."""
    return {"items": catalog.suggest(the_hub(), allowed("tag.view"), query.text)}


@blueprint.patch("/tags/<tag_id>")
@body(TagChange)
@gives(TagOut)
@described("Tags", "Rename a tag, or say its synonyms")
def change_tag(tag_id: str, body: TagChange) -> TagView:
    """Change a tag; returns it as it is now."""
    hub, actor = the_hub(), allowed("tag.edit")
    catalog.change_tag(hub, actor, tag_id, name=body.name, synonyms=body.synonyms)
    return catalog.get_tag(hub, actor, tag_id)


@blueprint.post("/tags/<tag_id>/merge")
@body(TagMerge)
@gives(TagDone)
@described("Tags", "Make one tag out of two")
def merge_tag(tag_id: str, body: TagMerge) -> dict[str, int]:
    """Give all assets of this tag the other one; its name becomes a synonym."""
    return {"assets": catalog.merge(the_hub(), allowed("tag.edit"), tag_id, into=body.into)}


@blueprint.delete("/tags/<tag_id>")
@gives(TagDone)
@described("Tags", "Remove a tag from everything")
def remove_tag(tag_id: str) -> dict[str, int]:
    """Take a tag away from all assets; returns how many had it."""
    return {"assets": catalog.remove(the_hub(), allowed("tag.edit"), tag_id)}
