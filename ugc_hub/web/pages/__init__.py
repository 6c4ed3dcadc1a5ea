"""Pages for people."""

from . import account, answers, asset, claims, door, grants, jobs, library, packs, presets, rights, upload
from .blueprint import blueprint

__all__ = [
    "account",
    "answers",
    "asset",
    "blueprint",
    "claims",
    "door",
    "grants",
    "jobs",
    "library",
    "packs",
    "presets",
    "rights",
    "upload",
]
