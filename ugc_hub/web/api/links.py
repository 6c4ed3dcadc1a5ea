"""Delivery links: made by who may download, followed by everybody, for as long as the use is allowed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from ugc_hub import delivery
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
