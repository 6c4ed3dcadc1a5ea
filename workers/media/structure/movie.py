"""The structure of MP4 and QuickTime files (ISO 14496-12): index present, own data only, nothing encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workers.media.errors import Damaged, TooLarge, Unsupported
from workers.media.limits import Limits
from workers.media.metadata.boxes import Box, children
from workers.media.metadata.source import Broken, Source
from workers.media.structure import outer
from workers.media.structure.header import corrupt, truncated

_ENCRYPTED = {b"encv", b"enca", b"drms", b"drmi"}
_SELF_CONTAINED = 1
"""Flag of a data reference: the media data is in this file (8.7.2)."""


def check(path: Path, limits: Limits) -> None:
    """Refuse what no decoder should see; raises `Damaged`, `Unsupported`, `TooLarge`."""
    with path.open("rb") as stream:
        source = Source(stream, stream.seek(0, 2))
        top, _ = outer.top(source)
        if b"moov" not in top:
            raise truncated("no moov box")
        try:
            tracks = [box for box in children(source, top[b"moov"]) if box.kind == b"trak"]
            if len(tracks) > limits.streams:
                raise TooLarge(
                    f"The video has {len(tracks)} tracks; at most {limits.streams} are accepted. "
                    "Export it again with one picture and one sound track.",
                    code="too_many_streams",
                )
            for track in tracks:
                _check_track(source, track)
        except Broken as error:
            raise corrupt(str(error)) from error


def _check_track(source: Source, track: Box) -> None:
    for information in _descend(source, track, [b"mdia", b"minf"]):
        for table in _descend(source, information, [b"stbl", b"stsd"]):
            for entry in children(source, table, skip=8):
                if entry.kind in _ENCRYPTED:
                    raise Unsupported(
                        "The video is protected against copying and cannot be opened. Send an unprotected original.",
                        code="encrypted",
                    )
        for references in _descend(source, information, [b"dinf", b"dref"]):
            for reference in children(source, references, skip=8):
                if not source.number(reference.start, 4) & _SELF_CONTAINED:
                    raise Unsupported(
                        "The video only points to another file instead of holding its pictures. "
                        "Export it as a self-contained file.",
                        code="external_reference",
                    )


def _descend(source: Source, parent: Box, kinds: list[bytes]) -> Iterator[Box]:
    """Yield every box that is reached from `parent` through boxes of these kinds."""
    if not kinds:
        yield parent
        return
    for box in children(source, parent):
        if box.kind == kinds[0]:
            yield from _descend(source, box, kinds[1:])


def check_length(path: Path, format: str) -> None:  # noqa: A002 - the word of `shapes`
    """Refuse a Matroska, WebM or AVI file that is shorter than its outermost element states (`truncated`)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4096)
    stated = _riff_end(head) if format == "avi" else _segment_end(head)
    if stated is not None and stated > size:
        raise truncated(f"{size} of {stated} bytes")


def _riff_end(head: bytes) -> int:
    return 8 + int.from_bytes(head[4:8], "little")


def _segment_end(head: bytes) -> int | None:
    """Offset of the end of the Matroska segment (RFC 9559); None for a live recording, which does not know it."""
    _, at = _number(head, 4)
    length, at = _number(head, 4)
    if length is None:
        raise corrupt("EBML header")
    at += length
    if head[at : at + 4] != b"\x18\x53\x80\x67":
        return None
    length, at = _number(head, at + 4)
    return None if length is None else at + length


def _number(head: bytes, at: int) -> tuple[int | None, int]:
    """Read a variable-length number (RFC 8794, 4); None when it is the reserved "unknown"."""
    first = head[at] if at < len(head) else 0
    width = 9 - first.bit_length() if first else 0
    if not width or at + width > len(head):
        raise Damaged("The file is damaged and cannot be read. Export it again and send that.", code="corrupt")
    mask = (1 << 7 * width) - 1
    value = int.from_bytes(head[at : at + width]) & mask
    return (None if value == mask else value), at + width
