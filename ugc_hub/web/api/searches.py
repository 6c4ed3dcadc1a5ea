"""A search as a body of a request says it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from werkzeug.datastructures import MultiDict

from ugc_hub.catalog import CUSTOM, FACETS, LiveQuery, Search
from ugc_hub.web import finding

from .shapes import Asked

Order = Literal["", "relevance", "newest", "oldest", "expiring", "performance", "random"]


class SearchShape(Asked):
    """A search: what fills a live collection, or which assets are meant."""

    q: str = Field(default="", description="A query; see the explanation of the search.")
    chosen: dict[str, list[str]] = Field(
        default_factory=dict, max_length=20, description="Facet -> values, any of which an asset has."
    )
    sort: Order = Field(default="", description="Empty: best match where there are words, else newest.")

    def record(self) -> LiveQuery:
        """Return the record that the use cases take."""
        others = {name: values for name, values in self.chosen.items() if not name.startswith(CUSTOM)}
        strange = {name: frozenset(values) for name, values in others.items() if name not in FACETS}
        return LiveQuery(self.q, finding.chosen(MultiDict(self.chosen)) | strange, self.sort)

    def search(self) -> Search:
        """Return the search that the use cases take."""
        return self.record().search(limit=0)
