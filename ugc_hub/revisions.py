"""Which revisions of the database this release knows, told without loading anything that opens one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

VERSIONS = Path(__file__).resolve().parent / "migrations" / "versions"


@cache
def known() -> tuple[str, ...]:
    """Return the revisions of this release in order; each is the number that its file's name begins with."""
    return tuple(sorted(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py")))
