"""Both engines against judging every document by itself, on documents, trees, choices and orders by chance."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ugc_hub.search.brute import expected
from ugc_hub.search.documents import Document, Said
from ugc_hub.search.engine import Engine, Hit, Request, Sight, Sort
from ugc_hub.search.opening import open_index
from ugc_hub.search.plan import Cleared
from ugc_hub.search.tree import (
    Amount,
    And,
    Everything,
    Fuzzy,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Term,
    Usable,
    Wildcard,
    Word,
)

WORDS = (
    *("beach", "beaches", "beached", "summer", "summers", "sommer", "strand", "strände", "running", "runs", "run"),
    *("runner", "schuhe", "schuh", "shoes", "shoe", "sunset", "sunsets", "sonnenuntergang", "playa", "playas"),
    *("canción", "canciones", "fotos", "foto", "café", "cafe", "nails", "detergent", "unboxing"),
)
VIEWERS = ("staff", "creator:a", "creator:b")
TAGS = ("Summer", "summer", "Red shoes", "beach", "Café")
ANSWERS = {Usable("paid_social"): frozenset({1, 2}), Usable(territory="DE"): frozenset({2, 3, 4})}
COLOURS = ("#e4002b", "#e01030", "#f05060", "#802040", "#103080", "#2040a0", "#ffffff", "#eeeeee", "#0f0f0f")
DAYS = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 12, 31))
AMOUNTS = (-12.5, -1.0, -0.0, 0.0, 1e-9, 0.1, 3.0, 1250.0, 1e15)
COUNT = 160


def documents(seed: int) -> list[Document]:
    """Some documents; many of them are alike, so that order is a question."""
    chance = random.Random(seed)

    def some(most: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randrange(most)))

    def one(number: int) -> Document:
        keywords = {
            "kind": (chance.choice(("image", "video", "animation")),),
            "tag": tuple(dict.fromkeys(chance.choices(TAGS, k=chance.randrange(4)))),
            "colour": tuple(chance.sample(COLOURS, chance.randrange(4))),
            "creator": tuple(chance.choices(("anna", "bo", "chi"), k=chance.randrange(2))),
        }
        numbers = {name: chance.choice((0.0, 0.5, 7.0, 30.0)) for name in ("duration", "er") if chance.random() < 0.6}
        if chance.random() < 0.5:
            numbers["width"] = chance.choice((1080, 1920))
        fields: dict[str, Said] = {"Fee": chance.choice(AMOUNTS)} if chance.random() < 0.7 else {}
        if chance.random() < 0.7:
            fields["Main Colour"] = chance.choice(("Red", "red", "blue", "a=b"))
            fields["Paid"] = chance.choice(("yes", "no"))
        if chance.random() < 0.5:
            fields["shoot day"] = chance.choice((*DAYS, 1.0))
        return Document(
            f"ast_{seed}_{number:04d}",
            tuple(chance.sample(VIEWERS, chance.randrange(3))),
            1_700_000_000_000 + chance.randrange(12) * 43_200_000,
            title=some(4),
            description=some(8),
            transcript=some(5),
            language=chance.choice(("", "en", "de")),
            keywords={name: values for name, values in keywords.items() if values},
            numbers=numbers,
            fields=fields,
            said=(some(4), some(3)) if chance.random() < 0.3 else (),
            clearance=chance.choice((None, 1, 2, 3, 4, 5)),
        )

    return [one(number) for number in range(COUNT)]


DOCUMENTS = documents(1)


@pytest.fixture(scope="module")
def engines() -> Iterator[list[Engine]]:
    """Both engines with the same documents, taken in in parts, some of them twice and some removed."""
    with tempfile.TemporaryDirectory() as folder:
        made = [open_index(url, Path(folder)) for url in ("tantivy:", "whoosh:")]
        stale = [Document(one.id, VIEWERS, 0, title="beach") for one in DOCUMENTS[:40]]
        extra = [Document(f"gone_{number}", VIEWERS, 0, title="beach summer") for number in range(20)]
        for engine in made:
            engine.update([*stale, *extra])
            engine.commit(1)
            for start in range(0, COUNT, 37):
                engine.update(DOCUMENTS[start : start + 37], [one.id for one in extra[:: start % 3 + 1]])
                engine.commit(2 + start)
            engine.update([], [one.id for one in extra])
            engine.commit(1000)
        yield made
        for engine in made:
            engine.close()


words = st.sampled_from(WORDS)
leaves = st.one_of(
    st.builds(Word, words),
    st.builds(Phrase, st.lists(words, min_size=1, max_size=3).map(" ".join)),
    st.builds(Prefix, words.map(lambda word: word[:3])),
    st.builds(Wildcard, words.map(lambda word: f"{word[:2]}?{word[3:5]}*")),
    st.builds(Fuzzy, words.filter(lambda word: word.isascii() and len(word) > 3), st.sampled_from((1, 2))),
    st.builds(Term, st.just("tag"), st.sampled_from(TAGS)),
    st.builds(Term, st.just("kind"), st.sampled_from(("image", "Video"))),
    st.builds(
        Term,
        st.just("colour"),
        st.tuples(st.integers(0, 0xFFFFFF) | st.sampled_from((0xE4002B, 0xFFFFFF)), st.integers(3, 50)).map(
            lambda asked: f"#{asked[0]:06x}~{asked[1]}"
        ),
    ),
    st.builds(Prefix, st.sampled_from(("su", "red s")), st.just("tag")),
    st.builds(Term, st.just("has"), st.sampled_from(("transcript", "tag", "Colour", "width", "er", "ctr", "created"))),
    st.builds(Wildcard, st.sampled_from(("ti*", "tr*", "cr?ator", "?uration", "cr*")), st.just("has")),
    st.builds(Term, st.just("id"), st.sampled_from(("ast_1_0001", "AST_1_0002", "gone_1"))),
    st.builds(Prefix, st.sampled_from(("ast_1_00", "AST_1_015")), st.just("id")),
    st.builds(
        Range,
        st.sampled_from(("duration", "er", "width")),
        st.sampled_from((None, 0.0, 0.5, 7.0, 1080.0)),
        st.sampled_from((None, 0.5, 30.0, 1920.0)),
        st.booleans(),
        st.booleans(),
    ),
    st.builds(
        Amount,
        st.sampled_from(("fee", "FEE", "Shoot  day", "none")),
        st.sampled_from((None, *AMOUNTS)),
        st.sampled_from((-1.0, 0.0, 3.0, 1e300)),
        st.booleans(),
        st.booleans(),
    ),
    st.builds(
        Amount,
        st.sampled_from(("shoot day", "fee")),
        st.sampled_from(DAYS).map(date.toordinal),
        st.sampled_from((None, *map(date.toordinal, DAYS))),
        days=st.just(True),
    ),
    st.sampled_from((*ANSWERS, Everything())),
)


def grown(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=2, max_size=3, unique=True).map(tuple)
    return st.one_of(st.builds(And, several), st.builds(Or, several), st.builds(Not, parts))


trees = st.recursive(leaves, grown, max_leaves=6)
sights = st.one_of(st.just(Sight(everything=True)), st.frozensets(st.sampled_from(VIEWERS)).map(Sight))
choices = st.fixed_dictionaries(
    {},
    optional={
        "tag": st.frozensets(st.sampled_from((*TAGS, "unknown")), max_size=2),
        "kind": st.frozensets(st.sampled_from(("image", "video")), max_size=2),
        "custom:main_colour": st.frozensets(st.sampled_from(("Red", "blue", "a=b", "unknown")), max_size=2),
        "custom:paid": st.frozensets(st.just("yes")),
    },
)
sorts = st.builds(
    Sort,
    st.sampled_from(("relevance", "newest", "random", "er", "width", "duration")),
    st.booleans(),
    st.integers(0, 2**31),
).filter(lambda sort: sort.descending or sort.by != "relevance")
requests = st.builds(
    Request,
    sights,
    trees,
    choices,
    st.just(("kind", "tag", "custom:main_colour", "creator", "custom:paid")),
    limit=st.sampled_from((7, 60, 1000)),
    sort=sorts,
    cleared=st.just({use: Cleared(numbers) for use, numbers in ANSWERS.items()}),
)


def all_pages(engine: Engine, request: Request) -> list[Hit]:
    """Hits of all pages; a page that is not full must be the last one."""
    hits: list[Hit] = []
    cursor = None
    while True:
        result = engine.search(
            Request(
                request.sight,
                request.tree,
                request.chosen,
                limit=request.limit,
                sort=request.sort,
                cursor=cursor,
                cleared=request.cleared,
            )
        )
        hits += result.hits
        cursor = result.next_cursor
        if cursor is None:
            return hits
        assert len(result.hits) == request.limit


@pytest.mark.slow
@pytest.mark.req("R68")
@settings(max_examples=100)
@given(request=requests)
def test_both_engines_find_count_and_order_what_judging_each_document_does(
    engines: list[Engine], request: Request
) -> None:
    wanted = expected(DOCUMENTS, request, ANSWERS)
    for engine in engines:
        result = engine.search(request)
        assert result.total == len(wanted.order)
        for name, counts in wanted.facets.items():
            asked_for = dict.fromkeys(request.chosen.get(name, ()), 0)
            assert dict(result.facets[name]) == {**asked_for, **counts}
        hits = all_pages(engine, request)
        assert [hit.id for hit in hits] == [one.id for one in wanted.order]
        if request.sort.by == "relevance":
            assert {hit.id: hit.score for hit in hits} == {one.id: counts for one, counts in wanted.scores.items()}
