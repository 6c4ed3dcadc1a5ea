"""Values of facets that are looked up alike and counted apart."""

from __future__ import annotations

import random
from collections import Counter

from tests.ugc_hub.search.test_engine import ALL, asset, filled, found, ids
from ugc_hub.search.documents import spelled
from ugc_hub.search.engine import Engine, Request
from ugc_hub.search.keywords import handles
from ugc_hub.search.listing import exactly, value_of
from ugc_hub.search.tree import Phrase, Prefix, Term, Wildcard, Word

VALUES = (
    "sun",
    "Sun",
    "sun set",
    "Sun  set",
    "sun_set",
    "sun\tset",
    "sän",
    "sæn",
    "s:n",
    "S~n",
    "s=n",
    "\x1f;",
    "夜 景",
)


def test_a_token_tells_the_value_it_stands_for_and_has_no_blanks() -> None:
    tokens = [exactly("tag", value) for value in VALUES]
    assert [value_of(token) for token in tokens] == list(VALUES)
    assert len({*tokens}) == len(VALUES)
    assert not any(letter in token for token in tokens for letter in " \t")


def test_values_alike_when_folded_are_counted_apart_and_found_and_offered_together(engine: Engine) -> None:
    chance = random.Random(7)
    known = {f"a{n}": tuple(chance.sample(VALUES, chance.randrange(4))) for n in range(60)}
    filled(engine, *(asset(name, keywords={"tag": tags}) for name, tags in known.items()))
    counts = Counter(tag for tags in known.values() for tag in tags)
    ordered = tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
    assert engine.search(Request(ALL, facets=("tag",))).facets["tag"] == ordered
    assert engine.search(Request(ALL, facets=("tag",), facet_size=4)).facets["tag"] == ordered[:4]
    for value in VALUES:
        result = engine.search(Request(ALL, chosen={"tag": frozenset({value})}, facets=("tag",), facet_size=1))
        assert {*ids(result)} == {name for name, tags in known.items() if value in tags}
        assert (value, counts[value]) in result.facets["tag"]
        meant = {name for name, tags in known.items() if spelled(value) in map(spelled, tags)}
        assert found(engine, Term("tag", value)) == meant
    for pattern, wanted in (
        ("s?n", {"sun", "san", "s:n", "s~n", "s=n"}),
        ("s??n", {"saen"}),
        ("su*", {"sun", "sun_set"}),
    ):
        marked = {name for name, tags in known.items() if wanted & {*map(spelled, tags)}}
        assert found(engine, Wildcard(pattern, "tag")) == marked, pattern
    assert found(engine, Prefix("su", "tag")) == {
        n for n, tags in known.items() if any("su" in one.lower() for one in tags)
    }
    offered = Counter(mark for tags in known.values() for mark in {*map(spelled, tags)} if mark.startswith("s"))
    listed = tuple(sorted(offered.items(), key=lambda one: (-one[1], one[0])))
    assert engine.suggest(ALL, "tag", "S", 20) == listed
    assert engine.suggest(ALL, "tag", "S", 2) == listed[:2]


def test_the_handle_of_a_creator_is_indexed_once_and_found_as_before(engine: Engine) -> None:
    assert [words for words, _ in handles("anna.k")] == ["anna k"]
    assert len(handles("夜景猫")) == 2
    filled(engine, asset("a", keywords={"creator": ("夜景猫",)}), asset("b", "anna", keywords={"creator": ("k.o",)}))
    assert found(engine, Word("夜景")) == found(engine, Word("@夜景猫")) == {"a"}
    assert found(engine, Phrase("anna k")) == set()
