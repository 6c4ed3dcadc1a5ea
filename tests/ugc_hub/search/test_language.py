"""How what people type is read: as a tree, with problems and their places, and never with an exception."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ugc_hub.catalog import KINDS
from ugc_hub.search.colours import NAMED
from ugc_hub.search.documents import FACETS, NUMBERS, PROSE
from ugc_hub.search.grammar import parser, seen_at_a_glance
from ugc_hub.search.language import LONGEST, Clock, Reading, parse
from ugc_hub.search.names import VALUES
from ugc_hub.search.planning import planned
from ugc_hub.search.tree import (
    Amount,
    And,
    Everything,
    Fuzzy,
    Node,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefix,
    Range,
    Term,
    Usable,
    Wildcard,
    Word,
    walk,
)
from ugc_hub.web.api.legal import StatusAsk

DAY = date(2026, 6, 1).toordinal()
YEAR = date(2027, 1, 1).toordinal()
OF_2026 = (date(2026, 1, 1).toordinal(), date(2026, 12, 31).toordinal())
CLOCK = Clock(datetime(2026, 11, 25, 20, tzinfo=UTC), ZoneInfo("Europe/Berlin"))


def millis(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def words(*texts: str) -> tuple[Word, ...]:
    return tuple(map(Word, texts))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", Everything()),
        ("  \t\n", Everything()),
        ("*:*", Everything()),
        ("*", Everything()),
        ("**", Everything()),
        ("* kind:video", And((Everything(), Term("kind", "video")))),
        ("Beach", Word("Beach")),
        ("summer beach", And(words("summer", "beach"))),
        ("summer AND beach", And(words("summer", "beach"))),
        ("summer OR beach", Or(words("summer", "beach"))),
        ("sun (sea OR snow)", And((Word("sun"), Or(words("sea", "snow"))))),
        ("NOT snow", Not(Word("snow"))),
        ("sun -snow", And((Word("sun"), Not(Word("snow"))))),
        ("sun ANDNOT snow", And((Word("sun"), Not(Word("snow"))))),
        ("snow-white", Word("snow-white")),
        ('"sound of the sea"', Phrase("sound of the sea")),
        ("the sound of the sea", And(words("sound", "sea"))),
        ("the", Word("the")),
        ("#Summer @anna.k", And((Or((Word("#Summer"), Term("tag", "Summer"))), Word("@anna.k")))),
        ("-#sun", Not(Or((Word("#sun"), Term("tag", "sun"))))),
        ("#sun-sea", Word("#sun-sea")),
        ("日本語 🌸", And(words("日本語", "🌸"))),
        ("sun*", Prefix("sun")),
        ("s?n*t", Wildcard("s?n*t")),
        ("s??n**t", Wildcard("s??n**t")),
        ("sunst~", Fuzzy("sunst", 1)),
        ("sunst~2", Fuzzy("sunst", 2)),
        ("tag:Summer", Term("tag", "Summer")),
        ('tag:"summer vibes"', Term("tag", "summer vibes")),
        ("tag:sum*", Prefix("sum", "tag")),
        ("TAG:#summer creator:@anna", And((Term("tag", "summer"), Term("creator", "anna")))),
        ("tag:(a1 OR b1)", Or((Term("tag", "a1"), Term("tag", "b1")))),
        ("color:red type:video", And((Term("colour", "red"), Term("kind", "video")))),
        ("colour:#E4002B", Term("colour", "#e4002b")),
        ("color:#e4002b~20", Term("colour", "#e4002b~20")),
        ("colour:#e4002b~2 beach", And((Term("colour", "#e4002b~2"), Word("beach")))),
        ("colour:red~15", Term("colour", "red~15")),
        ("colour:D7192B", Term("colour", "d7192b")),
        ("tag:* -creator:*", And((Term("has", "tag"), Not(Term("has", "creator"))))),
        ("has:ocr is:READY", And((Term("has", "ocr"), Term("is", "READY")))),
        ("kind:photo orientation:Vertical", And((Term("kind", "image"), Term("orientation", "portrait")))),
        ("text:beach", Word("beach")),
        ("duration:90", Range("duration", 90, 90)),
        ("duration:1:30", Range("duration", 90, 90)),
        ("duration:<1.5min", Range("duration", None, 90, with_high=False)),
        ("duration:10-30", Range("duration", 10, 30)),
        ("duration:[10s TO 1min}", Range("duration", 10, 60, with_high=False)),
        ("width:>=1080", Range("width", 1080, None)),
        ("er:>3", Range("er", 0.03, None, with_low=False)),
        ("ctr:[1% TO 2%]", Range("ctr", 0.01, 0.02)),
        ("roas:2.5..4", Range("roas", 2.5, 4)),
        ("custom:budget:[100 TO 500]", Amount("budget", 100, 500)),
        ("custom:budget=[-1.5 TO 2}", Amount("budget", -1.5, 2, with_high=False)),
        ("custom:Budget>=1e3 sun", And((Amount("Budget", 1000, None), Word("sun")))),
        ("-(custom:fee:<5 OR sun)", Not(Or((Amount("fee", None, 5, with_high=False), Word("sun"))))),
        ('custom:"shoot day":>2026-05', Amount("shoot day", DAY, None, days=True)),
        ('custom:"shoot day"<2026-06-02', Amount("shoot day", None, DAY, days=True)),
        ('custom:"shoot day":[2026-06-01 TO 2026-06]', Amount("shoot day", DAY, DAY + 29, days=True)),
        ("custom:day:{'31 may 2026' TO 2026-06-04}", Amount("day", DAY, DAY + 2, days=True)),
        ("custom:shoot-day:>=last month", Amount("shoot-day", DAY + 122, None, days=True)),
        ("custom:day:>2026", Or((Amount("day", 2026, None, with_low=False), Amount("day", YEAR, None, days=True)))),
        (
            "custom:day:[2026 TO 2026.0]",
            Or((Amount("day", 2026, 2026), Amount("day", YEAR - 365, YEAR - 1, days=True))),
        ),
        (
            "-custom:day<2027",
            Not(Or((Amount("day", None, 2027, True, False), Amount("day", None, YEAR - 1, days=True)))),
        ),
        ("custom:fee:[100 TO 2026]", Amount("fee", 100, 2026)),
        ("custom:Size:s sun", And((Term("custom", "Size=s"), Word("sun")))),
        ("custom:fee=12,5", Or((Term("custom", "fee=12,5"), Amount("fee", 12.5, 12.5)))),
        ("-custom:fee:12.50", Not(Or((Term("custom", "fee=12.50"), Amount("fee", 12.5, 12.5))))),
        ("custom:fee:10..13", Or((Term("custom", "fee=10..13"), Amount("fee", 10, 13)))),
        ('custom:"shoot day":2026', Or((Term("custom", "shoot day=2026"), Amount("shoot day", *OF_2026, days=True)))),
        ("custom:day:1.6.2026", Or((Term("custom", "day=1.6.2026"), Amount("day", DAY, DAY, days=True)))),
        ("custom:day=2026-06-01", Term("custom", "day=2026-06-01")),
        ("custom:mood=sun", Term("custom", "mood=sun")),
        ("custom:fee", Prefix("fee=", "custom")),
        ("custom:fee:*", Prefix("fee=", "custom")),
        ('custom:"Colour way"', Prefix("colour_way=", "custom")),
        ('custom:"colour way":*', Prefix("colour_way=", "custom")),
        ('custom:"shoe size":12.5', Term("custom", "shoe size=12.5")),
        ('custom:size="X L" custom:"a b":"c d"', And((Term("custom", "size=X L"), Term("custom", "a b=c d")))),
        ("custom:a<b=yes", Term("custom", "a<b=yes")),
        ('custom:"a>5"', Term("custom", "a>5")),
        ("width:>=1e20", Range("width", 1e20, None)),
        ("er:<0.00001", Range("er", None, 0.00001 / 100, with_high=False)),
        ("created:[TO 2026-01}", Range("created", None, millis("2026-01-01T00:00+01:00"), with_high=False)),
        ("usable:paid_social", Usable("paid_social")),
        (
            "usable:Paid_Social beach territory:de until:2026-12-31 edits:trim,crop platform:meta",
            And((Usable("paid_social", "meta", "DE", "2026-12-31", ("crop", "trim")), Word("beach"))),
        ),
        ("until:2026", Usable(until="2026-12-31")),
        (
            "edits:crop (usable:email OR usable:website)",
            Or((Usable("email", edits=("crop",)), Usable("website", edits=("crop",)))),
        ),
        (
            "(usable:email OR beach) until:2027 territory:DE",
            And((Or((Usable("email", "", "DE", "2027-12-31"), Word("beach"))), Usable("", "", "DE", "2027-12-31"))),
        ),
        (
            "usable:email sun usable:website territory:DE",
            And((Usable("email", territory="DE"), Word("sun"), Usable("website", territory="DE"))),
        ),
        (
            "usable:email territory:DE usable:website territory:FR",
            And((Usable("email", territory="DE"), Usable("website", territory="FR"))),
        ),
        (
            "sun usable:email (territory:DE OR territory:FR)",
            And((Word("sun"), Or((Usable("email", "", "DE"), Usable("email", "", "FR"))))),
        ),
        (
            "usable:email (territory:DE OR platform:tiktok)",
            And((Usable("email"), Or((Usable("email", territory="DE"), Usable(platform="tiktok"))))),
        ),
        ("usable:email territory:DE territory:FR", And((Usable("email", "", "DE"), Usable("email", "", "FR")))),
        ("usable:email -territory:DE", And((Usable("email"), Not(Usable(territory="DE"))))),
        ("usable:email usable:website", And((Usable("email"), Usable("website")))),
    ],
)
def test_it_is_read_as_it_is_meant(text: str, tree: Node) -> None:
    reading = parse(text, CLOCK)
    assert reading.tree == tree
    assert reading.problems == ()
    assert parse(str(tree), CLOCK).tree == tree
    assert hash(reading.tree) == hash(tree)


@pytest.mark.parametrize(
    ("text", "tree", "place"),
    [
        ('"red shoes', And(words("red", "shoes")), (0, 1)),
        ('tag:a1 "red', And((Term("tag", "a1"), Word("red"))), (7, 8)),
        ("(sun OR sea", Or(words("sun", "sea")), (0, 1)),
        ("sun) sea", And(words("sun", "sea")), (3, 4)),
        ("AND sea", Word("sea"), (0, 3)),
        ("sun OR", Word("sun"), (4, 6)),
        ("sun colr:red", And(words("sun", "red")), (4, 8)),
        ("created:someday sun", Word("sun"), (8, 15)),
        ("sun duration:long", Word("sun"), (13, 17)),
        ("sun until:1900~2", And((Word("sun"), Nothing())), (10, 16)),
        ("sun usable:12~", And((Word("sun"), Nothing())), (11, 14)),
        ("sun usable:[a TO b]", And((Word("sun"), Nothing())), (11, 19)),
        ("sun usable:", Word("sun"), (4, 11)),
        ("sun is:foo", And((Word("sun"), Term("is", "foo"))), (7, 10)),
        ("kind:foto sun", And((Term("kind", "foto"), Word("sun"))), (5, 9)),
        ("sun -status:lost", And((Word("sun"), Not(Term("status", "lost")))), (12, 16)),
        ("colour:reddish", Term("colour", "reddish"), (7, 14)),
        ("er:[5 TO 1]", Range("er", 0.05, 0.01), (3, 11)),
        ("width:20..10", Range("width", 20, 10), (6, 12)),
        ("custom:fee:[5 TO 1]", Amount("fee", 5, 1), (0, 19)),
        ("sun created:2201", Word("sun"), (12, 16)),
        ("created:9999", Nothing(), (8, 12)),
        ("sun created:>since friday", Word("sun"), (13, 25)),
        ("sun custom:fee:>much", Word("sun"), (4, 20)),
        ("sun custom:fee:[TO]", Word("sun"), (4, 19)),
        ("sun custom:fee:[1 TO soon]", Word("sun"), (4, 26)),
        ("sun er:[1 2]", None, (4, 7)),
        ("sun tag:", Word("sun"), (4, 8)),
        ("sun~3 sea^2", And(words("sun", "sea")), (0, 5)),
        ('"sun sea"~3 x1', And((Phrase("sun sea"), Word("x1"))), (0, 11)),
        ("tag:sunst~", Term("tag", "sunst"), (4, 10)),
        ("sun http://a.example/b?c=1", And((Word("sun"), Phrase("http://a.example/b c=1"))), (22, 23)),
        ("sun s*", Word("sun"), (5, 6)),
        ("sun until:whenever", And((Word("sun"), Nothing())), (10, 18)),
        ("!!!", Nothing(), (0, 3)),
    ],
)
def test_a_problem_has_a_place_and_the_rest_is_read(text: str, tree: Node | None, place: tuple[int, int]) -> None:
    reading = parse(text, CLOCK)
    first = reading.problems[0]
    assert (first.start, first.end) == place
    assert first.message.endswith(".")
    if tree is not None:
        assert reading.tree == tree


def test_a_query_of_which_nothing_is_left_has_one_problem_that_says_why() -> None:
    for text in ("created:9999", "er:much", "tag:>5", "AND", "!!!"):
        assert len(parse(text, CLOCK).problems) == 1


def test_a_sign_says_where_it_lacks_something() -> None:
    assert parse("sun NOT", CLOCK).problems[0].message == "NOT needs something behind it."
    assert parse("sun OR", CLOCK).problems[0].message == "OR needs something on both sides."


def test_a_value_that_is_being_typed_is_not_told_to_be_none() -> None:
    assert parse("kind:im", CLOCK, typing=True) == Reading(Prefix("im", "kind"))
    assert parse("kind:im sun", CLOCK, typing=True).problems
    assert parse("duration:long", CLOCK, typing=True).tree == Everything()
    assert parse("duration:long", CLOCK, typing=True).problems


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("kind", KINDS),
        ("colour", NAMED),
        ("status", ("received", *get_args(StatusAsk.model_fields["status"].annotation))),
        ("has", {*PROSE, *FACETS, *NUMBERS, "audio"} - {"created", "ending", "er_low", "ctr_low", "roas_low"}),
    ],
)
def test_fields_with_few_values_know_all_that_there_are(name: str, known: Iterable[str]) -> None:
    assert {*VALUES[name]} == {*known}


def test_the_last_word_may_still_be_being_typed() -> None:
    assert parse("summer bea", CLOCK, typing=True).tree == And((Word("summer"), Prefix("bea")))
    assert parse("tag:sum", CLOCK, typing=True).tree == Prefix("sum", "tag")
    assert parse("#sum", CLOCK, typing=True).tree == Or((Prefix("#sum"), Prefix("sum", "tag")))
    assert parse("bea ", CLOCK, typing=True).tree == Word("bea")
    assert parse("b", CLOCK, typing=True).tree == Word("b")
    assert parse('"bea"', CLOCK, typing=True).tree == Phrase("bea")


def test_there_is_an_end_to_everything() -> None:
    long = parse("word " * LONGEST, CLOCK)
    assert any("characters" in problem.message for problem in long.problems)
    many = parse(" ".join(f"w{number}" for number in range(100)), CLOCK)
    assert sum(isinstance(node, Word) for node in walk(many.tree)) == 40
    assert [("parts" in problem.message, problem.start) for problem in many.problems] == [(True, 10 * 3 + 30 * 4)]
    patterns = parse("ab* cd* ef* gh* ij* kl*", CLOCK)
    assert sum(isinstance(node, Prefix) for node in walk(patterns.tree)) == 4
    assert len(patterns.problems) == 1, "it holds for all that come after"
    deep = parse("(" * 400 + "sun" + ")" * 400, CLOCK)
    assert deep.tree == Word("sun")
    assert any("deep" in problem.message for problem in deep.problems)


PAYLOADS = (
    "' OR 1=1 --",
    "'; DROP TABLE assets; --",
    '" OR ""="',
    "1) UNION SELECT password FROM users --",
    "*) OR (1=1",
    "{{7*7}}",
    "${jndi:ldap://x}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%00%0a%0d",
    "\x00\x01\x1f",
    "\ud800 \udfff",
    '_query_:"{!func}x"',
    "title:[* TO *] OR id:*",
    "tag:[a TO",
    "^^^^ ~~~~ ++++ ----",
    "field:" * 200,
    'r"(a+)+$" /(a+)+$/',
    "a AND OR NOT AND (",
    "NOT NOT NOT sun",
    "-" * 500,
    '"' * 501,
    "'" * 301,
    "*" * 300 + "a" + "?" * 300,
    "sun^99999999999 sun~99999999",
    "created:9999999999-99-99",
    "created:'" + "last " * 100 + "'",
    "er:1e999 roas:nan width:-inf duration:1e308h",
    "\u202eevil \ufeff \u200b",
)


@pytest.mark.req("R81")
@pytest.mark.parametrize("text", PAYLOADS)
def test_nothing_that_is_typed_is_more_than_a_query(text: str) -> None:
    for typing in (False, True):
        reading = parse(text, CLOCK, typing=typing)
        planned(reading.tree, {})
        for problem in reading.problems:
            assert 0 <= problem.start <= problem.end <= max(len(text), 1)


pieces = st.sampled_from(
    (
        *("AND", "OR", "NOT", "ANDNOT", "(", ")", '"', "'", "[", "]", "{", "}", " TO ", "*", "?", "~", "~2", "-", "+"),
        *(
            ":",
            " ",
            "  ",
            "tag:",
            "created:",
            "usable:",
            "er:",
            "custom:",
            "custom:fee",
            'custom:"the day"',
            "1e20",
            ">",
            "<=",
            "^2",
            "sun",
            "Strände",
            "#tag",
            "@me",
            "日本",
        ),
        *("last month", "since ", "2026-01", "1:30", "5%", "🌸", "\\", "/", "*:*", "\0", "ß", "\u0301", "the", ".."),
    )
)


@pytest.mark.req("R81")
@settings(max_examples=400)
@given(text=st.lists(pieces, max_size=14).map("".join) | st.text(max_size=60), typing=st.booleans())
@example(text="NOT (", typing=False)
@example(text="er:1e20", typing=False)
@example(text='AND*"*AND"', typing=False)
@example(text='AND*"?AND"', typing=False)
def test_any_text_is_read_and_what_it_was_read_as_is_read_the_same(text: str, typing: bool) -> None:
    reading = parse(text, CLOCK, typing=typing)
    planned(reading.tree, {})
    for problem in reading.problems:
        assert 0 <= problem.start <= problem.end <= len(text)
    again = parse(str(reading.tree), CLOCK)
    assert again.tree == reading.tree


simple = st.sampled_from(
    (
        *("sun", "X1", "é", "日本", "AND", "or", " ", "  ", '"', '"the sea" '),
        *("usable:", "Kind:", "territory:DE,FR ", "tags:paid_social ", "_", ",", "until:", "custom:", "width:"),
    )
)


@given(text=st.lists(simple, max_size=9).map("".join))
def test_words_phrases_and_values_are_seen_at_a_glance_as_the_parser_sees_them(text: str) -> None:
    seen = seen_at_a_glance(text)
    assert seen is None or _said(seen) == _said(parser().process(text))
    assert seen_at_a_glance('sun "the sea" usable:paid_social X1 territory:DE,FR') is not None


def _said(nodes: Iterable[Any]) -> list[object]:
    names = ("text", "startchar", "endchar", "fieldname", "slop")
    return [
        (type(one), [getattr(one, name, None) for name in names], _said(one) if hasattr(one, "nodes") else None)
        for one in nodes
    ]
