"""Pages for people."""

from . import account, answers, asset, claims, door, jobs, library, packs, presets, upload
from .blueprint import blueprint

__all__ = [
    "account",
    "answers",
    "asset",
    "blueprint",
    "claims",
    "door",
    "jobs",
    "library",
    "packs",
    "presets",
    "upload",
]
