"""Measures an untrusted file: type, limits, proof by decoding, facts and previews.

Runs in the child process of `sandbox`; call it anywhere else only with files that you made yourself.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workers.media import provenance
from workers.media.limits import Limits
from workers.media.probe import stills, videos
from workers.media.shapes import Inspection
from workers.media.sniff import HEAD_BYTES, sniff

__all__ = ["inspect"]


def inspect(path: Path, workdir: Path, limits: Limits, *, embedder: str = "") -> Inspection:
    """Return the facts of the original at `path` and the previews made of it, written into `workdir`.

    The type is told by content. A picture is decoded in full, a video in part when it is long; either way every
    limit is checked on headers and timestamps first. `embedder` names what tells how it looks.

    Raises the errors of `workers.media.errors`.
    """
    with path.open("rb") as file:
        found = sniff(file.read(HEAD_BYTES))
    work = stills.inspect if found.kind == "image" else videos.inspect
    measured = work(path, found, workdir, limits, embedder=embedder)
    if measured.facts.embedded.c2pa != "embedded":
        return measured
    claims = provenance.read(path, found.media_type)
    return replace(measured, facts=replace(measured.facts, provenance=claims))
