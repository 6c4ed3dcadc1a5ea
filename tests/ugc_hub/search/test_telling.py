"""Answers about rights that are told of the words that documents carry."""

from __future__ import annotations

from dataclasses import dataclass

from tests.ugc_hub.search.test_engine import ALL, asset, filled, ids
from ugc_hub.search.engine import Engine, Request, Sight
from ugc_hub.search.plan import Cleared, Either, Telling
from ugc_hub.search.tree import And, Not, Usable, Word

USE = Usable("email")


@dataclass(frozen=True)
class AtLeast:
    """Tells of words such as `email:7` whether their number is no less than another."""

    least: int

    def __call__(self, word: str) -> bool:
        return int(word.partition(":")[2]) >= self.least


def free(least: int, *beginnings: str) -> Telling:
    return Telling("allowed", beginnings or ("email:",), AtLeast(least))


def test_documents_are_found_by_what_is_told_of_their_words(engine: Engine) -> None:
    filled(
        engine,
        asset("a", "beach", allowed=("email:1", "press:9")),
        asset("b", "beach", allowed=("email:5",)),
        asset("c", allowed=("email:5", "email:7")),
        asset("d", "beach", viewers=("bea",)),
    )

    def found(tree: object, plan: object, sight: Sight = ALL) -> set[str]:
        return set(ids(engine.search(Request(sight, tree, facets=("kind",), cleared={USE: plan}))))  # type: ignore[arg-type, dict-item]

    assert found(USE, free(5)) == {"b", "c"}
    assert found(USE, free(7)) == {"c"}
    assert found(USE, free(8)) == set()
    assert found(USE, free(8, "email:", "press:")) == {"a"}
    assert found(And((Word("beach"), USE)), free(1)) == {"a", "b"}
    assert found(And((Word("beach"), Not(USE))), free(5)) == {"a", "d"}
    assert found(USE, Either((free(7), Cleared(frozenset(), frozenset({"d"}))))) == {"c", "d"}
    assert found(USE, free(1), Sight(frozenset({"bea"}))) == set()


def test_words_that_come_in_later_are_asked_about_as_well(engine: Engine) -> None:
    filled(engine, asset("a", allowed=("email:5",)))
    request = Request(ALL, USE, cleared={USE: free(5)})
    assert ids(engine.search(request)) == ["a"]
    filled(engine, asset("b", allowed=("email:6",)), asset("a", allowed=("email:4",)))
    assert ids(engine.search(request)) == ["b"]


def test_counts_are_those_of_the_words(engine: Engine) -> None:
    many = (asset(f"a{n}", keywords={"kind": ("image",)}, allowed=(f"email:{n}",)) for n in range(100))
    filled(engine, *many)
    result = engine.search(Request(ALL, USE, facets=("kind",), cleared={USE: free(40)}, limit=3))
    assert result.total == 60
    assert result.facets["kind"] == (("image", 60),)
