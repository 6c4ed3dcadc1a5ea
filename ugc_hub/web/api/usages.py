"""Copies that have left: the ledger, whether one may still be used, and the feed of what ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from ugc_hub import licensing
from ugc_hub.licensing import Snippet, Standing, Wanted, Wish
from ugc_hub.models import Usage
from ugc_hub.web.context import allowed, changing, the_hub

from .blueprint import blueprint, body, described, gives, query
from .shapes import Asked, Given


class UsageQuery(Asked):
    """Filters of the ledger, and where it continues."""

    asset: str = Field(default="", max_length=60, description="Id of an asset.")
    channel: str = Field(default="", max_length=60, description="With its children.")
    state: Literal["", "live", "ended", "unknown"] = Field(
        default="", description="Still covered, ended in whatever way, or looked at by somebody."
    )
    creator: str = Field(default="", max_length=100, description="Handle of who made it.")
    campaign: str = Field(default="", max_length=200)
    ending_days: int | None = Field(default=None, ge=0, le=3660, description="Those that end within so many days.")
    status: Literal["", "live", "stopped", "unknown"] = ""
    sha256: str = Field(default="", max_length=64, description="Hash of a file that was found somewhere.")
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str = Field(default="", max_length=60)


class UsageOut(Given):
    """One copy that left: for which use, by which decision, and until when it may be used."""

    id: str
    asset_id: str
    rendition_id: str | None
    exit: str
    decision_id: str
    channel: str
    territories: list[str]
    products: list[str]
    edits: list[str]
    grants_used: list[str]
    created_at: datetime
    valid_until: datetime | None
    sha256: str | None = Field(description="Of the stored file.")
    stamped_sha256: str | None = Field(description="Of the bytes that left; null: the stored file as it is.")
    stamp: str = Field(description="How much of the metadata of this use fitted in: full, short, core or none.")
    credentials: str = Field(
        description="Content Credentials: signed, remote, or why not; empty: no key is configured."
    )
    external_ref: str
    status: str
    ended_at: datetime | None = Field(description="When it ended; of a live one, when it will by an announced end.")
    ended_why: str


class PlaceAsk(Asked):
    """Where a copy runs or ran."""

    external_ref: str = Field(min_length=1, max_length=2000, examples=["https://ads.example/campaigns/17"])


class UsagePage(Given):
    """Some copies, newest first."""

    items: list[UsageOut]
    next_cursor: str | None


class StandingOut(Given):
    """Whether a copy may be used now; `unknown` also where the hub does not know it."""

    status: Literal["good", "ended", "unknown"]
    valid_until: datetime | None
    ended_at: datetime | None
    credit: str


class FeedQuery(Asked):
    """Where the feed continues: the `cursor` of the last entry that was read."""

    since: int = Field(default=0, ge=0, le=2**62)
    limit: int = Field(default=100, ge=1, le=1000)


class FeedEntry(Given):
    """Something that ended, or an announced end that was taken back (`restored`)."""

    cursor: int
    at: datetime = Field(description="When it was written down.")
    kind: Literal["ended", "restored"]
    asset_id: str
    basis: str
    effective_at: datetime = Field(description="From when on copies must not be used; may lie ahead.")
    channels: list[str] = Field(description="Empty: all.")
    territories: list[str] = Field(description="Empty: all.")
    usages: list[str] = Field(description="Ids of copies that the ledger knows.")
    sha256s: list[str] = Field(description="Hashes of the files that left, as stored and as stamped for their use.")


class Feed(Given):
    """Entries in the order in which they were committed."""

    items: list[FeedEntry]
    next_since: int = Field(description="Pass it as `since` the next time, also where there was nothing new.")


class SnippetQuery(Asked):
    """Where the page gets the picture from, and what it says of it."""

    content_url: str = Field(max_length=2000, description="Address of the picture: of a delivery link, or your own.")
    description: str = Field(default="", max_length=1000, description="For those who cannot see it.")
    enquiries_url: str = Field(
        default="",
        max_length=2000,
        description="Where others ask for a licence: instead of the address that the creator gave, if any.",
    )


class SnippetOut(Given):
    """What goes into a web page."""

    linked: dict[str, Any] = Field(description="The facts as JSON-LD (schema.org ImageObject).")
    html: str = Field(description="The picture with its credit and the same facts.")


@blueprint.get("/usages/<usage_id>/snippet")
@query(SnippetQuery)
@gives(SnippetOut)
@described("Uses", "What a web page says of a copy")
def see_snippet(usage_id: str, query: SnippetQuery) -> Snippet:
    """Return HTML and JSON-LD that name creator, credit, notice and licence, as search engines read them."""
    hub, actor = the_hub(), allowed("usage.view")
    wish = Wish(query.content_url, query.description, query.enquiries_url)
    with hub.database.read() as session:
        licensing.get_usage(session, actor, usage_id)
        return licensing.snippet(hub, session, usage_id, wish)


@blueprint.get("/usages")
@query(UsageQuery)
@gives(UsagePage)
@described("Uses", "List copies that left, newest first")
def list_usages(query: UsageQuery) -> dict[str, Any]:
    """Return one page of the ledger; creators see copies of their own assets."""
    hub, actor = the_hub(), allowed("usage.view")
    filters = query.model_dump(include={"channel", "status", "state", "creator", "campaign", "ending_days"})
    filters |= {"asset_id": query.asset, "sha256": query.sha256.lower()}
    wanted = Wanted(**filters, before=query.cursor, limit=query.limit + 1)
    with hub.database.read() as session:
        found = licensing.find_usages(hub, session, actor, wanted)
    items = found[: query.limit]
    return {"items": items, "next_cursor": items[-1].id if len(found) > query.limit else None}


@blueprint.get("/usages/<usage_id>")
@gives(UsageOut)
@described("Uses", "One copy that left")
def see_usage(usage_id: str) -> Usage:
    """Return one entry of the ledger."""
    actor = allowed("usage.view")
    with the_hub().database.read() as session:
        return licensing.get_usage(session, actor, usage_id)


@blueprint.patch("/usages/<usage_id>")
@body(PlaceAsk)
@gives(UsageOut)
@described("Uses", "Say where a copy runs")
def place_usage(usage_id: str, body: PlaceAsk) -> Usage:
    """Keep the ad id or the address of the post; who took the copy may, and who edits rights."""
    with changing("usage.view") as (hub, session, actor):
        return licensing.place(hub, session, actor, usage_id=usage_id, external_ref=body.external_ref)


@blueprint.post("/usages/<usage_id>/stopped")
@body(PlaceAsk)
@gives(UsageOut)
@described("Uses", "Say that a copy does not run any more")
def stop_usage(usage_id: str, body: PlaceAsk) -> Usage:
    """End the use, with the ad id or the address where it ran; a task to take it down is done with it."""
    with changing("usage.view") as (hub, session, actor):
        return licensing.stop(hub, session, actor, usage_id=usage_id, external_ref=body.external_ref)


@blueprint.get("/usages/<usage_id>/status")
@gives(StandingOut)
@described("Uses", "Whether a copy may still be used; needs no token")
def see_standing(usage_id: str) -> Standing:
    """Return good, ended or unknown, until when, and whom to name; nothing else."""
    hub = the_hub()
    with hub.database.read() as session:
        return licensing.standing(hub, session, usage_id)


@blueprint.get("/revocations")
@query(FeedQuery)
@gives(Feed)
@described("Uses", "What ended since a cursor")
def list_revocations(query: FeedQuery) -> dict[str, Any]:
    """Return what ended, oldest first. Whoever keeps copies reads on from their cursor at least once a day."""
    actor = allowed("usage.view")
    with the_hub().database.read() as session:
        items = licensing.feed(session, actor, since=query.since, limit=query.limit)
    return {"items": items, "next_since": items[-1]["cursor"] if items else query.since}
