"""Empties the trash, and forgets what was there before edits that can no longer be undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ugc_hub.catalog import forget_edits
from ugc_hub.hub import Hub
from ugc_hub.licensing.trash import empty_trash
from workers.queue.context import JobContext


def empty(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Erase what lay in the trash for as long as the setting says."""
    return {"assets": empty_trash(hub), "values": forget_edits(hub)}
