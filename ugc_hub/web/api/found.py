"""What lists and searches of assets take and give."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .shapes import Asked, AssetOut, Given


class AssetQuery(Asked):
    """Filters of a list or a search, and where it continues."""

    cursor: str | None = Field(default=None, max_length=300, pattern="^[0-9A-Za-z_-]+$")
    limit: int = Field(default=50, ge=1, le=200)
    kind: str | None = Field(default=None, max_length=40, description="May come several times, as all facets.")
    status: str | None = Field(default=None, max_length=40)
    creator: str | None = Field(default=None, max_length=200)
    campaign: str | None = Field(default=None, max_length=400)
    orientation: str | None = Field(default=None, max_length=40)
    niche: str | None = Field(default=None, max_length=400)
    tag: str | None = Field(default=None, max_length=400)
    colour: str | None = Field(default=None, max_length=40)
    usable: str | None = Field(default=None, max_length=60, description="A channel in which it may be used now.")
    custom: str | None = Field(
        default=None,
        max_length=400,
        description="What a field of a campaign says, as `name=value`; may come several times.",
    )
    text: str | None = Field(default=None, max_length=400, description="Words in file name, creator or campaign.")
    trash: bool = Field(default=False, description="What lies in the trash, instead of what does not.")
    q: str | None = Field(default=None, description="A query; see the explanation of the search.")
    facets: str | None = Field(
        default=None,
        max_length=1000,
        description="What to count: names with commas. `custom`: the fields of the campaigns asked for.",
    )
    sort: Literal["relevance", "newest", "oldest", "expiring", "performance", "random"] | None = None
    seed: int = Field(default=0, ge=0, le=2**31, description="Of the order by chance.")


class CountOut(Given):
    """A value of a facet and how many assets have it."""

    value: str
    count: int
    chosen: bool


class QueryProblemOut(Given):
    """What of a query could not be read: a sentence, and the characters from `start` to before `end`."""

    message: str
    start: int
    end: int
    facet: str = Field(default="", description="Of what was chosen: the facet, in place of characters; else empty.")


class ExcludedOut(Given):
    """A clause without which there would be so many assets; `query` is the query without it."""

    clause: str
    facet: str = Field(description="The facet whose choice it is; empty for a clause of the query.")
    count: int
    query: str


class ExcerptOut(Given):
    """A part of the words in an asset where something was found: from which character to before which."""

    words: str
    found: list[list[int]]


class FoundOut(AssetOut):
    """An asset of a list or a search, with the channels in which it may be used now, and what of it was found."""

    uses: list[str] = Field(
        default_factory=list,
        description="Channels in which it may be used now. Where a search asks for a place, a day or edits, in that "
        "place, until that day and with those edits; channels that it asks for come first.",
    )
    highlights: dict[str, list[list[int]]] = Field(
        default_factory=dict, description="By name of a text: from which character to before which."
    )
    excerpts: dict[str, ExcerptOut] = Field(
        default_factory=dict,
        description="What was found of the words that can be seen (`ocr`) or heard (`transcript`).",
    )


class AssetPage(Given):
    """Some assets: newest first, or of a search, with what was counted."""

    items: list[FoundOut]
    next_cursor: str | None
    total: int | None = Field(default=None, description="Of a search: how many there are; null without an index.")
    indexed: bool = Field(default=True, description="False as long as the index is being built: names are searched.")
    read_as: str = Field(default="", description="What the query was read as; nothing: none of it finds any.")
    facets: dict[str, list[CountOut]] = Field(default_factory=dict)
    titles: dict[str, str] = Field(
        default_factory=dict, description="Of facets that are fields of campaigns: the name as it is written."
    )
    more: list[str] = Field(
        default_factory=list,
        description="Facets of which only the 50 values with most assets are listed; /suggestions finds the others.",
    )
    problems: list[QueryProblemOut] = Field(default_factory=list)
    corrected: dict[str, str] = Field(default_factory=dict, description="Words without a match, as they were read.")
    excluded: list[ExcludedOut] = Field(default_factory=list)


class SimilarQuery(Asked):
    """By what assets are alike, and how many are wanted."""

    by: Literal["look", "colour", "duplicate"] = "look"
    limit: int = Field(default=12, ge=1, le=50)


class SimilarOut(Given):
    """An asset that is like another."""

    asset: AssetOut
    distance: float = Field(description="0: the same; 1: nothing could be more different.")
    why: str


class SimilarPage(Given):
    """Assets that are like one, nearest first."""

    items: list[SimilarOut]
