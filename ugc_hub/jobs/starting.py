"""What a worker asks for once, before it works: the jobs that an upgrade has made necessary."""

from __future__ import annotations

from ugc_hub.hub import Hub
from ugc_hub.licensing import queue_missing

from .prepare import queue_unprepared
from .read import queue_unread
from .remark import queue_outdated


def queue_upgrades(hub: Hub) -> None:
    """Ask for the jobs that make again what an older release, or other settings, left behind."""
    queue_missing(hub)
    queue_outdated(hub)
    queue_unprepared(hub)
    queue_unread(hub)
