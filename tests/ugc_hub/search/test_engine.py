"""What every engine does; each test runs on both."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from ugc_hub.errors import Invalid
from ugc_hub.search.documents import Document
from ugc_hub.search.engine import NEWEST, Engine, Request, Result, Sight, Sort
from ugc_hub.search.opening import begin_anew, open_index
from ugc_hub.search.plan import Cleared
from ugc_hub.search.tree import Everything, Node, Phrase, Prefix, Term, Usable, Word

ALL = Sight(everything=True)


def asset(name: str, title: str = "", **known: Any) -> Document:
    known = {"viewers": ("staff",), "created": 1_700_000_000_000, **known}
    return Document(id=name, title=title, **known)


def filled(engine: Engine, *documents: Document) -> Engine:
    engine.update(documents)
    engine.commit(1)
    return engine


def ids(result: Result) -> list[str]:
    return [hit.id for hit in result.hits]


def found(engine: Engine, tree: Node) -> set[str]:
    return set(ids(engine.search(Request(ALL, tree))))


def test_an_empty_index_finds_nothing_and_knows_nothing(engine: Engine) -> None:
    result = engine.search(Request(ALL, facets=("kind",)))
    assert (result.hits, result.total, result.facets, result.stamp) == ((), 0, {"kind": ()}, 0)


@pytest.mark.parametrize("handle", ["anna.k", "@anna.k"])
def test_a_creator_is_found_by_the_handle_as_people_write_it_and_by_what_they_are_known_for(
    engine: Engine, handle: str
) -> None:
    keywords = {"creator": (handle,), "niche": ("trail running",)}
    filled(engine, asset("a", keywords=keywords), asset("b", keywords={"creator": ("anna",), "niche": ("baking",)}))
    assert found(engine, Word("@anna.k")) == {"a"}
    assert found(engine, Word("anna")) == {"a", "b"}
    assert found(engine, Word("run")) == {"a"}
    assert found(engine, Phrase("trail running")) == {"a"}


def test_what_was_not_committed_is_not_seen_and_what_was_is(engine: Engine) -> None:
    engine.update([asset("a", "beach")])
    assert found(engine, Word("beach")) == set()
    engine.commit(7)
    assert found(engine, Word("beach")) == {"a"}
    assert engine.stamp() == 7


def test_a_document_taken_in_again_takes_the_place_of_the_old_one(engine: Engine) -> None:
    filled(engine, asset("a", "beach"), asset("b", "beach"))
    engine.update([asset("a", "forest")], ["b"])
    engine.commit(2)
    assert found(engine, Word("beach")) == set()
    assert found(engine, Everything()) == {"a"}


def test_a_document_taken_in_twice_before_a_commit_is_there_once(engine: Engine) -> None:
    engine.update([asset("a", "beach")])
    engine.update([asset("a", "forest")])
    engine.update([asset("b")])
    engine.update([], ["b"])
    engine.commit(1)
    assert engine.search(Request(ALL)).total == 1
    assert found(engine, Word("forest")) == {"a"}


@pytest.mark.parametrize(
    ("title", "language", "query"),
    [
        ("Beaches", "en", "beach"),
        ("Strände", "de", "strand"),
        ("chaussures", "fr", "chaussure"),
        ("canciones", "es", "canción"),
        ("ragazze", "it", "ragazza"),
        ("praias", "pt", "praia"),
        ("schoenen", "nl", "schoen"),
        ("STRASSE", "de", "straße"),
        ("naïve Ｃafé", "en", "naive"),
        ("naïve Ｃafé", "en", "CAFE"),
        ("東京タワーの夜景", "", "夜景"),
        ("東京タワーの夜景", "", "タワー"),
        ("東京タワーの夜景", "", "夜"),
        ("spring 🌸", "en", "🌸"),
        ("spring 🌸", "en", "blossom"),
        ("in 🇩🇪 today", "en", "🇩🇪"),
        ("so #SummerVibes!", "en", "#summervibes"),
        ("so #SummerVibes!", "en", "summervibes"),
        ("#summer_vibes-2.jpg", "en", "#summer_vibes"),
        ("love#summer #Summer.Vibes", "en", "#summer"),
        ("so #夏休み-2026", "", "#夏休み"),
        ("by @anna-k.b", "en", "@anna-k.b"),
        ("with @anna.k.", "en", "@anna.k"),
    ],
)
def test_words_are_found_in_any_form_case_width_and_script(
    engine: Engine, title: str, language: str, query: str
) -> None:
    filled(engine, asset("a", title, language=language), asset("b", "something else"))
    assert found(engine, Word(query)) == {"a"}


@pytest.mark.parametrize("query", ["#summer", "@anna", "京東", "ラワ", "beachy"])
def test_what_is_not_there_is_not_found(engine: Engine, query: str) -> None:
    filled(engine, asset("a", "so #SummerVibes with @anna.k at the beach 東京タワー"))
    assert found(engine, Word(query)) == set()


def test_phrases_keep_their_function_words_and_do_not_reach_into_the_next_text(engine: Engine) -> None:
    filled(engine, asset("a", "the sound of the sea"), asset("b", "sound sea"), asset("c", "sound", description="sea"))
    assert found(engine, Phrase("sound of the sea")) == {"a"}
    assert found(engine, Phrase("sound sea")) == {"b"}


def test_titles_come_before_tags_and_tags_before_descriptions_and_those_alike_newest_first(engine: Engine) -> None:
    filled(
        engine,
        asset("described", description="beach"),
        asset("older", "beach"),
        asset("newer", "beach", created=1_700_000_000_001),
        asset("tagged", keywords={"tag": ("beach",)}),
        asset("spoken", transcript="beach"),
    )
    assert ids(engine.search(Request(ALL, Word("beach")))) == ["newer", "older", "tagged", "described", "spoken"]


@pytest.mark.req("R68")
def test_nobody_sees_counts_or_is_told_what_they_may_not(engine: Engine) -> None:
    tags = {"tag": ("secret",), "kind": ("video",)}
    filled(
        engine,
        asset("a", "beach", viewers=("staff", "creator:a")),
        asset("b", "beach", viewers=("staff",), keywords=tags),
        asset("c", "beach", viewers=(), keywords=tags),
    )
    sights = {Sight(): set(), Sight(frozenset({"creator:a"})): {"a"}, Sight(frozenset({"staff", "x"})): {"a", "b"}}
    for sight, wanted in sights.items():
        for tree in (Everything(), Word("beach")):
            result = engine.search(Request(sight, tree, facets=("tag", "kind")))
            assert (set(ids(result)), result.total) == (wanted, len(wanted))
            assert result.facets["tag"] == ((("secret", 1),) if "b" in wanted else ())
        told = engine.suggest(sight, "tag", "s", 10)
        assert told == ((("secret", 1),) if "b" in wanted else ())
        assert engine.search(Request(sight, Word("beach"), {"tag": frozenset({"secret"})})).total == ("b" in wanted)


def test_what_is_chosen_of_a_facet_narrows_the_others_and_not_itself(engine: Engine) -> None:
    kinds = ["image"] * 3 + ["video"] * 2
    filled(engine, *(asset(f"a{n}", keywords={"kind": (kind,), "tag": (f"t{n % 2}",)}) for n, kind in enumerate(kinds)))
    result = engine.search(Request(ALL, chosen={"kind": frozenset({"video"})}, facets=("kind", "tag")))
    assert result.total == 2
    assert result.facets == {"kind": (("image", 3), ("video", 2)), "tag": (("t0", 1), ("t1", 1))}


def test_counts_belong_to_their_question_and_to_the_index_as_it_is(engine: Engine) -> None:
    free = Usable("paid_social")
    both = {"kind": ("image",), "creator": ("ana",)}
    filled(engine, asset("a", keywords=both, clearance=1), asset("b", viewers=("bea",), keywords={"kind": ("video",)}))
    questions = {
        "all": Request(ALL, facets=("kind",)),
        "page": Request(ALL, facets=("kind",), limit=1),
        "seen": Request(Sight(frozenset({"bea"})), facets=("kind",)),
        "chosen": Request(ALL, facets=("kind",), chosen={"creator": frozenset({"ana"})}),
        "free": Request(ALL, free, facets=("kind",), cleared={free: Cleared(frozenset({1}))}),
        "closed": Request(ALL, free, facets=("kind",), cleared={free: Cleared(frozenset({2}))}),
    }
    image, video = ("image", 1), ("video", 1)
    for _ in range(2):
        assert {name: engine.search(one).facets["kind"] for name, one in questions.items()} == {
            "all": (image, video),
            "page": (image, video),
            "seen": (video,),
            "chosen": (image,),
            "free": (image,),
            "closed": (),
        }
    filled(engine, asset("c", keywords={"kind": ("image",)}))
    assert engine.search(questions["all"]).facets["kind"] == (("image", 2), video)


def test_facets_are_cut_by_count_and_name_and_keep_what_was_chosen(engine: Engine) -> None:
    filled(engine, *(asset(f"a{n}", keywords={"creator": (f"c{n % 9}",), "tag": (f"t{n % 9}",)}) for n in range(20)))
    request = Request(ALL, chosen={"creator": frozenset({"c8", "none"})}, facets=("creator", "tag"), facet_size=3)
    result = engine.search(request)
    assert result.facets["creator"] == (("c0", 3), ("c1", 3), ("c2", 2), ("c8", 2), ("none", 0))
    everything = engine.search(Request(ALL, facets=("tag",), facet_size=3))
    assert everything.facets["tag"] == (("t0", 3), ("t1", 3), ("t2", 2))


def test_rights_are_filtered_by_situation_and_by_single_assets(engine: Engine) -> None:
    filled(engine, asset("a", clearance=1), asset("b", clearance=2), asset("c"), asset("d", clearance=2))
    counted = engine.search(Request(ALL, facets=("clearance",), facet_size=1, limit=0)).facets
    assert counted == {"clearance": (("2", 2), ("1", 1))}
    use = Usable("paid_social", territory="DE")
    answers = {use: Cleared(frozenset({2, 9}), frozenset({"c"}))}
    result = engine.search(Request(ALL, use, cleared=answers))
    assert set(ids(result)) == {"b", "c", "d"}
    assert engine.search(Request(ALL, use)).total == 0, "a question that nobody answered is never a yes"


def test_many_situations_and_viewers_are_looked_up_as_well(engine: Engine) -> None:
    filled(engine, *(asset(f"a{n}", clearance=n, viewers=(f"v{n}",)) for n in range(300)))
    use = Usable("email")
    some = Cleared(frozenset(range(100, 250)), frozenset(f"a{n}" for n in range(50)))
    sight = Sight(frozenset(f"v{n}" for n in range(20, 120)))
    assert engine.search(Request(sight, use, cleared={use: some}, limit=0)).total == 30 + 20


@pytest.mark.parametrize("sort", [NEWEST, Sort("relevance"), Sort("random", seed=99), Sort("er"), Sort("er", False)])
def test_pages_neither_repeat_nor_lose_a_hit_while_others_come_in(engine: Engine, sort: Sort) -> None:
    chance = [n * 7919 % 100 for n in range(60)]
    known = [asset(f"a{n}", "beach", created=chance[n] // 5, numbers={"er": chance[n] // 9}) for n in range(60)]
    filled(engine, *known)
    seen: list[str] = []
    cursor, number = None, 0
    while True:
        result = engine.search(Request(ALL, Word("beach"), sort=sort, limit=7, cursor=cursor))
        seen += [name for name in ids(result) if name.startswith("a")]
        cursor = result.next_cursor
        if cursor is None:
            break
        number += 1
        new = [asset(f"new{number}_{n}", "beach", created=n, numbers={"er": n}) for n in range(0, 100, 9)]
        engine.update(new)
        engine.commit(number + 1)
    assert len(seen) == len(set(seen)) == 60
    assert number > 8


def test_random_orders_are_the_same_for_a_seed_and_others_for_others(engine: Engine) -> None:
    filled(engine, *(asset(f"a{n}") for n in range(50)))
    orders = [tuple(ids(engine.search(Request(ALL, sort=Sort("random", seed=seed))))) for seed in (1, 1, 2, 3, 5)]
    assert orders[0] == orders[1]
    assert len(set(orders)) == 4


def test_documents_without_a_number_come_last_both_ways(engine: Engine) -> None:
    filled(engine, asset("a", numbers={"er_low": 0.1}), asset("b"), asset("c", numbers={"er_low": 0.2}))
    assert ids(engine.search(Request(ALL, sort=Sort("er_low")))) == ["c", "a", "b"]
    assert ids(engine.search(Request(ALL, sort=Sort("er_low", descending=False)))) == ["a", "c", "b"]


def test_a_request_that_makes_no_sense_is_refused() -> None:
    for wrong in ({"limit": -1}, {"limit": 1001}, {"facets": ("nothing",)}, {"chosen": {"is": frozenset({"new"})}}):
        with pytest.raises(Invalid):
            Request(ALL, **wrong)
    with pytest.raises(Invalid):
        Sort("name")


def test_documents_that_do_not_fit_are_refused(engine: Engine) -> None:
    wrong: list[dict[str, Any]] = [
        {"keywords": {"nothing": ("x",)}},
        {"numbers": {"nothing": 1}},
        {"keywords": {"kind": ("image", "video")}},
        {"viewers": ("two words",)},
        {"viewers": ("",)},
    ]
    for known in wrong:
        with pytest.raises(ValueError):
            engine.update([asset("a", **known)])


def test_suggestions_are_values_as_they_can_be_asked_for(engine: Engine) -> None:
    tags = [("Summer Vibes",), ("summer vibes", "sun"), ("sand",), ("sun",), ("sun",)]
    filled(engine, *(asset(f"a{n}", keywords={"tag": tag}) for n, tag in enumerate(tags)))
    assert engine.suggest(ALL, "tag", "SU", 10) == (("sun", 3), ("summer_vibes", 2))
    assert found(engine, Term("tag", "summer_vibes")) == {"a0", "a1"}
    assert engine.suggest(ALL, "tag", "", 1) == (("sun", 3),)


def test_keywords_and_what_a_document_has_can_be_asked_for(engine: Engine) -> None:
    known = {"creator": ("@Anna",), "campaign": ("Summer 2026",), "is": ("new",), "custom": ("size=42",)}
    filled(engine, asset("a", keywords=known, transcript="x", numbers={"er": 0.1}), asset("b"))
    for name, value in (("creator", "anna"), ("campaign", "SUMMER 2026"), ("is", "new"), ("custom", "size=42")):
        assert found(engine, Term(name, value)) == {"a"}
    for value in ("transcript", "er", "creator"):
        assert found(engine, Term("has", value)) == {"a"}
    assert found(engine, Term("id", "b")) == {"b"}
    assert found(engine, Prefix("sum", "campaign")) == {"a"}


@pytest.mark.req("R33")
def test_a_new_index_takes_the_place_of_the_old_one_for_all_who_have_it_open(
    engine: Engine, url: str, tmp_path: Path
) -> None:
    filled(engine, asset("old", "beach"))
    other = open_index(url, tmp_path)
    aside = engine.aside()
    aside.update([asset("a", "beach"), asset("b", "beach")])
    aside.commit(5)
    aside.update([asset("b", "forest")], ["a"])
    aside.commit(6)
    for one in (engine, other):
        assert (found(one, Word("beach")), one.stamp()) == ({"old"}, 1)
    aside.swap()
    for one in (engine, other):
        assert (found(one, Everything()), one.stamp()) == ({"b"}, 6)
    engine.update([asset("c")])
    engine.commit(7)
    assert found(other, Everything()) == {"b", "c"}
    other.close()


@pytest.mark.req("R33")
def test_an_index_built_anew_from_the_same_documents_answers_the_same(engine: Engine, url: str, tmp_path: Path) -> None:
    documents = [asset(f"a{n}", f"beach {n % 7}", created=n // 3, keywords={"tag": (f"t{n % 5}",)}) for n in range(80)]
    for start in range(0, 80, 9):
        engine.update(documents[start : start + 9])
        engine.commit(start + 1)
    asked = [Request(ALL, Word("beach"), facets=("tag",)), Request(ALL, Word("3"), sort=Sort("random", seed=4))]
    before = [engine.search(one) for one in asked]
    aside = begin_anew(url, tmp_path)
    aside.update(reversed(documents))
    aside.commit(before[0].stamp)
    aside.swap()
    assert [engine.search(one) for one in asked] == before


def test_a_new_index_that_was_dropped_changes_nothing(engine: Engine) -> None:
    filled(engine, asset("a"))
    aside = engine.aside()
    aside.update([asset("b")])
    aside.drop()
    assert found(engine, Everything()) == {"a"}
    again = engine.aside()
    again.commit(3)
    again.swap()
    assert engine.search(Request(ALL)).total == 0


def test_readers_go_on_while_documents_come_in_and_indexes_are_swapped(engine: Engine) -> None:
    documents = [asset(f"a{n}", "beach") for n in range(30)]
    filled(engine, *documents)
    totals: set[int] = set()
    failures: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                totals.add(engine.search(Request(ALL, Word("beach"), facets=("kind",))).total)
            except BaseException as error:
                failures.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(6):
        aside = engine.aside()
        aside.update(documents)
        aside.commit(number)
        aside.swap()
        engine.update(documents[:5])
        engine.commit(number)
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert totals == {30}


def test_there_is_no_third_engine(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        open_index("lucene:", tmp_path)
    with pytest.raises(Invalid):
        begin_anew("lucene:", tmp_path)
