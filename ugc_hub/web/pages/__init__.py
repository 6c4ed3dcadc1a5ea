"""Pages for people."""

from . import account, asset, door, jobs, library, packs, presets, upload
from .blueprint import blueprint

__all__ = ["account", "asset", "blueprint", "door", "jobs", "library", "packs", "presets", "upload"]
