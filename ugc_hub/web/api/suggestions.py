"""How a query may go on, while it is typed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, Field

from ugc_hub import catalog
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, described, gives, query
from .shapes import Asked, Given


class SuggestionQuery(Asked):
    """A query as far as it is typed."""

    q: str = Field(default="", max_length=1000)
    limit: int = Field(default=8, ge=1, le=20)


class SuggestionOut(BaseModel):
    """One way to go on: the whole query with it, the field, the value, its name in words, how many assets have it.

    `synonym` is another word for a tag, which begins as what is typed.
    """

    query: str
    field: str
    value: str
    title: str
    count: int | None
    synonym: str


class Suggestions(Given):
    """Ways to go on, the best first."""

    items: list[SuggestionOut]


@blueprint.get("/suggestions")
@query(SuggestionQuery)
@gives(Suggestions)
@described("Assets", "How a query may go on")
def list_suggestions(query: SuggestionQuery) -> dict[str, Any]:
    """Return fields, and values of the assets that the caller may see, that go on with the end of a query."""
    actor = allowed("asset.view")
    return {"items": [asdict(one) for one in catalog.complete(the_hub(), actor, query.q, query.limit)]}
