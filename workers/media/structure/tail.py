"""Decides whether a JPEG without an end marker lacks only that marker.

Phones and uploads leave files without `FF D9`. Decoders pad what is missing with zero bits and a warning, so a
picture cut in half would pass once the marker is put back. What tells the two apart: bits that the decoder needs are
bits that it reads. The file is completed in memory with different filler before the marker; where all coded data is
there, no filler is ever read and the pixels agree; where anything is missing, the filler becomes coefficients. What
passes has every pixel: at most the closing run of a progressive scan, which brings none, can be absent.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise

from PIL import Image, ImageChops

from workers.media.structure.header import truncated
from workers.media.structure.jpeg import Layout, brings_all_bits

_END = b"\xff\xd9"
_FILLERS = (b"\x00", b"\x55", b"\xa9")
"""Bit patterns that begin and go on differently, so that no prefix code reads all of them alike."""
_FILLER_BYTES = 2048


def close(data: bytes, layout: Layout, decode: Callable[[io.BytesIO], Image.Image]) -> io.BytesIO:
    """Return the file with its end marker; raises `Damaged` (`truncated`) when more than that is missing.

    `decode` returns the decoded picture of a complete file.
    """
    if layout.arithmetic or not brings_all_bits(layout):
        raise truncated("scans are missing")
    body = data.rstrip(b"\xff")
    decoded = [decode(io.BytesIO(_widened(body, layout, filler * _FILLER_BYTES))) for filler in _FILLERS]
    for one, other in pairwise(decoded):
        if ImageChops.difference(one, other).getbbox(alpha_only=False) is not None:
            raise truncated("coded data ends too early")
    return io.BytesIO(body + _END)


def _widened(body: bytes, layout: Layout, filler: bytes) -> bytes:
    """Return the file with filler, its size rounded up to whole blocks, so that little hides beyond the edge.

    Whole units of several blocks would hide nothing, but would change how many blocks a scan of one component has.
    """
    width, height = (-(-side // 8) * 8 for side in (layout.width, layout.height))
    size = min(height, 65535).to_bytes(2) + min(width, 65535).to_bytes(2)
    at = layout.frame + 5
    return b"".join((body[:at], size, body[at + 4 :], filler, _END))
