"""Pages for people."""

from . import account, asset, claims, door, jobs, library, packs, presets, upload
from .blueprint import blueprint

__all__ = ["account", "asset", "blueprint", "claims", "door", "jobs", "library", "packs", "presets", "upload"]
