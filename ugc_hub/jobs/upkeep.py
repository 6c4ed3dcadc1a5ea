"""The jobs that only call one function of another room and report what it did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ugc_hub import licensing, permissions, submissions
from ugc_hub.hub import Hub
from workers.queue.context import JobContext

from . import collect


def collected(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Delete bytes that belong to no record."""
    return collect.collect(hub).as_dict()


def cleared(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Work out what may be done with assets where that is missing."""
    return {"assets": licensing.catch_up(hub)}


def due(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Remind of what permissions wait for, and close what has lapsed."""
    return permissions.due(hub).as_dict()


def drafts(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Remove submissions that nobody finished."""
    return submissions.remove_drafts(hub).as_dict()
