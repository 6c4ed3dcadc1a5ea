"""Where in a text the words of a query stand."""

from __future__ import annotations

import pytest

from ugc_hub.search.highlighting import Highlighter, excerpt, highlights
from ugc_hub.search.tree import And, Fuzzy, Node, Not, Or, Phrase, Prefix, Term, Usable, Wildcard, Word


@pytest.mark.parametrize(
    ("tree", "text", "found"),
    [
        (Word("beach"), "Two BEACHES, one beach.", ["BEACHES", "beach"]),
        (Word("strasse"), "Die Straße der Straßen", ["Straße", "Straßen"]),
        (Word("cafe"), "Cafe\u0301 and ｃａｆé", ["Cafe\u0301", "ｃａｆé"]),
        (Word("🌸"), "spring 🌸🌸!", ["🌸🌸"]),
        (Word("👩🏽"), "by 👩🏽 here", ["👩🏽"]),
        (Word("🏄"), "🌊🏄‍♀️ surf", ["🏄‍♀️"]),
        (Word("♀"), "a 🏄🏽‍♀️, two", ["🏄🏽‍♀️"]),
        (Word("🏄🏽‍♀️"), "🌊 🏄🏽‍♀️ 🌊", ["🏄🏽‍♀️"]),
        (Word("🌊"), "🌊🏄‍♀️ surf", ["🌊"]),
        (Word("❤"), "a ❤️!", ["❤️"]),
        (Word("1"), "no 1️⃣ of all", ["1️⃣"]),
        (Word("🏴"), "in 🏴\U000e0067\U000e0062\U000e007f now", ["🏴\U000e0067\U000e0062\U000e007f"]),
        (Word("पानी"), "साफ पानी है", ["पानी"]),
        (Word("surf"), "surf\u200d up", ["surf\u200d"]),
        (Word("up"), "surf \u200dup", ["\u200dup"]),
        (Word("夜景"), "東京タワーの夜景", ["夜景"]),
        (Word("t-shirt"), "a T-Shirt, a shirt", ["T-Shirt"]),
        (Word("#summer"), "summer #Summer", ["#Summer"]),
        (Phrase("of the sea"), "of the lake, of the sea", ["of the sea"]),
        (Prefix("sun"), "sunny Sunday, unsunny", ["sunny", "Sunday"]),
        (Wildcard("b?a*"), "beach boat bar", ["beach", "boat"]),
        (Fuzzy("sunst", 1), "a sunset, a sun", ["sunset"]),
        (Term("tag", "red shoes"), "Red Shoes", ["Red Shoes"]),
        (Term("kind", "video"), "a video", []),
        (And((Word("sun"), Not(Word("snow")))), "sun and snow", ["sun"]),
        (Or((Word("sun"), Word("snow"))), "sun and snow", ["sun", "snow"]),
        (Word("sun"), "", []),
    ],
)
def test_what_was_found_is_marked(tree: Node, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in highlights(tree, text)] == found


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        (Word("werk"), ["Gewerkt", "werk", "werkt"]),  # in Dutch a stem may begin with another letter than its word
        (Word("gewerkt"), ["Gewerkt", "werk", "werkt"]),
        (Prefix("wer"), ["werk", "werkt"]),
        (Or((Word("skies"), Prefix("wor"))), ["work", "Sky"]),
        (Word("strong"), []),
    ],
)
def test_texts_that_are_looked_at_together_are_marked_as_each_alone(tree: Node, found: list[str]) -> None:
    texts = ["Gewerkt", "a werk of art", "a sand box, a work", "Sky", "he werkt there"]
    marked = Highlighter(tree).each(texts)
    assert marked == {text: spans for text in texts if (spans := highlights(tree, text))}
    assert [text[start:end] for text in texts for start, end in marked.get(text, ())] == found


def test_an_excerpt_is_where_most_was_found() -> None:
    text = "sea " * 100 + "a sunset at the beach " + "lake " * 100
    part, spans = excerpt(Highlighter(And((Word("sunset"), Word("beach")))), text, 60)
    assert len(part) == 60
    assert [part[start:end] for start, end in spans] == ["sunset", "beach"]
    assert excerpt(Highlighter(Word("sun")), "the sun") == ("the sun", ((4, 7),))
    assert excerpt(Highlighter(Word("moon")), text, 10) == (text[:10], ())


@pytest.mark.parametrize(
    "tree",
    [
        Word("beaches"),
        Phrase("sunny day"),
        Prefix("su"),
        Wildcard("b*ch"),
        Fuzzy("beech", 1),
        Term("tag", "day out"),
        Term("kind", "video"),
        Or((Word("out"), Word("t-shirt"))),
    ],
)
def test_plain_texts_are_marked_as_all_others_are(tree: Node) -> None:
    for text in ("Beach, a sunny day_out", "day sunny; bench", "a T-Shirt of the suns", "nothing"):
        assert highlights(tree, text) == highlights(tree, f"{text} é")


@pytest.mark.parametrize(
    "tree",
    [
        Word("beaches"),
        And((Word("suns"), Usable(channel="email"), Not(Word("day")))),
        Or((Word("suns"), Word("t-shirt"))),
        Word("#sunny"),
        Word("b"),
        Phrase("sunny day"),
        Prefix("su"),
        Wildcard("b*ch"),
        Fuzzy("beech", 1),
        And((Word("day"), Or((Term("tag", "out"), Word("夜景"))))),
        Term("kind", "video"),
    ],
)
def test_many_texts_are_marked_as_each_by_itself(tree: Node) -> None:
    texts = ["Beach, a sunny day_out", "day sunny; bench", "nothing", "", "Straße am Beach", "a #sunny beech", "夜景"]
    texts += [f"{'x' * 64}beach {'y' * 70} day", "unsunny", "beach" * 20]
    expected = {text: spans for text in texts if (spans := highlights(tree, text))}
    assert Highlighter(tree).each(texts) == expected
    assert Highlighter(tree).each(()) == {}
