"""Writes the files of Tantivy: into the index in use, or a new one beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import tantivy as library

from . import fields, footers
from .documents import Document
from .engine import Aside
from .entries import entry
from .places import Place, write_stamp

KIND = "tantivy"
HANDED_OVER = 4_000_000
"""Characters of documents that are handed to the library at once: one by one, its thread fell asleep after each, and
waking it took a fifth of all the time."""
HEAP_BYTES = 64_000_000
"""Memory of a writer; what changes day by day is little."""
BULK_HEAP_BYTES = 256_000_000
THREADS = 1
"""Taking words apart keeps one core busy, and one thread of the library the other; of two each would keep all terms."""


def aside(root: Path) -> Aside:
    """Begin a new index beside the one in use, whatever state that is in; see `Engine.aside`."""
    place = Place(root / KIND, KIND)
    folder = place.new()
    index = fields.prepare(library.Index(fields.schema(), path=str(folder)))
    return _Aside(place, folder, FolderWriter(folder, index, fresh=True))


class FolderWriter:
    """Writes into a folder; `fresh` is as long as nothing in it can be replaced."""

    def __init__(self, folder: Path, index: library.Index, *, fresh: bool) -> None:
        self.folder = folder
        self._fresh = fresh
        heap = BULK_HEAP_BYTES if fresh else HEAP_BYTES
        self._writer: library.IndexWriter | None = index.writer(heap, THREADS)

    def update(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        """See `Writer.update`."""
        writer = self._open()
        with footers.watched(self.folder):
            for id_ in deleted:
                writer.delete_documents_by_term(fields.ID, id_)
            for some in _handfuls(documents):
                for id_, text in some:
                    if not self._fresh:
                        writer.delete_documents_by_term(fields.ID, id_)
                    writer.add_json(text)

    def commit(self, stamp: int) -> None:
        """See `Writer.commit`."""
        with footers.watched(self.folder):
            self._open().commit()
        write_stamp(self.folder, KIND, stamp)
        self._fresh = False

    def finish(self) -> None:
        """Wait until segments are merged, and let go of the lock."""
        self._open().wait_merging_threads()
        self._writer = None

    def close(self) -> None:
        """Let go of the lock; what was not committed is forgotten."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with footers.watched(self.folder):
                writer.rollback()
                writer.wait_merging_threads()

    def _open(self) -> library.IndexWriter:
        if self._writer is None:
            raise RuntimeError("the index was closed")
        return self._writer


def _handfuls(documents: Iterable[Document]) -> Iterator[list[tuple[str, str]]]:
    """Ids of documents with what is indexed of them, as many at once as are handed over."""
    some: list[tuple[str, str]] = []
    size = 0
    for one in documents:
        text = fields.document(entry(one))
        some.append((one.id, text))
        size += len(text)
        if size >= HANDED_OVER:
            yield some
            some, size = [], 0
    yield some


class _Aside:
    """See `Aside`."""

    def __init__(self, place: Place, folder: Path, writer: FolderWriter) -> None:
        self._place = place
        self._folder = folder
        self._writer = writer

    def update(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        self._writer.update(documents, deleted)

    def commit(self, stamp: int) -> None:
        self._writer.commit(stamp)

    def swap(self) -> None:
        self._writer.finish()
        footers.look(self._folder)
        self._place.use(self._folder)

    def drop(self) -> None:
        self._writer.close()
        self._place.remove(self._folder)
