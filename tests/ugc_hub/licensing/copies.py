"""Copies that have left, for tests, and what the afterlife made of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use, Withdrawal
from ugc_hub.models import TakedownTask, Usage, User


def usage_row(hub: Hub, asset_id: str, *, by: User | None = None, use: Use | None = None, **known: Any) -> str:
    """Let a copy leave and return its id."""
    use = use or Use("email")
    with hub.database.write() as session:
        kept = licensing.demand(licensing.keep(hub, session, SYSTEM, asset_id=asset_id, use=use))
        row = Usage(
            **{
                "id": hub.new_id("use"),
                "created_at": hub.now(),
                "asset_id": asset_id,
                "exit": "download",
                "decision_id": kept.id,
                "channel": kept.request.channel,
                "territories": list(kept.request.territories),
                "edits": [],
                "grants_used": list(kept.decision.grants_used),
                "valid_until": kept.decision.valid_until,
                "sha256": hub.new_id("sha").ljust(64, "0")[:64],
                "delivered_to": by.id if by else None,
                **known,
            }
        )
        session.add(row)
        session.flush()
        return row.id


def usage(hub: Hub, usage_id: str) -> Usage:
    """The copy as it is now."""
    with hub.database.read() as session:
        return session.get_one(Usage, usage_id)


def tasks(hub: Hub) -> list[TakedownTask]:
    """All tasks."""
    with hub.database.read() as session:
        return list(session.scalars(select(TakedownTask).order_by(TakedownTask.id)))


def told(hub: Hub, since: int = 0) -> list[dict[str, Any]]:
    """The feed."""
    with hub.database.read() as session:
        return licensing.feed(session, SYSTEM, since=since)


def revoke(hub: Hub, grant: str, basis: str = "platform_revoked", **more: Any) -> None:
    """End a grant."""
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal(basis, **more))
