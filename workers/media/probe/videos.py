"""Measures a video."""

from __future__ import annotations

from pathlib import Path

from workers.media.errors import Unsupported
from workers.media.limits import Limits
from workers.media.shapes import Inspection
from workers.media.sniff import Sniffed


def inspect(path: Path, found: Sniffed, workdir: Path, limits: Limits) -> Inspection:
    """Return the facts and previews of a video; see `probe.inspect`."""
    raise Unsupported("Videos are not measured yet.")
