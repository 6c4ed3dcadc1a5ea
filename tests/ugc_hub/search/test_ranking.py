"""Pages by score: each hit once, in one order, however many are alike, and read without reading all that are alike."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from ugc_hub.search import ordering, ranking
from ugc_hub.search.documents import Document
from ugc_hub.search.engine import Request, Sight
from ugc_hub.search.tantivy import Tantivy
from ugc_hub.search.tree import Word

ALL = Sight(everything=True)
DAY, START = 86_400_000, 1_780_000_000_000
Dates = Callable[[random.Random, int], int]
DATES: dict[str, Dates] = {
    "at once": lambda chance, number: START,
    "within a day": lambda chance, number: START + chance.randrange(DAY),
    "in two heaps": lambda chance, number: START + number % 2 * 400 * DAY + chance.randrange(9),
    "before all": lambda chance, number: chance.randrange(3) * DAY if number % 50 else START,
    "over years": lambda chance, number: START - chance.randrange(3000) * DAY,
}


def made(number: int, created: int, *, strong: bool = True) -> Document:
    words = {"title": "beach"} if strong else {"title": "sea", "description": "beach"}
    return Document(f"ast_{number:05d}", ("c",), created, **words)  # type: ignore[arg-type]


def filled(folder: Path, dates: Dates, count: int, chance: random.Random) -> Tantivy:
    engine = Tantivy(folder)
    engine.update([made(number, dates(chance, number), strong=chance.random() < 0.5) for number in range(count)])
    engine.commit(1)
    return engine


def pages(engine: Tantivy, limit: int, between: Callable[[int], None] = lambda page: None) -> list[str]:
    found: list[str] = []
    cursor, page = None, 0
    while page == 0 or cursor:
        result = engine.search(Request(ALL, Word("beach"), limit=limit, cursor=cursor))
        found += [hit.id for hit in result.hits]
        cursor, page = result.next_cursor, page + 1
        between(page)
    return found


@pytest.mark.parametrize("dates", DATES)
def test_pages_are_the_parts_of_one_order_however_many_are_alike(tmp_path: Path, dates: str) -> None:
    chance = random.Random(dates)
    engine = filled(tmp_path, DATES[dates], 700, chance)
    whole = engine.search(Request(ALL, Word("beach"), limit=1000))
    order = [hit.id for hit in whole.hits]
    assert len({*order}) == whole.total == 700
    assert [hit.score for hit in whole.hits] == sorted((hit.score for hit in whole.hits), reverse=True)
    assert pages(engine, 23) == pages(engine, 150) == order
    engine.close()


@pytest.mark.parametrize("dates", DATES)
def test_what_was_there_all_the_time_is_shown_once_whatever_comes_and_goes(tmp_path: Path, dates: str) -> None:
    chance = random.Random(dates)
    engine = filled(tmp_path, DATES[dates], 400, chance)
    gone: set[str] = set()
    late = iter(range(1000, 3000))

    def changed(page: int) -> None:
        if page > 6:
            return
        removed = [f"ast_{number:05d}" for number in chance.sample(range(400), 40)]
        gone.update(removed)
        new = [made(next(late), DATES[dates](chance, number), strong=page % 2 == 0) for number in range(60)]
        engine.update(new, removed)
        engine.commit(page + 1)

    found = [one for one in pages(engine, 20, changed) if one < "ast_01000"]
    assert len(found) == len({*found})
    assert {*found} >= {f"ast_{number:05d}" for number in range(400)} - gone
    engine.close()


def test_a_page_of_many_alike_reads_few_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = filled(tmp_path, DATES["within a day"], 3000, random.Random(1))
    read: list[int] = []
    known = ordering.by_columns

    def counted(*given: object) -> ordering.Page:
        found = known(*given)  # type: ignore[arg-type]
        read.append(len(found.rows))
        return found

    monkeypatch.setattr(ranking, "by_columns", counted)
    cursor = None
    for _ in range(30):
        cursor = engine.search(Request(ALL, Word("beach"), limit=20, cursor=cursor)).next_cursor
    assert read
    assert max(read) < 200
    engine.close()
