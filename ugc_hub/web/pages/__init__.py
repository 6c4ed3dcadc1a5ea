"""Pages for people."""

from . import (
    account,
    answers,
    asking,
    asset,
    claims,
    creators,
    door,
    grants,
    jobs,
    library,
    packs,
    presets,
    releases,
    rights,
    upload,
)
from .blueprint import blueprint

__all__ = [
    "account",
    "answers",
    "asking",
    "asset",
    "blueprint",
    "claims",
    "creators",
    "door",
    "grants",
    "jobs",
    "library",
    "packs",
    "presets",
    "releases",
    "rights",
    "upload",
]
