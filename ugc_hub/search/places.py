"""Where an index lies: numbered folders, and a file that names the one in use, so that another takes its place at once.

Beside the files of an engine lies `stamp.json`: the layout they have and how far they know the records.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .errors import Corrupt

LAYOUT = 14
"""Goes up when what is indexed changes; an index of another layout is built anew."""
_POINTER = "current"
_STAMP = "stamp.json"
Signature = tuple[int, int, int]


class Place:
    """The folder of an index of one kind (`tantivy` or `whoosh`)."""

    def __init__(self, root: Path, kind: str) -> None:
        self.root = root
        self.kind = kind
        self._pointer = str(root / _POINTER)

    def current(self) -> Path | None:
        """Return the folder in use; None where there is none yet.

        Raises:
            Corrupt: the one that is named is not there.
        """
        try:
            name = (self.root / _POINTER).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeError) as error:
            raise Corrupt("the name of the index in use cannot be read") from error
        folder = self.root / name
        if not name.isdigit() or not folder.is_dir():
            raise Corrupt("the index in use is not there")
        return folder

    def signature(self) -> Signature | None:
        """Return what changes whenever another folder is put in use."""
        return signature(self._pointer)

    def new(self) -> Path:
        """Make an empty folder beside the one in use; what an earlier attempt left is removed."""
        self.sweep()
        with self._locked():
            used = self._used()
            number = (
                max((int(folder.name) for folder in self._folders()), default=int(used) if used.isdigit() else 0) + 1
            )
            made = self.root / str(number)
            made.mkdir()
            return made

    def use(self, folder: Path, *, only_first: bool = False) -> None:
        """Put a folder in use; with `only_first` only where none is in use yet.

        The folder that it takes the place of stays for `sweep`: others may still be reading it.
        """
        with self._locked():
            if not (only_first and (self.root / _POINTER).exists()):
                write_safely(self.root / _POINTER, folder.name.encode())

    def sweep(self) -> None:
        """Remove every folder but the one in use; the caller knows that nobody builds in one of them."""
        with self._locked():
            used = self._used()
            for folder in self._folders():
                if folder.name != used:
                    shutil.rmtree(folder, ignore_errors=True)

    def remove(self, folder: Path) -> None:
        """Remove a folder, unless it is in use."""
        with self._locked():
            if folder.name != self._used():
                shutil.rmtree(folder, ignore_errors=True)

    def _used(self) -> str:
        with suppress(OSError, UnicodeError):
            return (self.root / _POINTER).read_text(encoding="ascii").strip()
        return ""

    def _folders(self) -> list[Path]:
        return [path for path in self.root.iterdir() if path.is_dir() and path.name.isdigit()]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def write_stamp(folder: Path, kind: str, stamp: int, **more: Any) -> None:
    """Write how far an index knows the records, and whatever the engine keeps with it."""
    content = {"layout": LAYOUT, "kind": kind, "stamp": stamp, **more}
    write_safely(folder / _STAMP, json.dumps(content | {"crc": _checksum(content)}).encode())


def read_stamp(folder: Path, kind: str) -> dict[str, Any]:
    """Return what `write_stamp` wrote.

    Raises:
        Corrupt: it cannot be read, or the index has another layout.
    """
    try:
        content = json.loads((folder / _STAMP).read_bytes())
        whole = content.pop("crc", None) == _checksum(content)
        fits = content["layout"] == LAYOUT and content["kind"] == kind and isinstance(content["stamp"], int)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Corrupt("what the index says of itself cannot be read") from error
    if not fits:
        raise Corrupt("the index has another layout")
    if not whole:
        raise Corrupt("what the index says of itself has changed")
    found: dict[str, Any] = content
    return found


def _checksum(content: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(content).encode())


def signature(path: Path | str) -> Signature | None:
    """Return what changes whenever a file is replaced; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - asked before each search, and a path that is a text costs half
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def write_safely(path: Path, content: bytes) -> None:
    """Replace a file so that after a crash it is the old or the new one, whole."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
