"""Holds the index of one process open: an engine is loaded with the first search, not with the hub."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import footers
from .errors import Corrupt
from .opening import begin_anew, kind_of, open_index
from .places import Place, Signature, read_stamp, signature, write_safely

if TYPE_CHECKING:
    from .engine import Aside, Engine

_AS_OF = "as-of.json"
_BUILDING = "building"
"""A file that says how far a new index is; it means something only while somebody builds one."""
_ANEW = "anew"
"""A file whose presence asks whoever keeps the index to build it anew."""
_ERASED = "erased"
"""A file that says since when files of the index hold words of what was erased."""


class AsOf(NamedTuple):
    """When what an index holds of rights was true of all its documents, in microseconds since 1970, and under what."""

    instant: int = 0
    terms: str = ""
    """Of whoever worked it out: under other ones it is not true."""


class Holder:
    """The index of one folder as one process uses it; threads may share it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self._kind = kind_of(url)
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    def known(self) -> int:
        """Return how far the index knows the records, without loading an engine; 0 where there is none.

        Raises:
            Corrupt: what it says of itself cannot be read, or it has another layout.
        """
        folder = Place(self.folder / self._kind, self._kind).current()
        return 0 if folder is None else int(read_stamp(folder, self._kind)["stamp"])

    def look(self, *, whole: bool = False) -> None:
        """See that no file of the index is missing or cut off; with `whole`, read them and compare their checksums.

        Loads no engine, but that of Whoosh to read its files whole; otherwise those are looked at when it is opened.

        Raises:
            Corrupt: files are damaged.
        """
        place = Place(self.folder / self._kind, self._kind)
        if self._kind != "tantivy":
            if whole and place.current() is not None:
                self.engine().check()
            return
        looking = footers.read if whole else footers.look
        while (folder := place.current()) is not None:
            seen = (place.signature(), signature(folder / footers.META))
            try:
                looking(folder)
                break
            except Corrupt:
                # Files that another process took away meanwhile, in a commit or with the index before, are no damage.
                if (place.signature(), signature(folder / footers.META)) == seen:
                    raise

    def as_of(self) -> AsOf:
        """Return when what it holds of rights was true of all documents; `AsOf()` where that is not known."""
        place = Place(self.folder / self._kind, self._kind)
        try:
            folder = place.current()
            content = json.loads((place.root / _AS_OF).read_bytes())
            fits = folder is not None and content["folder"] == folder.name
            return AsOf(int(content["instant"]), str(content["terms"])) if fits else AsOf()
        except (OSError, ValueError, KeyError, TypeError, Corrupt):
            return AsOf()

    def keep_as_of(self, known: AsOf) -> None:
        """Write what `as_of` returns as long as the present folder is in use."""
        place = Place(self.folder / self._kind, self._kind)
        folder = place.current()
        if folder is not None:
            content = {"folder": folder.name, "instant": known.instant, "terms": known.terms}
            write_safely(place.root / _AS_OF, json.dumps(content).encode())

    def engine(self) -> Engine:
        """Return the open index.

        Raises:
            Corrupt: see `open_index`.
        """
        with self._lock:
            if self._engine is None:
                self._engine = open_index(self.url, self.folder)
            return self._engine

    def aside(self) -> Aside:
        """Begin a new index beside the one in use; the caller holds `locked("build")`."""
        return begin_anew(self.url, self.folder)

    def ask_anew(self) -> None:
        """Ask whoever keeps the index to build it anew, and let go of the engine."""
        self.close()
        self.folder.mkdir(parents=True, exist_ok=True)
        write_safely(self.folder / _ANEW, b"")

    def is_asked_anew(self) -> bool:
        """Whether somebody asked for an index built anew."""
        return (self.folder / _ANEW).exists()

    def note_erased(self, now: int) -> None:
        """Keep since when, in microseconds since 1970, files of the index hold words of what was erased.

        What is taken out of an index stays in its files until they are written anew.
        """
        if not self.erased_since():
            write_safely(self.folder / _ERASED, str(now).encode())

    def erased_since(self) -> int | None:
        """Return what was kept; None where they hold nothing, 0 while (or after a crash: since) they are made anew."""
        try:
            return int((self.folder / _ERASED).read_bytes())
        except FileNotFoundError:
            return None
        except ValueError:
            return 0

    def forgetting(self) -> None:
        """Say that an index is begun that holds nothing of what was erased so far."""
        if self.erased_since():
            write_safely(self.folder / _ERASED, b"0")

    def forgot(self) -> None:
        """Say that it is in use; what was erased meanwhile is still to be forgotten."""
        if self.erased_since() == 0:
            (self.folder / _ERASED).unlink()

    def used(self) -> Signature | None:
        """Return what changes whenever another folder is put in use."""
        return Place(self.folder / self._kind, self._kind).signature()

    def sweep(self) -> bool:
        """Remove the folders that were in use before, and return True; False where somebody builds a new one."""
        try:
            with self.locked("build", wait=False):
                Place(self.folder / self._kind, self._kind).sweep()
            return True
        except BlockingIOError:
            return False

    def answered(self) -> None:
        """Take the question back; called before the building begins, so that a later one counts."""
        (self.folder / _ANEW).unlink(missing_ok=True)

    def tell(self, done: int, of: int) -> None:
        """Let other processes see how far a new index is; the caller holds `locked("build")`."""
        beside = self.folder / f"{_BUILDING}.{os.getpid()}.new"
        beside.write_text(f"{done} {of}", encoding="ascii")
        beside.replace(self.folder / _BUILDING)

    def building(self) -> tuple[int, int] | None:
        """Return how many documents of how many a new index holds so far; None where nobody is building one."""
        try:
            with (self.folder / "build.lock").open() as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
        except BlockingIOError:
            pass  # somebody holds it, who may not have told anything yet
        except OSError:
            return None
        try:
            done, of = (self.folder / _BUILDING).read_text(encoding="ascii").split()
            return int(done), int(of)
        except (OSError, ValueError):
            return 0, 0

    @contextmanager
    def locked(self, name: str, *, wait: bool = True) -> Iterator[None]:
        """Keep other processes from the same thing: `build` a new index, `write` to the one in use or swap it.

        The lock ends with the process, however that ends.

        Raises:
            BlockingIOError: another process is at it, and `wait` is False.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield

    def close(self) -> None:
        """Let go of the engine; the next search opens it again."""
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()
