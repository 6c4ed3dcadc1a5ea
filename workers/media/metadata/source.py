"""Bounded reading of untrusted bytes: every access is checked, counted and small."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import BinaryIO

BYTES_BUDGET = 64 * 1024 * 1024
READS_BUDGET = 400_000
BLOCK_LIMIT = 8 * 1024 * 1024
"""Longest single metadata block (bytes) that is looked at; longer ones are ignored with a warning."""


class Broken(Exception):
    """The bytes contradict themselves, end too early, or cost more than the budget allows."""


class Source:
    """Random access to a file or a block, within a budget of bytes and of reads.

    The budget makes the whole look at a file bounded whatever its boxes, chunks and offsets claim.
    """

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self.size = size
        self._bytes_left = BYTES_BUDGET
        self._reads_left = READS_BUDGET

    @classmethod
    def over(cls, data: bytes) -> Source:
        """Return a source over a block in memory."""
        return cls(io.BytesIO(data), len(data))

    def take(self, offset: int, length: int) -> bytes:
        """Return exactly `length` bytes at `offset`; `Broken` where they do not exist or cost too much."""
        self._reads_left -= 1
        self._bytes_left -= length
        if self._reads_left < 0 or self._bytes_left < 0:
            raise Broken("reading budget is spent")
        if offset < 0 or length < 0 or offset + length > self.size:
            raise Broken("points outside")
        self._stream.seek(offset)
        data = self._stream.read(length)
        if len(data) != length:
            raise Broken("ends too early")
        return data

    def number(self, offset: int, length: int, order: str = "big") -> int:
        """Return the unsigned integer of `length` bytes at `offset`; `order` is `big` or `little`."""
        return int.from_bytes(self.take(offset, length), "little" if order == "little" else "big")


class Excessive(Broken):
    """The block may be whole, but it is larger than anybody needs to read."""


@dataclass
class Blocks:
    """The raw metadata blocks of one file, before anybody has understood them; the first of a kind counts."""

    exif: bytes | None = None
    """From the TIFF header on."""
    xmp: bytes | None = None
    xmp_extended: bytes | None = None
    iptc: bytes | None = None
    """IPTC-IIM data sets."""
    c2pa: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    """Text of the container itself, by lower-case name as ffmpeg calls it."""
    warnings: list[str] = field(default_factory=list)

    def warn(self, code: str) -> None:
        """Remember a warning once."""
        if code not in self.warnings:
            self.warnings.append(code)

    def add_exif(self, data: bytes) -> None:
        """Keep the first EXIF block; a leading `Exif` marker is dropped."""
        if self.exif is None:
            self.exif = data[6:] if data[:4] == b"Exif" else data

    def add_xmp(self, data: bytes) -> None:
        """Keep the first XMP packet."""
        if self.xmp is None:
            self.xmp = data

    def add_tag(self, name: str, value: str | None) -> None:
        """Keep the first text of that name that is not empty."""
        if value:
            self.tags.setdefault(name, value)
