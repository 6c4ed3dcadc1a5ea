"""In which channels the assets of a list may be used."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may
from ugc_hub.hub import Hub
from ugc_hub.licensing import channels_now


def channels_of(
    hub: Hub, session: Session, actor: Actor, asset_ids: Collection[str], *, in_use: bool = False
) -> Mapping[str, tuple[str, ...]]:
    """Return the channels in which each asset may be used now; nothing for who may not see rights.

    A fixed number of statements; `in_use` as for `channels_now`.
    """
    if not asset_ids or not may(actor, "rights.view"):
        return {}
    return channels_now(hub, session, actor, asset_ids, in_use=in_use)
