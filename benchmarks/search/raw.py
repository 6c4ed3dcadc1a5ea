"""Tantivy as its documentation shows it, with nothing of the hub around it: what the machine can do in this hour."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import tantivy
from tantivy import Document as Row
from tantivy import Occur, Query

from benchmarks.search.generate import allowed
from benchmarks.search.questions import FACETS, USES, Question
from ugc_hub.search.documents import Document
from ugc_hub.search.planning import errors_in

HEAP_BYTES = 256_000_000
PAGE = 50
STAFF = "staff"
BOOSTS = {"title": 8.0, "tags": 4.0, "description": 2.0}


class Raw:
    """English stems, no typing errors unless asked for, no languages, accents, handles, flags or orders by chance."""

    def __init__(self, folder: Path) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        for name in BOOSTS:
            builder.add_text_field(name, tokenizer_name="en_stem")
        builder.add_text_field("viewers", tokenizer_name="raw", index_option="basic")
        for name in FACETS:
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
        builder.add_integer_field("clearance", indexed=True)
        builder.add_integer_field("created", fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._writer = self._index.writer(HEAP_BYTES)
        self._rights: list[Query] = []
        self._searcher = self._index.searcher()

    def take(self, documents: list[Document]) -> None:
        for one in documents:
            words = one.keywords
            tags = " ".join((*words["tag"], *words["creator"], one.creator_name, *words["campaign"]))
            texts = {"title": one.title, "tags": tags, "description": one.description}
            facets = {name: list(words[name]) for name in FACETS}
            numbers = {"clearance": one.clearance, "created": one.created}
            self._writer.add_document(Row(id=one.id, viewers=list(one.viewers), **texts, **facets, **numbers))

    def ready(self, count: int) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        for use in range(USES):
            known = Query.term_set_query(self._schema, "clearance", sorted(allowed(count, use)))
            self._rights.append(Query.const_score_query(known, 0.0))

    def client(self) -> Raw:
        return self

    def ask(self, question: Question) -> int:
        query = self._query(question)
        order: dict[str, Any] = {"order_by_field": "created"} if question.newest else {}
        found = self._searcher.search(query, PAGE, **order)
        for _, address in found.hits:
            self._searcher.doc(address)
        if question.facets:
            self._searcher.aggregate(query, {name: {"terms": {"field": name, "size": PAGE}} for name in FACETS})
        return int(cast(Any, found).count)

    def _query(self, question: Question) -> Query:
        staff = Query.const_score_query(Query.term_query(self._schema, "viewers", STAFF, "basic"), 0.0)
        parts = [(Occur.Must, staff)]
        if question.text:
            errors = errors_in(question.text) if question.misspelt else 0
            near = {name: (question.typing, errors, True) for name in BOOSTS if question.typing or errors}
            asked = self._index.parse_query(
                question.text, list(BOOSTS), field_boosts=BOOSTS, fuzzy_fields=near, conjunction_by_default=True
            )
            parts.append((Occur.Must, asked))
        if question.use is not None:
            parts.append((Occur.Must, self._rights[question.use]))
        return Query.boolean_query(parts)
