"""The API, version 1: the same actions as the pages, for programs; described at `/api/v1/openapi.json`."""

from . import (
    assets,
    deeds,
    erasures,
    grants,
    handing,
    identity,
    jobs,
    links,
    packs,
    papers,
    permissions,
    policies,
    presets,
    releases,
    renditions,
    rights,
    uploads,
    usages,
)
from .blueprint import blueprint
from .spec import OPENAPI, finish_spec

__all__ = [
    "OPENAPI",
    "assets",
    "blueprint",
    "deeds",
    "erasures",
    "finish_spec",
    "grants",
    "handing",
    "identity",
    "jobs",
    "links",
    "packs",
    "papers",
    "permissions",
    "policies",
    "presets",
    "releases",
    "renditions",
    "rights",
    "uploads",
    "usages",
]
