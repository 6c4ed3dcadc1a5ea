"""A search as a body of a request says it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator
from werkzeug.datastructures import MultiDict

from ugc_hub.catalog import CUSTOM, FACETS, OFFERED, LiveQuery, Search
from ugc_hub.catalog.selecting import QUERY
from ugc_hub.errors import Invalid
from ugc_hub.web import finding

from .shapes import Asked

Order = Literal["", "relevance", "newest", "oldest", "expiring", "performance", "random"]
Value = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=finding.LONGEST)]
Values = Annotated[list[Value], Field(max_length=finding.MOST_VALUES, json_schema_extra={"minItems": 1})]
"""None is left out: a choice that counts for nothing would mean more assets than were chosen."""


def require_filter(query: Asked) -> None:
    """Do nothing where a query says by what assets are chosen.

    Raises:
        Invalid: it says nothing, as where a program had nothing to fill in; that would mean the whole library.
    """
    if not any(query.model_dump().values()):
        raise Invalid('The query names no filter. To mean all assets, send "search": {"q": "*"}.', extra=QUERY)


class SearchShape(Asked):
    """A search: what fills a live collection, or which assets are meant."""

    q: str = Field(default="", description="A query; see the explanation of the search.")
    chosen: dict[str, Values] = Field(
        default_factory=dict, max_length=20, description="Facet -> values, at least one, any of which an asset has."
    )
    sort: Order = Field(default="", description="Empty: best match where there are words, else newest.")

    @field_validator("chosen")
    @classmethod
    def with_values(cls, chosen: dict[str, Values]) -> dict[str, Values]:
        """Refuse a facet without a value, in words that say what to do."""
        for name, values in chosen.items():
            if not values:
                raise ValueError(f"{name[:40]} names no value; leave it out to mean assets with any")
        return chosen

    def record(self) -> LiveQuery:
        """Return the record that the use cases take."""
        others = {name: values for name, values in self.chosen.items() if not name.startswith(CUSTOM)}
        strange = {name: frozenset(values) for name, values in others.items() if name not in (*FACETS, OFFERED)}
        return LiveQuery(self.q, finding.chosen(MultiDict(self.chosen)) | strange, self.sort)

    def search(self) -> Search:
        """Return the search for all that is meant.

        Raises:
            Invalid: it asks for nothing, as where a program had nothing to fill in; that would mean the whole library.
        """
        asked = self.record()
        if not asked.text.strip() and not any(asked.chosen.values()):
            raise Invalid("The search is empty. To mean all assets, search for *.", extra={"field": "search"})
        return asked.search(limit=0)
