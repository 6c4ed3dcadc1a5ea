"""Indexes that are measured: each takes documents in and answers a question with a page of fifty and the total."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from pysqlite3 import dbapi2 as sqlite
from whoosh import fields, index, qparser, query, sorting
from whoosh.analysis import StemmingAnalyzer

from benchmarks.search.generate import allowed
from benchmarks.search.questions import FACETS, USES, Question
from ugc_hub.search.distance import near
from ugc_hub.search.documents import Document
from ugc_hub.search.engine import NEWEST, RELEVANCE, Request, Sight
from ugc_hub.search.finding import find
from ugc_hub.search.language import Clock, parse
from ugc_hub.search.opening import open_index
from ugc_hub.search.plan import Cleared
from ugc_hub.search.planning import errors_in
from ugc_hub.search.tree import And, Usable

PAGE = 50
STAFF = "staff"


class Contender(Protocol):
    """An index that is measured."""

    def take(self, documents: list[Document]) -> None:
        """Take documents in and commit them."""
        ...

    def ready(self, count: int) -> None:
        """Do what an index of so many documents does before it is asked."""
        ...

    def client(self) -> Contender:
        """Return what a thread asks: itself where threads may share it."""
        ...

    def ask(self, question: Question) -> int:
        """Return how many documents match; hits and facets are fetched as well."""
        ...


class Ours:
    """The room `search` with Tantivy: reading the query, permission, typing errors and all."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        open_index("tantivy:", folder).close()
        self._engine = open_index("tantivy:", folder)
        self._aside = self._engine.aside()
        self._clock = clock
        self._taken = 0
        self._sight = Sight(frozenset({STAFF}))
        self._cleared: list[Cleared] = []

    def take(self, documents: list[Document]) -> None:
        self._taken += len(documents)
        self._aside.update(documents)

    def ready(self, count: int) -> None:
        self._aside.commit(self._taken)  # once, as `ugc-hub reindex` does
        self._aside.swap()
        self._cleared = [Cleared(allowed(count, use)) for use in range(USES)]

    def client(self) -> Ours:
        return self

    def ask(self, question: Question) -> int:
        tree = parse(question.text, self._clock, typing=question.typing).tree
        cleared: dict[Usable, Cleared] = {}
        if question.use is not None:
            use = Usable("paid_social", territory=str(question.use))
            cleared[use] = self._cleared[question.use]
            tree = And((tree, use))
        facets = FACETS if question.facets else ()
        sort = NEWEST if question.newest else RELEVANCE
        return find(self._engine, Request(self._sight, tree, {}, facets, sort=sort, cleared=cleared)).total


class Fts5:
    """SQLite with FTS5 and indexes on the columns that are counted."""

    COLUMNS = ("kind", "orientation", "creator", "campaign", "niche", "status")

    def __init__(self, folder: Path) -> None:
        self._path = folder / "fts5.sqlite3"
        self._taken = 0
        base = self._connect()
        base.executescript(
            f"CREATE TABLE assets (id INTEGER PRIMARY KEY, name TEXT, created INTEGER, clearance INTEGER,"
            f" {', '.join(f'{name} TEXT' for name in self.COLUMNS)});"
            "CREATE TABLE several (field TEXT, value TEXT, asset INTEGER, PRIMARY KEY (asset, field, value))"
            " WITHOUT ROWID;"
            "CREATE TABLE viewers (viewer TEXT, asset INTEGER, PRIMARY KEY (viewer, asset)) WITHOUT ROWID;"
            "CREATE VIRTUAL TABLE texts USING fts5(title, tags, description, content='', prefix='3 4',"
            " tokenize='porter unicode61 remove_diacritics 2');"
            "CREATE VIRTUAL TABLE terms USING fts5vocab(texts, row);"
        )
        self._base = base

    def _connect(self) -> Any:
        base = sqlite.connect(str(self._path), check_same_thread=False)
        base.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-200000;")
        base.execute("PRAGMA mmap_size=4000000000")
        return base

    def take(self, documents: list[Document]) -> None:
        rows, several, viewers, texts = [], [], [], []
        for number, one in enumerate(documents, self._taken + 1):
            words = one.keywords
            rows.append((number, one.id, one.created, one.clearance, *(words[name][0] for name in self.COLUMNS)))
            several += [(name, value, number) for name in ("tag", "colour") for value in words[name]]
            viewers += [(viewer, number) for viewer in one.viewers]
            names = " ".join((*words["tag"], *words["creator"], one.creator_name, *words["campaign"]))
            texts.append((number, one.title, names, one.description))
        self._taken += len(documents)
        with self._base:
            self._base.executemany(f"INSERT INTO assets VALUES ({', '.join('?' * (4 + len(self.COLUMNS)))})", rows)
            self._base.executemany("INSERT INTO several VALUES (?, ?, ?)", several)
            self._base.executemany("INSERT INTO viewers VALUES (?, ?)", viewers)
            self._base.executemany("INSERT INTO texts(rowid, title, tags, description) VALUES (?, ?, ?, ?)", texts)

    def ready(self, count: int) -> None:
        with self._base:
            self._base.execute("CREATE INDEX assets_created ON assets (created)")
            self._base.execute("CREATE TABLE cleared (use INTEGER, clearance INTEGER, PRIMARY KEY (use, clearance))")
            for use in range(USES):
                rows = [(use, number) for number in allowed(count, use)]
                self._base.executemany("INSERT INTO cleared VALUES (?, ?)", rows)
            self._base.execute("INSERT INTO texts(texts) VALUES ('optimize')")
            self._base.execute("ANALYZE")

    def client(self) -> Fts5:
        """A connection of its own for a thread."""
        other = object.__new__(Fts5)
        other._path = self._path
        other._base = other._connect()
        return other

    def ask(self, question: Question) -> int:
        match = self._match(question)
        where = "EXISTS (SELECT 1 FROM viewers v WHERE v.viewer = 'staff' AND v.asset = a.id)"
        table = "assets a"
        values: list[Any] = []
        if match is not None:
            table = "texts t JOIN assets a ON a.id = t.rowid"
            where += " AND texts MATCH ?"
            values.append(match)
        if question.use is not None:
            where += " AND a.clearance IN (SELECT clearance FROM cleared WHERE use = ?)"
            values.append(question.use)
        order = "a.created DESC" if question.newest or match is None else "bm25(texts, 8, 4, 2)"
        self._base.execute(f"SELECT a.name FROM {table} WHERE {where} ORDER BY {order} LIMIT {PAGE}", values).fetchall()
        total = self._base.execute(f"SELECT count(*) FROM {table} WHERE {where}", values).fetchone()[0]
        for name in FACETS if question.facets else ():
            if name in self.COLUMNS:
                counts = f"SELECT a.{name}, count(*) n FROM {table} WHERE {where} GROUP BY 1 ORDER BY n DESC LIMIT 50"
            else:
                joined = f"{table} JOIN several s ON s.asset = a.id AND s.field = '{name}'"
                counts = f"SELECT s.value, count(*) n FROM {joined} WHERE {where} GROUP BY 1 ORDER BY n DESC LIMIT 50"
            self._base.execute(counts, values).fetchall()
        return int(total)

    def _match(self, question: Question) -> str | None:
        words = re.findall(r"\w+", question.text)
        if not words:
            return None
        if question.phrase:
            return f'"{" ".join(words)}"'
        if question.typing:
            return f'"{words[0]}" *'
        if question.misspelt:  # FTS5 knows no typing errors: its list of words is compared in Python
            word, errors = words[0], errors_in(words[0])
            lengths = (len(word) - errors, len(word) + errors)
            terms = self._base.execute("SELECT term FROM terms WHERE length(term) BETWEEN ? AND ?", lengths)
            close = [term for (term,) in terms if near(word, term, errors, False)]
            return " OR ".join(f'"{term}"' for term in close) or f'"{word}"'
        return " ".join(f'"{word}"' for word in words)


class Native:
    """Whoosh as its documentation shows it: stemming analyzer, BM25F, facets by groups."""

    def __init__(self, folder: Path) -> None:
        boosts = (("title", 8.0), ("tags", 4.0), ("description", 2.0))
        texts = {name: fields.TEXT(analyzer=StemmingAnalyzer(), field_boost=boost) for name, boost in boosts}
        words = {name: fields.KEYWORD(commas=True, sortable=True) for name in FACETS}
        numbers = {"clearance": fields.NUMERIC(), "created": fields.NUMERIC(bits=64, sortable=True)}
        schema = fields.Schema(id=fields.ID(stored=True), viewers=fields.KEYWORD, **numbers, **texts, **words)
        self._index = index.create_in(str(folder), schema)
        self._searcher: Any = self._index.searcher()
        self._filters: list[Any] = []

    def take(self, documents: Iterable[Document]) -> None:
        writer = self._index.writer(limitmb=512)
        for one in documents:
            words = one.keywords
            content = {name: ",".join(words[name]) for name in FACETS}
            content["tags"] = " ".join((*words["tag"], *words["creator"], one.creator_name, *words["campaign"]))
            content |= {"title": one.title, "description": one.description, "viewers": " ".join(one.viewers)}
            writer.add_document(id=one.id, clearance=one.clearance, created=one.created, **content)
        writer.commit()

    def ready(self, count: int) -> None:
        schema = self._index.schema
        for use in range(USES):
            terms = [query.Term("clearance", schema["clearance"].to_bytes(number)) for number in allowed(count, use)]
            self._filters.append(query.And([query.Term("viewers", STAFF), query.Or(terms)]))
        self._parser = qparser.MultifieldParser(["title", "tags", "description"], schema)
        self._parser.add_plugin(qparser.FuzzyTermPlugin())

    def client(self) -> Native:
        other = object.__new__(Native)
        vars(other).update(vars(self))
        other._searcher = self._index.searcher()
        return other

    def ask(self, question: Question) -> int:
        text = question.text + "*" * question.typing + f"~{errors_in(question.text)}" * question.misspelt
        asked = self._parser.parse(text) if text else query.Every()
        known = query.Term("viewers", STAFF) if question.use is None else self._filters[question.use]
        options: dict[str, Any] = {}
        if question.facets:
            groups = sorting.Facets()
            for name in FACETS:
                groups.add_field(name, allow_overlap=True)
            options = {"groupedby": groups, "maptype": sorting.Count}
        if question.newest:
            options |= {"sortedby": "created", "reverse": True}
        found = self._searcher.search(asked, limit=PAGE, filter=known, **options)
        for name in FACETS if question.facets else ():
            found.groups(name)
        return len(found)
