"""Whether the files of a Tantivy index are whole.

Every file of a segment ends with a footer: a JSON object with the CRC-32 of what stands before it, the length of that
object, and a fixed number (both 32 bits, little-endian). A file that was cut off has lost it.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import Corrupt

MAGIC = 1337
META = "meta.json"
_MANAGED = ".managed.json"
_TAIL = 8
_LONGEST = 10_000
_CHUNK = 1 << 20


def look(folder: Path) -> None:
    """See that all files of all segments are there and end as they should; reads a few bytes of each.

    Raises:
        Corrupt: they do not.
    """
    for path in _files(folder):
        _footer(path)


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Where the library fails within, read all files, to see whether they were damaged while it had them open.

    Raises:
        Corrupt: they were; else what the library raised.
        RuntimeError: it broke down over files that are whole; what it raises itself then is not even an `Exception`.
    """
    try:
        yield
    except (ValueError, OSError):
        read(folder)
        raise
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        read(folder)
        raise RuntimeError("the library of the index broke down") from error


def read(folder: Path) -> None:
    """Read all files of all segments and compare what they hold with their checksums.

    Raises:
        Corrupt: something in them has changed.
    """
    for path in _files(folder):
        length, crc = _footer(path)
        found = 0
        try:
            with path.open("rb") as file:
                while length and (chunk := file.read(min(_CHUNK, length))):
                    found = zlib.crc32(chunk, found)
                    length -= len(chunk)
        except OSError as error:
            raise Corrupt(f"{path.name} cannot be read") from error
        if found != crc:
            raise Corrupt(f"{path.name} has changed")


def _files(folder: Path) -> list[Path]:
    meta, managed = _json(folder / META), _json(folder / _MANAGED)
    try:
        segments = [segment["segment_id"].replace("-", "") for segment in meta["segments"]]
        deletes = {
            f"{name}.{segment['deletes']['opstamp']}.del"
            for name, segment in zip(segments, meta["segments"], strict=True)
            if segment["deletes"]
        }
        names = {name for name in managed if name.partition(".")[0] in segments and not name.endswith(".del")}
    except (KeyError, TypeError, AttributeError) as error:
        raise Corrupt("what the index says of its files cannot be read") from error
    if {name.partition(".")[0] for name in names} != set(segments):
        raise Corrupt("files of the index are missing")
    return [folder / name for name in sorted(names | deletes)]


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Corrupt(f"{path.name} cannot be read") from error


def _footer(path: Path) -> tuple[int, int]:
    """The length of what stands before the footer, and its checksum."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(max(size - _TAIL, 0))
            length, magic = struct.unpack("<II", file.read(_TAIL))
            start = size - _TAIL - length
            if magic != MAGIC or start < 0 or length > _LONGEST:
                raise Corrupt(f"{path.name} is cut off")
            file.seek(start)
            return start, int(json.loads(file.read(length))["crc"])
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        raise Corrupt(f"{path.name} cannot be read") from error
