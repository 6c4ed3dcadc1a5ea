"""The index in Tantivy: the engine that the hub uses unless told otherwise."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import tantivy as library

from . import counting, fields, footers, ordering, ranking
from .beside import Later
from .documents import Document
from .engine import Aside, Hit, Key, Request, Result, Sight, Sort, cursor_of, read_cursor
from .errors import Corrupt
from .keywords import mark as mark_of
from .places import Place, Signature, read_stamp, signature, write_stamp
from .plan import AnyOf, Cleared, Telling, apart, having, is_scored, told
from .planning import planned
from .queries import allowed, constant, query_of, seen_by, together, within
from .queries import total as matching
from .writing import KIND, FolderWriter, aside

KEPT_WORDS = 256
"""Questions of which it is kept which tokens of a state of the index they mean."""
KEPT_COUNTS = 16
"""Questions whose counts are kept until the index changes; one about rights may name very many situations."""
KEPT_VALUES = 200_000
"""Values that these count in all, some 25 MB: of situations there may be 65,000 in each."""


@dataclass(frozen=True, slots=True)
class _View:
    """What is searched: one state of one folder."""

    folder: Path
    index: library.Index
    searcher: library.Searcher
    stamp: int
    seen: tuple[Signature | None, Signature | None]
    meta: str
    """The file that each commit replaces."""
    counts: dict[Hashable, dict[str, counting.Counts]] = field(default_factory=dict)
    """What was counted of it, by the question: the next page and another order ask for the same counts."""
    words: dict[Telling, AnyOf] = field(default_factory=dict)
    """Its tokens of which something tells that they are meant."""

    def meant(self, asked: Telling) -> AnyOf:
        """Return the tokens of which something tells that they are meant."""
        found = self.words.get(asked)
        if found is None:
            known = (self.searcher.terms_with_prefix(asked.field, one) for one in asked.beginnings)
            values = tuple(word for some in known for word, _ in some if asked.tells(word))
            if len(self.words) >= KEPT_WORDS:
                self.words.clear()
            found = self.words[asked] = AnyOf(asked.field, values)
        return found

    def keep(self, question: Hashable, counts: dict[str, counting.Counts]) -> dict[str, counting.Counts]:
        """Keep what was counted for a question, and return it."""
        values = sum(len(one) for known in (*self.counts.values(), counts) for one in known.values())
        if len(self.counts) >= KEPT_COUNTS or values > KEPT_VALUES:
            self.counts.clear()
        self.counts[question] = counts
        return counts


class Tantivy:
    """An index in a folder; see `Engine`."""

    def __init__(self, root: Path) -> None:
        self._place = Place(root / KIND, KIND)
        self._lock = threading.RLock()
        self._writing: FolderWriter | None = None
        folder = self._place.current()
        if folder is None:
            made = self._place.new()
            fields.prepare(library.Index(fields.schema(), path=str(made)))
            write_stamp(made, KIND, 0)
            self._place.use(made, only_first=True)
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
        view = self._current()
        with footers.watched(view.folder):
            return self._search(view, request)

    def _search(self, view: _View, request: Request) -> Result:
        asked, sets = apart(planned(request.tree, request.cleared))
        plan = told(asked, view.meant) if request.cleared else asked  # only answers about rights tell anything
        answers = [one if isinstance(one, Cleared) else view.meant(one) for one in sets]
        chosen = {name: values for name, values in request.chosen.items() if values}
        base = [constant(seen_by(request.sight), 1), *map(allowed, answers)]
        filters = {name: query_of(having(name, values), scored=False) for name, values in chosen.items()}
        sort = _settled(request.sort, is_scored(plan))
        scored = sort.by == "relevance" and request.limit > 0
        ranked = within([*base, *filters.values()], plan, scored=scored)
        page, total, cursor = _page(view.searcher, ranked, sort, request)
        question = (asked, *sets, request.sight, request.facets, request.facet_size, *sorted(chosen.items()))
        facets: Mapping[str, counting.Counts] | None = view.counts.get(question) if request.facets else {}
        if facets is None:

            def count() -> Mapping[str, counting.Counts]:
                found = query_of(plan, scored=False)
                query = together(*base, found, *filters.values())
                hits_of = counting.Hits(view.searcher, query, total, costly=bool(sets))
                with footers.watched(view.folder):
                    return view.keep(question, _counted(hits_of, request, [*base, found], filters))

            facets = Later(count) if page else count()  # whoever asked for no hits has nothing to do meanwhile
        hits = tuple(
            Hit(str(view.searcher.doc(address)[fields.ID][0]), int(key[0] or 0) - 1 if sort.by == "relevance" else 0)
            for key, address in page
        )
        return Result(hits, total, facets, cursor, view.stamp, request.tree)

    def suggest(self, sight: Sight, field: str, beginning: str, limit: int) -> tuple[tuple[str, int], ...]:
        """See `Engine.suggest`."""
        view = self._current()
        with footers.watched(view.folder):
            return counting.suggested(view.searcher, seen_by(sight), mark_of(field, beginning), limit)

    def stamp(self) -> int:
        """See `Engine.stamp`."""
        return self._current().stamp

    def check(self) -> None:
        """See `Engine.check`."""
        footers.read(self._current().folder)

    def aside(self) -> Aside:
        """See `Engine.aside`."""
        return aside(self._place.root.parent)

    def close(self) -> None:
        """See `Engine.close`."""
        with self._lock:
            if self._writing is not None:
                self._writing.close()
                self._writing = None

    def _current(self) -> _View:
        view = self._view
        if view.seen != (self._place.signature(), signature(view.meta)):
            with self._lock:
                self._view = view = self._followed(self._view)
        return view

    def _followed(self, view: _View) -> _View:
        seen = (self._place.signature(), signature(view.meta))
        if view.seen == seen:
            return view
        if view.seen[0] != seen[0]:
            return self._opened()
        try:
            stamp = int(read_stamp(view.folder, KIND)["stamp"])
            with footers.watched(view.folder):
                view.index.reload()
                return _View(view.folder, view.index, view.index.searcher(), stamp, seen, view.meta)
        except (Corrupt, ValueError, OSError):
            return self._opened()  # where that fails as well, it is damage

    def _opened(self) -> _View:
        """The folder in use; files that another process took away meanwhile are no damage."""
        while True:
            pointer = self._place.signature()
            folder = self._place.current()
            if folder is None:
                raise Corrupt("the index is gone")
            seen = signature(folder / footers.META)
            try:
                return self._read(folder, (pointer, seen))
            except Corrupt:
                if (self._place.signature(), signature(folder / footers.META)) == (pointer, seen):
                    raise

    def _read(self, folder: Path, seen: tuple[Signature | None, Signature | None]) -> _View:
        stamp = int(read_stamp(folder, KIND)["stamp"])
        footers.look(folder)
        try:
            with footers.watched(folder):
                index = fields.prepare(library.Index.open(str(folder)))
                index.reload()
                if index.schema != fields.schema():
                    raise Corrupt("the index has other columns")
                return _View(folder, index, index.searcher(), stamp, seen, str(folder / footers.META))
        except (ValueError, OSError) as error:
            raise Corrupt("the index cannot be opened") from error

    def _writer(self) -> FolderWriter:
        folder = self._current().folder
        if self._writing is not None and self._writing.folder != folder:
            self._writing.close()
            self._writing = None
        if self._writing is None:
            self._writing = FolderWriter(folder, self._view.index, fresh=False)
        return self._writing


def _counted(
    hits: counting.Hits, request: Request, base: list[library.Query], filters: dict[str, library.Query]
) -> dict[str, counting.Counts]:
    """Count the facets of a request; one that was chosen of counts what the others leave."""
    others = [name for name in request.facets if name not in filters]
    found = counting.counted(hits, others, request.facet_size) if others else {}
    for name in request.facets:
        if name in filters:
            rest = together(*base, *(one for other, one in filters.items() if other != name))
            wider = replace(hits, query=rest, most=hits.searcher.num_docs)
            found |= counting.counted(wider, [name], request.facet_size)
            counting.with_chosen(hits.searcher, rest, found, {name: sorted(request.chosen[name])})
    return {name: found[name] for name in request.facets}


def _settled(sort: Sort, scored: bool) -> Sort:
    """The order in which hits come: where nothing counts, by relevance is newest first."""
    return sort if sort.by != "relevance" or scored else Sort("newest")


Row = ordering.Row


def _page(
    searcher: library.Searcher, query: library.Query, sort: Sort, request: Request
) -> tuple[list[Row], int, str | None]:
    """A page of hits, how many there are in all, and the cursor behind the page."""
    after = read_cursor(sort, request.cursor) if request.cursor else None
    wanted = request.limit
    rows: list[Row] = []
    total: int | None = None
    if wanted and sort.by == "relevance":
        page = ranking.by_score(searcher, query, wanted + 1, after)
        rows, total = page.rows, page.total
    elif wanted:
        page = ordering.by_columns(searcher, query, wanted + 1, (sort, after[0] if after else None))
        rows, total = page.rows, page.total
    if total is None:
        total = matching(searcher.search(query, 1))
    if len(rows) <= wanted:
        return rows, total, None
    rows = rows[:wanted]
    key: Key = rows[-1][0]
    return rows, total, cursor_of(sort, key, (after[1] if after else 0) + wanted)
