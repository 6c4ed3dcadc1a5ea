"""Documents that another process cuts: the same entries in the same order, whatever becomes of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ugc_hub.search import cutting
from ugc_hub.search.cutting import Cutter
from ugc_hub.search.documents import Document, entry
from ugc_hub.search.engine import Request, Sight
from ugc_hub.search.fields import document
from ugc_hub.search.opening import open_index

DOCUMENTS = [
    Document(
        f"ast_{number}",
        ("staff",),
        number,
        title=f'a "quoted" title {number}\nof two lines \\ 🌸 東京',
        keywords={"tag": ("Sommer", f"tag {number}")},
        numbers={"er": 0.1},
        fields={"due": date(2026, 11, number % 28 + 1), "size": "large"},
        allowed=("paid:DE",),
    )
    for number in range(40)
]
ENTRIES = [document(entry(one)) for one in DOCUMENTS]


@pytest.fixture
def cutter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cutter]:
    """One that starts the other process behind four documents, on whatever machine."""
    monkeypatch.setattr(cutting, "MANY", 4)
    monkeypatch.setattr(cutting, "PORTION", 3)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    made = Cutter()
    yield made
    made.close()


def test_entries_come_in_order_from_another_process(cutter: Cutter) -> None:
    found = [*cutter.entries(DOCUMENTS[:20])]
    other = cutter._process
    assert other is not None
    assert found == ENTRIES[: len(found)]
    assert len(found) < 20  # some are still being cut
    found += cutter.entries(DOCUMENTS[20:])
    assert other.poll() is None
    found += cutter.rest()
    assert found == ENTRIES
    assert other.poll() is not None


def test_few_documents_start_no_process(cutter: Cutter) -> None:
    assert [*cutter.entries(DOCUMENTS[:3])] == ENTRIES[:3]
    assert cutter._process is None


def test_what_a_process_that_died_owes_is_made_here(cutter: Cutter) -> None:
    found = [*cutter.entries(DOCUMENTS[:12])]
    assert cutter._process is not None
    cutter._process.kill()
    cutter._process.wait()
    found += [*cutter.entries(DOCUMENTS[12:]), *cutter.rest()]
    assert found == ENTRIES


def test_a_document_that_cannot_be_cut_says_why(cutter: Cutter) -> None:
    wrong = Document("wrong", ("two words",), 0)
    with pytest.raises(ValueError, match="a viewer is a word without blanks"):
        [*cutter.entries([*DOCUMENTS[:10], wrong]), *cutter.rest()]


@pytest.mark.usefixtures("cutter")
def test_a_new_index_holds_what_another_process_cut_and_nothing_that_was_taken_out(tmp_path: Path) -> None:
    engine = open_index("tantivy:", tmp_path)
    aside = engine.aside()
    aside.update(DOCUMENTS[:30])
    aside.update(DOCUMENTS[30:], ["ast_29", "ast_39"])
    aside.commit(1)
    aside.swap()
    found = engine.search(Request(Sight(everything=True), limit=100, facets=("tag",)))
    assert {hit.id for hit in found.hits} == {one.id for one in DOCUMENTS} - {"ast_29"}
    assert found.facets["tag"][0] == ("Sommer", 39)
    engine.close()
