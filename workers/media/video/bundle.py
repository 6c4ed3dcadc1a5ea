"""The files of a ladder as one file: a zip without compression, in which each of them is a range of bytes.

One file is kept, erased, checked and handed over like any other rendition, and a server of ranges delivers each of its
files by name. Nothing here decodes: a web process may read the list of files, and stamp what it hands out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from workers.media import imprint as stamp
from workers.media.errors import MediaError
from workers.media.shapes import Imprint
from workers.media.video import fragments, playlists
from workers.media.video.rungs import MASTER

Read = Callable[[int, int], bytes]

MEDIA_TYPE = "application/zip"
_TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".mp4": "video/mp4"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_HEAD, _NAME_AT = 30, 26
"""Of a local header (APPNOTE 4.3.7): its length, and where the lengths of the name and of what follows it stand."""


@dataclass(frozen=True)
class Entry:
    """One file of a bundle, as a range of bytes of the whole."""

    name: str
    start: int
    length: int
    media_type: str


def media_type_of(name: str) -> str:
    """Return the media type of a file of a ladder; empty for a name that none has."""
    return "audio/mp4" if name == "sound.mp4" else _TYPES.get(Path(name).suffix, "")


def write(folder: Path, path: Path) -> None:
    """Write all files of a folder into a bundle, the master playlist first; the same files give the same bytes."""
    names = sorted((one.name for one in folder.iterdir()), key=lambda name: (name != MASTER, name))
    with path.open("wb") as file:
        _write(file, ((name, (folder / name).read_bytes()) for name in names))


def _write(file: BinaryIO, files: Iterable[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:
        for name, data in files:
            told = zipfile.ZipInfo(name, _EPOCH)
            told.external_attr = 0o644 << 16
            bundle.writestr(told, data)


def find(size: int, read: Read, name: str) -> Entry | None:
    """Return the file of that name in a bundle of `size` bytes; `read` gives the bytes from one place to another.

    Raises `MediaError` (`output_invalid`) for what is no bundle.
    """
    return _listed(size, read, lambda found: found == name).get(name)


def entries(data: bytes) -> dict[str, Entry]:
    """Return all files of a bundle by name; raises as `find`."""
    return _listed(len(data), lambda start, end: data[start:end], lambda name: True)


def _listed(size: int, read: Read, wanted: Callable[[str], bool]) -> dict[str, Entry]:
    try:
        with zipfile.ZipFile(io.BufferedReader(_Ranges(size, read), 1 << 16)) as bundle:
            return {told.filename: _entry(told, read) for told in bundle.infolist() if wanted(told.filename)}
    except (zipfile.BadZipFile, IndexError, OSError) as error:
        raise MediaError("The file is no bundle of a stream.", code="output_invalid", detail=repr(error)) from error


def _entry(told: zipfile.ZipInfo, read: Read) -> Entry:
    if told.compress_type != zipfile.ZIP_STORED:
        raise zipfile.BadZipFile(f"{told.filename} is compressed")
    lengths = read(told.header_offset + _NAME_AT, told.header_offset + _HEAD)
    beside = int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    start = told.header_offset + _HEAD + beside
    return Entry(told.filename, start, told.file_size, media_type_of(told.filename))


def stamped(data: bytes, imprint: Imprint) -> bytes:
    """Return a bundle whose films bear `imprint` as their only metadata, and whose playlists know their new places.

    Raises `MediaError` (`output_invalid`) for what is no bundle.
    """
    found = entries(data)
    files = {name: data[one.start : one.start + one.length] for name, one in found.items()}
    for name, film in files.items():
        listed = f"{Path(name).stem}.m3u8"
        if name.endswith(".mp4") and listed in files:
            files[name] = stamp.rewrite(film, "cmaf", imprint)
            files[listed] = playlists.media(name, fragments.parse(files[name])).encode("ascii")
    made = io.BytesIO()
    _write(made, files.items())
    return made.getvalue()


class _Ranges(io.RawIOBase):
    """Bytes that are fetched when they are read."""

    def __init__(self, size: int, read: Read) -> None:
        super().__init__()
        self._size, self._fetch, self._at = size, read, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if place < 0:
            raise OSError("before the beginning")
        self._at = place
        return place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._fetch(self._at, min(self._size, self._at + len(buffer))) if self._at < self._size else b""
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
