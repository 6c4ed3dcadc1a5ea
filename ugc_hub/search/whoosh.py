"""The index in Whoosh: pure Python, for small installations, and what the other engine is compared with."""

from __future__ import annotations

import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from whoosh import fields, index
from whoosh.analysis import RegexTokenizer

from ugc_hub.errors import HubError

from .analysis import CLASSES
from .documents import CLEARANCE, Document, chance_of, column
from .engine import Aside, Hit, Key, Request, Result, Sight, Sort, cursor_of, read_cursor
from .entries import Entry, entry
from .errors import Corrupt
from .judging import Judge, Record, Scores, record_of
from .keywords import mark as mark_of
from .places import Place, Signature, read_stamp, signature, write_stamp
from .plan import All, AnyOf, Plan, both, having, is_scored
from .planning import planned

KIND = "whoosh"
STAMP = "stamp.json"
ATTEMPTS, PAUSE_S = 10, 0.1
"""How long a commit of another process may take until what it leaves behind counts as damage."""
Counts = tuple[tuple[str, int], ...]


def _schema() -> fields.Schema:
    blanks = RegexTokenizer(r"[^ ]+")
    listed = {name: fields.TEXT(analyzer=blanks, phrase=False) for name in CLASSES}
    listed |= {name: fields.TEXT(analyzer=blanks, phrase=False) for name in ("marks", "viewers", "allowed")}
    words = fields.TEXT(analyzer=blanks, phrase=True)
    return fields.Schema(id=fields.ID(stored=True, unique=True), words=words, record=fields.STORED, **listed)


@dataclass(frozen=True, slots=True)
class _View:
    """What is searched: one state of one folder."""

    folder: Path
    judge: Judge
    stamp: int
    seen: tuple[Signature | None, Signature | None]


class Whoosh:
    """An index in a folder; see `Engine`. Everything but the tokens is kept in memory."""

    def __init__(self, root: Path) -> None:
        self._place = Place(root / KIND, KIND)
        self._lock = threading.RLock()
        self._writing: _Writer | None = None
        if self._place.current() is None:
            made = _Writer(self._place.new(), new=True)
            made.commit(0)
            self._place.use(made.folder, only_first=True)
        self._view = self._opened()

    def update(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        """See `Writer.update`."""
        with self._lock:
            self._writer().update(documents, deleted)

    def commit(self, stamp: int) -> None:
        """See `Writer.commit`."""
        with self._lock:
            self._writer().commit(stamp)

    def search(self, request: Request) -> Result:
        """See `Engine.search`."""
        with self._lock, _watched(self._current()) as view:
            return _searched(view, request)

    def suggest(self, sight: Sight, field: str, beginning: str, limit: int) -> Counts:
        """See `Engine.suggest`."""
        with self._lock, _watched(self._current()) as view:
            judge = view.judge
            seen = judge.matching(_seen_by(sight))
            start = mark_of(field, beginning)
            found: Counter[str] = Counter()
            for raw in judge.searcher.reader().expand_prefix("marks", start):
                word = raw.decode()
                found[word.partition("=")[2]] = len(judge.matching(AnyOf("marks", (word,))) & seen)
            return _first(found, limit)

    def stamp(self) -> int:
        """See `Engine.stamp`."""
        with self._lock:
            return self._current().stamp

    def check(self) -> None:
        """See `Engine.check`."""
        with self._lock:
            _look(self._current().folder, whole=True)

    def aside(self) -> Aside:
        """See `Engine.aside`."""
        return aside(self._place.root.parent)

    def close(self) -> None:
        """See `Engine.close`."""
        with self._lock:
            self._writing = None
            self._view.judge.searcher.close()

    def _seen(self, folder: Path) -> tuple[Signature | None, Signature | None]:
        return self._place.signature(), signature(folder / STAMP)

    def _current(self) -> _View:
        if self._view.seen != self._seen(self._view.folder):
            self._view = self._opened()
        return self._view

    def _opened(self) -> _View:
        """The folder in use; files that another process is about to replace are no damage."""
        for attempt in range(ATTEMPTS):
            folder = self._place.current()
            if folder is None:
                raise Corrupt("the index is gone")
            seen = self._seen(folder)
            try:
                stamp = _look(folder, whole=True)  # it believes whatever it reads
                searcher = index.open_dir(str(folder)).searcher()
                stored = searcher.reader().iter_docs()
                return _View(folder, Judge(searcher, dict(record_of(*one) for one in stored)), stamp, seen)
            except (Corrupt, OSError, index.EmptyIndexError) as error:
                if attempt == ATTEMPTS - 1:
                    raise Corrupt("the index cannot be opened") from error
                time.sleep(PAUSE_S)
        raise AssertionError

    def _writer(self) -> _Writer:
        folder = self._current().folder
        if self._writing is None or self._writing.folder != folder:
            self._writing = _Writer(folder)
        return self._writing


class _Writer:
    """Collects what changes and writes it at the commit."""

    def __init__(self, folder: Path, *, new: bool = False) -> None:
        self.folder = folder
        if new:
            index.create_in(str(folder), _schema())
        self._changes: dict[str, Entry | None] = {}

    def update(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        self._changes.update(dict.fromkeys(deleted))
        self._changes.update((one.id, entry(one)) for one in documents)

    def commit(self, stamp: int) -> None:
        if self._changes:
            writer = index.open_dir(str(self.folder)).writer(limitmb=256)
            for id_, changed in self._changes.items():
                writer.delete_by_term("id", id_)
                if changed is not None:
                    writer.add_document(**_stored(changed))
            writer.commit()
        self._changes = {}
        files = {path.name: _sizes(path) for path in sorted(self.folder.iterdir()) if path.suffix in (".seg", ".toc")}
        write_stamp(self.folder, KIND, stamp, files=files)


def aside(root: Path) -> Aside:
    """Begin a new index beside the one in use, whatever state that is in; see `Engine.aside`."""
    place = Place(root / KIND, KIND)
    return _Aside(place, _Writer(place.new(), new=True))


class _Aside:
    """See `Aside`."""

    def __init__(self, place: Place, writer: _Writer) -> None:
        self._place = place
        self._writer = writer

    def update(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        self._writer.update(documents, deleted)

    def commit(self, stamp: int) -> None:
        self._writer.commit(stamp)

    def swap(self) -> None:
        _look(self._writer.folder, whole=False)
        self._place.use(self._writer.folder)

    def drop(self) -> None:
        self._place.remove(self._writer.folder)


def _stored(found: Entry) -> dict[str, object]:
    facets = {one.name: list(dict.fromkeys(one.counted)) for one in found.keywords if one.counted}
    numbers = {**found.numbers, **found.amounts}
    record = {"facets": facets, "numbers": numbers, "clearance": found.clearance, "tie": found.tie}
    texts = {name: getattr(found.tokens, name) for name in ("words", *CLASSES)}
    texts |= {name: getattr(found, name) for name in ("id", "viewers", "allowed")}
    return {"record": record, "marks": found.marks(), **texts}


def _sizes(path: Path) -> list[int]:
    content = path.read_bytes()
    return [len(content), zlib.crc32(content)]


def _look(folder: Path, *, whole: bool) -> int:
    """See that the files are as long as they were at the commit, or read them whole; return the stamp."""
    kept = read_stamp(folder, KIND)
    for name, (size, crc) in kept["files"].items():
        path = folder / name
        try:
            fits = _sizes(path) == [size, crc] if whole else path.stat().st_size == size
        except OSError as error:
            raise Corrupt(f"{name} cannot be read") from error
        if not fits:
            raise Corrupt(f"{name} has changed")
    newest = max((int(path.stem.rpartition("_")[2]) for path in folder.glob("_MAIN_*.toc")), default=-1)
    if f"_MAIN_{newest}.toc" not in kept["files"]:
        raise Corrupt("a commit was broken off")
    return int(kept["stamp"])


@contextmanager
def _watched(view: _View) -> Iterator[_View]:
    """Where anything fails within but what was asked wrongly, see whether files were damaged meanwhile."""
    try:
        yield view
    except HubError:
        raise
    except Exception:
        _look(view.folder, whole=True)
        raise


def _seen_by(sight: Sight) -> Plan:
    return All() if sight.everything else AnyOf("viewers", tuple(sorted(sight.viewers)))


def _searched(view: _View, request: Request) -> Result:
    plan = planned(request.tree, request.cleared)
    sight = _seen_by(request.sight)
    chosen = {name: having(name, values) for name, values in request.chosen.items() if values}
    scores = view.judge.scores(both([plan, sight, *chosen.values()]))
    sort = request.sort if request.sort.by != "relevance" or is_scored(plan) else Sort("newest")
    hits, cursor = _page(view.judge, scores, sort, request)
    facets: dict[str, Counts] = {}
    for name in request.facets:
        others = [one for other, one in chosen.items() if other != name]
        found = view.judge.matching(both([plan, sight, *others])) if name in chosen else set(scores)
        facets[name] = _counted([view.judge.records[number] for number in found], name, request)
    return Result(hits, len(scores), facets, cursor, view.stamp, request.tree)


def _page(judge: Judge, scores: Scores, sort: Sort, request: Request) -> tuple[tuple[Hit, ...], str | None]:
    keyed = [(_key(judge.records[number], scores[number], sort), number) for number in scores]
    keyed.sort(key=lambda one: _place(sort, one[0]))
    seen = 0
    if request.cursor:
        after, seen = read_cursor(sort, request.cursor)
        keyed = [one for one in keyed if _place(sort, one[0]) > _place(sort, after)]
    page = keyed[: request.limit]
    cursor = cursor_of(sort, page[-1][0], seen + len(page)) if page and len(keyed) > len(page) else None
    counts = sort.by == "relevance"
    return tuple(Hit(judge.records[number].id, scores[number] if counts else 0) for _, number in page), cursor


def _key(record: Record, score: int, sort: Sort) -> Key:
    if sort.by == "relevance":
        first: float | None = float(score)
    elif sort.by == "random":
        first = chance_of(record.tie, sort.order)
    else:
        first = None if sort.by in ("newest", "created") else record.numbers.get(sort.by)
    return first, int(record.numbers["created"]), record.tie


def _place(sort: Sort, key: Key) -> tuple[float, ...]:
    """What comes first is least."""
    first, created, tie = key
    if sort.by in ("newest", "created"):
        return (-created if sort.descending else created, -tie)
    if sort.by == "random":
        steps = (sort.start - (first or 0)) if sort.backwards else (first or 0) - sort.start
        return (steps % 2**31, -created, -tie)
    if first is None:
        return (1, 0, -created, -tie)
    return (0, -first if sort.descending or sort.by == "relevance" else first, -created, -tie)


def _counted(records: list[Record], name: str, request: Request) -> Counts:
    found: Counter[str] = Counter()
    if name == CLEARANCE:
        found.update(str(record.clearance) for record in records if record.clearance is not None)
        return _first(found, len(found))
    kept_in, start = column(name)
    for record in records:
        found.update(one.removeprefix(start) for one in record.facets.get(kept_in, ()) if one.startswith(start))
    counts = _first(found, request.facet_size)
    listed = {value for value, _ in counts}
    return (*counts, *((value, found[value]) for value in sorted(request.chosen.get(name, ())) if value not in listed))


def _first(found: Counter[str], size: int) -> Counts:
    return tuple(sorted(((value, count) for value, count in found.items() if count), key=_rank)[:size])


def _rank(one: tuple[str, int]) -> tuple[int, str]:
    return -one[1], one[0]
