"""Packs: many assets times many presets as one zip with a manifest: asked for, waited for, streamed."""

from .making import MOST_ASSETS, MOST_ITEMS, go_on, make
from .view import PackView, get, jobs_of
from .zipping import name_for, safe_name, stream, unique_name

__all__ = [
    "MOST_ASSETS",
    "MOST_ITEMS",
    "PackView",
    "get",
    "go_on",
    "jobs_of",
    "make",
    "name_for",
    "safe_name",
    "stream",
    "unique_name",
]
