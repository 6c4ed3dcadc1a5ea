"""Delivery links: made by who may download, followed by everybody, for as long as the use is allowed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from ugc_hub import delivery, embeds
from ugc_hub.web.context import allowed, the_hub

from .blueprint import blueprint, body, described, gives
from .shapes import Asked, Given, UseShape


class DeliveryAsk(Asked):
    """The use that the link is for; its channel must be stated."""

    use: UseShape
    duties_ack: str = Field(default="", max_length=100)


class DeliveryOut(Given):
    """A new link. Its address is told this once."""

    url: str
    usage_id: str
    decision_id: str
    channel: str
    valid_until: datetime | None
    status_url: str
    duties: list[dict[str, Any]]


@blueprint.post("/renditions/<rendition_id>/links")
@body(DeliveryAsk)
@gives(DeliveryOut, 201, "The link works until `valid_until`, or until the permission ends")
@described("Renditions", "Make a delivery link")
def make_link(rendition_id: str, body: DeliveryAsk) -> dict[str, Any]:
    """Make a public address of a rendition for one use; after its end, or a revocation, it answers 410."""
    made = delivery.make_link(
        the_hub(),
        allowed("rendition.download"),
        rendition_id,
        stated=body.use.record(),
        acknowledged=body.duties_ack,
    )
    return {"url": made.url, **made.left.as_dict()}


class EmbedAsk(DeliveryAsk):
    """The use that the page is for, and which versions it shows."""

    renditions: list[str] = Field(
        default_factory=list, max_length=3, description="Of the video; default: the newest stream, file and poster."
    )


class LinkedOut(Given):
    """A version that the page shows."""

    kind: str
    rendition_id: str
    url: str
    usage_id: str
    valid_until: datetime | None
    status_url: str
    duties: list[dict[str, Any]]


class LeftOutOut(Given):
    """A version that it does not show, and why."""

    kind: str
    rendition_id: str
    sentence: str


class EmbedOut(Given):
    """A video for a page. Its addresses are told this once."""

    html: str
    links: list[LinkedOut]
    left_out: list[LeftOutOut]
    languages: list[str]
    valid_until: datetime | None
    ends: str


@blueprint.post("/assets/<asset_id>/embeds")
@body(EmbedAsk)
@gives(EmbedOut, 201, "Every address in it works until its end, or until the permission ends")
@described("Renditions", "Make the HTML of a video for a page")
def make_embed(asset_id: str, body: EmbedAsk) -> dict[str, Any]:
    """Make a `<video>` for a website: stream, file, poster and captions by delivery links, decided again each time."""
    made = embeds.make(
        the_hub(),
        allowed("rendition.download"),
        asset_id,
        stated=body.use.record(),
        chosen=body.renditions,
        acknowledged=body.duties_ack,
    )
    return made.as_dict()
