"""Writes as much of a stamp as a file may hold: a byte budget holds for the file that leaves, not for a draft of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from workers.media.imprint import movie
from workers.media.imprint.block import FileFormat, packet, rewrite
from workers.media.shapes import Imprint

Extent = Literal["full", "short", "core", "none"]
"""How much was written: everything; without terms in words, licensor, releases and ids of asset and rendition; use,
status page, end, creator, credit and copyright alone, said once; nothing, the file is as it was."""


@dataclass(frozen=True)
class Fitted:
    """A stamped file, and how much was written into it."""

    data: bytes
    extent: Extent


def fitted(data: bytes, name: FileFormat, imprint: Imprint, limit: int | None) -> Fitted:
    """Return the file with as much of `imprint` as keeps it within `limit` bytes (None: no limit).

    Where not even the least fits, the file comes back as it is. Raises `MediaError` (`output_invalid`) for a file
    that is not of that format.
    """
    for extent, shorter in _shorter(imprint):
        made = rewrite(data, name, shorter, repeat=extent != "core")
        if limit is None or len(made) <= limit:
            return Fitted(made, extent)
    return Fitted(data, "none")


@dataclass(frozen=True)
class Ending:
    """A stamped movie without its bytes: what of the old file begins it, and what ends it."""

    cut: int
    tail: bytes
    extent: Extent


def ending(size: int, part: movie.Slice, imprint: Imprint, limit: int | None) -> Ending | None:
    """Return how a movie of `size` bytes is stamped without reading it; the same bytes as of `fitted`.

    None where all of it has to be written anew. Raises `MediaError` (`output_invalid`) as `fitted`.
    """
    cut = movie.cut_of(size, part)
    if cut is None:
        return None
    for extent, shorter in _shorter(imprint):
        made = movie.tail(packet(shorter))
        if limit is None or cut + len(made) <= limit:
            return Ending(cut, made, extent)
    return Ending(size, b"", "none")


def _shorter(imprint: Imprint) -> Iterator[tuple[Extent, Imprint]]:
    yield "full", imprint
    short = replace(
        imprint,
        usage_terms=None,
        licensor=None,
        licensor_url=None,
        model_release=None,
        property_release=None,
        asset_id=None,
        rendition_id=None,
    )
    yield "short", short
    yield "core", replace(short, data_mining=None, digital_source_type=None, credit_required=None)
