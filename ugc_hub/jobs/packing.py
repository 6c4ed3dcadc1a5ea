"""Goes on with a pack when a video of it was prepared, or could not be."""

from __future__ import annotations

from ugc_hub import packs
from ugc_hub.hub import Hub
from workers.queue.context import JobContext


def pack(hub: Hub, context: JobContext) -> None:
    """Ask for what the pack waits for of the video that the job names."""
    packs.go_on(hub, context.job.payload, context.settle)
