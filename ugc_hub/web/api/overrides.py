"""Overrides by legal: a permission for a short time, written down with its reason."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ugc_hub.licensing import panel
from ugc_hub.licensing.overriding import LONGEST_REASON, MOST_DAYS, Override, override
from ugc_hub.web.context import changing

from .blueprint import blueprint, body, described, gives
from .legal import Grants
from .shapes import Asked


class OverrideAsk(Asked):
    """What legal allows for a short time; prohibitions and the state of the asset stand against it all the same."""

    channels: list[str] = Field(min_length=1, max_length=100)
    territories: list[str] = Field(min_length=1, max_length=300)
    edits: list[str] = Field(default_factory=list, max_length=100)
    days: int = Field(ge=1, le=MOST_DAYS)
    reason: str = Field(min_length=1, max_length=LONGEST_REASON, description="Stays with the grant.")


@blueprint.post("/assets/<asset_id>/overrides")
@body(OverrideAsk)
@gives(Grants, 201, "The override is in force")
@described("Rights", "Allow a use for a short time instead of the creator")
def make_override(asset_id: str, body: OverrideAsk) -> dict[str, Any]:
    """Write a permission of each layer that the asset has, for at most 30 days; for roles that may decide as legal."""
    with changing("rights.legal") as (hub, session, actor):
        panel.asset_of(session, actor, asset_id)
        wish = Override(tuple(body.channels), tuple(body.territories), body.days, body.reason, tuple(body.edits))
        rows = override(hub, session, actor, asset_id=asset_id, wish=wish)
        session.flush()
        return {"items": panel.shown_grants(hub, session, [row.id for row in rows])}
