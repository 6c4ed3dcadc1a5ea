"""Takes in files and folders of this machine, one after the other, with an outcome in words for each."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ugc_hub.accounts import Actor
from ugc_hub.errors import HubError, Invalid, NotFound, Truncated, from_engine
from ugc_hub.hub import Hub

from .accept import Upload, accept


@dataclass(frozen=True)
class Outcome:
    """What became of one path."""

    path: str
    asset_id: str | None
    status: str
    """`received`, `ready`, `duplicate` or `refused`."""
    code: str | None
    message: str
    warning: str | None = None
    """What a person should look at, though the file was taken; see `licensing.doubt`."""
    missing: tuple[str, ...] = ()
    """Names of required fields of its campaign that say nothing of it."""


@dataclass(frozen=True)
class Found:
    """A file to take in, or why a path leads to none."""

    path: str
    trouble: HubError | None = None


def expand(paths: Iterable[str | Path], *, without: Path | None = None) -> Iterator[Found]:
    """Yield the files named and those in the folders named, sorted; hidden files and links are left out of folders.

    An empty path is refused rather than read as the working folder, and a folder that cannot be read is told.
    `without` is a folder that is left out where it lies inside another.
    """
    for path in map(str, paths):
        if not path:
            yield Found(path, Invalid("The path is empty. Name a file or a folder; this folder is called . (a dot)."))
        elif path == "-":
            words = "Standard input is not taken in. Save it as a file; a file with the name - is called ./- here."
            yield Found(path, Invalid(words, code="not_a_file"))
        elif _is_folder(path):
            yield from _inside(path, without and without.resolve())
        else:
            yield Found(path)


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except OSError:  # opening it as a file tells why
        return False


def _inside(top: str, without: Path | None) -> Iterator[Found]:
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as listed:
                entries = sorted((e for e in listed if not e.name.startswith(".")), key=lambda entry: entry.name)
            files = [entry.path for entry in entries if entry.is_file(follow_symlinks=False)]
            below = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError as error:
            yield Found(folder, _unreadable("folder", error))
            continue
        yield from map(Found, files)
        folders += [path for path in reversed(below) if without is None or Path(path).resolve() != without]


def ingest_paths(
    hub: Hub,
    actor: Actor,
    paths: Iterable[str | Path],
    *,
    creator: str | None = None,
    campaign: str | None = None,
    own: bool = False,
    fields: Mapping[str, str] | None = None,
) -> Iterator[Outcome]:
    """Take in each file; a file that is refused, or cannot be read, does not hold up the others.

    The hub's own data are left out of the folders. `fields` are what those of the campaign say of all files.
    """
    known = Upload("", door="cli", creator=creator, campaign=campaign, own=own, fields=fields or {})
    for found in expand(paths, without=hub.settings.data_dir):
        upload = replace(known, file_name=Path(found.path).name)
        try:
            if found.trouble is not None:
                raise found.trouble
            yield _one(hub, actor, found.path, upload)
        except Exception as error:
            told = error if isinstance(error, HubError) else from_engine(error)
            if told is None:
                raise
            yield Outcome(found.path, None, "refused", told.code, told.message)


def _one(hub: Hub, actor: Actor, path: str, upload: Upload) -> Outcome:
    try:
        file = _open(path)
    except OSError as error:
        raise _unreadable("file", error) from error
    with file:
        steady = _Steady(file)
        accepted = accept(hub, actor, steady, replace(upload, size_bytes=steady.size_bytes))
    known = accepted.duplicate and accepted.status != "refused"
    status = "duplicate" if known else accepted.status
    told = (accepted.code, accepted.message, accepted.warning, accepted.missing)
    return Outcome(path, accepted.asset_id, status, *told)


def _open(path: str) -> BinaryIO:
    """Open a regular file and nothing else: a pipe may never end, and a device may start to do something.

    Raises:
        OSError: it cannot be opened.
        Invalid: it is no regular file.
    """
    _require_file(Path(path).stat().st_mode)
    # Whatever took its place in the meantime must not make us wait.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        _require_file(os.fstat(handle).st_mode)
        return os.fdopen(handle, "rb", buffering=0)
    except BaseException:
        os.close(handle)
        raise


def _require_file(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise Invalid("This is a pipe, a device or the like. Save its content as a file.", code="not_a_file")


def _unreadable(kind: str, error: OSError) -> NotFound:
    return NotFound(f"The {kind} cannot be read: {error.strerror or error}.", code="unreadable")


class _Steady:
    """The bytes of a file that must not change while they are read: half of one state and half of another is none."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._before = self._state()
        self.size_bytes = self._left = self._before[0]

    def _state(self) -> tuple[int, int]:
        known = os.fstat(self._file.fileno())
        return known.st_size, known.st_mtime_ns

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes.

        Raises:
            NotFound: the disk or the network does not give them (code `unreadable`).
            Truncated: the file has changed since it was opened.
        """
        try:
            data = self._file.read(size)
            changed = len(data) > self._left or (not data and (self._left > 0 or self._state() != self._before))
        except OSError as error:
            raise _unreadable("file", error) from error
        if changed:
            raise Truncated("The file changed while it was read. Nothing of it was kept; take it in when it is done.")
        self._left -= len(data)
        return data
