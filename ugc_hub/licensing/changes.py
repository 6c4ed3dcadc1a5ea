"""What has to follow in the same transaction when grants or rights facts of assets change."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from ugc_hub.audit import record
from ugc_hub.hub import Hub


def changed(hub: Hub, session: Session, asset_ids: Iterable[str] | None) -> None:
    """Note that the answers for these assets may differ from now on; None means all assets."""
    ids = ["*"] if asset_ids is None else sorted(set(asset_ids))
    for asset_id in ids:
        record(session, hub.now(), "rights.changed", asset_id)
