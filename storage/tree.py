"""Where the local backend keeps the object of a key, and how it gets there without following symbolic links.

Key `originals/ab12` lies in `d-or/originals/f-ab/ab12`: every segment stands in a fan-out folder named after its
first two characters, so that a million hashes spread over 256 folders; `d-` holds folders and `f-` objects, so that
`a` and `a/b` can both be keys. Both kinds of folders sort like the keys in them, hence a listing needs to hold only
one fan-out folder of each level in memory.
"""

from __future__ import annotations

import errno
import heapq
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from storage.errors import InvalidKey
from storage.keys import check_key

_ROOT = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FOLDER = _ROOT | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER_MODE = 0o750
_KNOWN_LIMIT = 10_000
"""How many folders are remembered as durable; forgetting them costs one fsync each."""


class Place(NamedTuple):
    """The folders, from the root of the tree, and the file name of an object."""

    folders: tuple[str, ...]
    name: str


class Found(NamedTuple):
    """One object met on a walk."""

    key: str
    status: os.stat_result


def place(key: str) -> Place:
    """Return where `key` lies; the key must have been checked."""
    *parents, name = key.split("/")
    folders = [part for parent in parents for part in (f"d-{parent[:2]}", parent)]
    return Place((*folders, f"f-{name[:2]}"), name)


def make_folder(path: Path) -> None:
    """Create `path` and its missing parents so that they survive a power cut."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        with suppress(FileExistsError):  # another process was faster; the entry still needs our fsync
            folder.mkdir(mode=_FOLDER_MODE)
        sync_folder(folder.parent)


def sync_folder(path: Path) -> None:
    """Make the entries of a folder durable."""
    descriptor = os.open(path, _ROOT)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Tree:
    """The folder that holds all objects; every method raises plain `OSError`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: set[tuple[str, ...]] = set()

    @contextmanager
    def folder(self, folders: tuple[str, ...]) -> Iterator[int]:
        """Lend a descriptor of an existing folder; `ELOOP` or `ENOTDIR` where a link stands in the way."""
        descriptor = os.open(self.root, _ROOT)
        try:
            for name in folders:
                descriptor = _swap(descriptor, name)
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def made_folder(self, folders: tuple[str, ...]) -> Iterator[int]:
        """Lend a descriptor of a folder that is created where it is missing, with every entry above it durable.

        A folder that exists may have been made by another process that has not reached its fsync yet; therefore
        each folder's parent is synced once by every process.
        """
        make_folder(self.root)
        descriptor = os.open(self.root, _ROOT)
        try:
            for depth, name in enumerate(folders, start=1):
                made = _made(descriptor, name)
                if made or folders[:depth] not in self._known:
                    os.fsync(descriptor)
                    self._remember(folders[:depth])
                descriptor = _swap(descriptor, name)
            yield descriptor
        finally:
            os.close(descriptor)

    def open(self, key: str) -> int:
        """Return a reading descriptor of the object of `key`, `EISDIR` where it is not a regular file."""
        folders, name = place(key)
        with self.folder(folders) as folder:
            descriptor = os.open(name, _FILE, dir_fd=folder)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise IsADirectoryError(errno.EISDIR, "not a regular file")
        return descriptor

    def path(self, key: str) -> Path:
        """Return the path at which the object of `key` lies or would lie."""
        folders, name = place(key)
        return self.root.joinpath(*folders, name)

    def walk(self, prefix: str) -> Iterator[Found]:
        """Yield the objects whose keys begin with `prefix`, sorted by key; links and foreign files are passed over."""
        *whole, begun = prefix.split("/")
        folders = [part for segment in whole for part in (f"d-{segment[:2]}", segment)]
        try:
            with self.folder(tuple(folders)):
                pass
        except FileNotFoundError:
            return
        start = "".join(f"{segment}/" for segment in whole)
        yield from _walk(self.root.joinpath(*folders), start, begun)

    def _remember(self, folders: tuple[str, ...]) -> None:
        if len(self._known) >= _KNOWN_LIMIT:
            self._known.clear()
        self._known.add(folders)


def _swap(descriptor: int, name: str) -> int:
    """Open `name` in a folder and close the folder."""
    inner = os.open(name, _FOLDER, dir_fd=descriptor)
    os.close(descriptor)
    return inner


def _made(descriptor: int, name: str) -> bool:
    try:
        os.mkdir(name, _FOLDER_MODE, dir_fd=descriptor)
    except FileExistsError:
        return False
    return True


def _walk(folder: Path, start: str, begun: str) -> Iterator[Found]:
    streams = (_files(folder, start, begun), _folders(folder, start, begun))
    yield from heapq.merge(*streams, key=lambda found: found.key)


def _files(folder: Path, start: str, begun: str) -> Iterator[Found]:
    for fan in sorted(_names(folder, "f-", begun)):
        for entry in sorted(_entries(folder / fan), key=lambda entry: entry.name):
            if not entry.name.startswith(begun) or not entry.is_file(follow_symlinks=False):
                continue
            with suppress(FileNotFoundError, InvalidKey):  # deleted meanwhile; or not one of ours
                yield Found(check_key(start + entry.name), entry.stat(follow_symlinks=False))


def _folders(folder: Path, start: str, begun: str) -> Iterator[Found]:
    # Keys below folder `a` begin with `a/`, those below `a.` with `a./`: names sort as if they ended in a slash.
    for fan in sorted(_names(folder, "d-", begun), key=lambda name: name if len(name) == 4 else f"{name}/"):
        for entry in sorted(_entries(folder / fan), key=lambda entry: f"{entry.name}/"):
            if entry.name.startswith(begun) and entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), f"{start}{entry.name}/", "")


def _names(folder: Path, kind: str, begun: str) -> list[str]:
    """Return the fan-out folders of one kind in which names beginning with `begun` can lie."""
    wanted = kind + begun[:2]
    return [
        entry.name
        for entry in _entries(folder)
        if entry.name.startswith(wanted) and entry.is_dir(follow_symlinks=False)
    ]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []
