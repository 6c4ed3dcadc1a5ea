"""Pages for people."""

from . import account, asset, jobs, library, packs, presets, sign_in, upload
from .blueprint import blueprint

__all__ = ["account", "asset", "blueprint", "jobs", "library", "packs", "presets", "sign_in", "upload"]
