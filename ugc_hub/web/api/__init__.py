"""The API, version 1: the same actions as the pages, for programs; described at `/api/v1/openapi.json`."""

from . import assets, erasures, identity, jobs, packs, policies, presets, renditions, uploads
from .blueprint import blueprint
from .spec import OPENAPI, finish_spec

__all__ = [
    "OPENAPI",
    "assets",
    "blueprint",
    "erasures",
    "finish_spec",
    "identity",
    "jobs",
    "packs",
    "policies",
    "presets",
    "renditions",
    "uploads",
]
