"""What people write in other ways than the language does: read as they mean it, or told with its place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ugc_hub.search.language import Clock, Reading, parse
from ugc_hub.search.shapes import alternatives
from ugc_hub.search.tree import And, Node, Not, Or, Phrase, Prefix, Range, Term, Word

CLOCK = Clock(datetime(2025, 11, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("duration:<30 sec", Range("duration", None, 30, True, False)),
        ("duration:1.5 minutes beach", And((Range("duration", 90, 90), Word("beach")))),
        ("duration:90 s", Range("duration", 90, 90)),
        ("duration:90 sun", And((Range("duration", 90, 90), Word("sun")))),
        ("width:>=1080 px", Range("width", 1080, None)),
        ('"duration:90 s"', Phrase("duration:90 s")),
        ("duration:10..", Range("duration", 10, None)),
        ("duration:10 to 30", Range("duration", 10, 30)),
        ("duration:10 sec..1.5 min beach", And((Range("duration", 10, 90), Word("beach")))),
        ("er:1 % - 3 %", Range("er", 0.01, 0.03)),
        ("duration:10 - sea", And((Range("duration", 10, 10), Word("sea")))),
        ("duration:..0:30", Range("duration", None, 30)),
        ("status:ready", Term("is", "ready")),
        ("status:approved", Term("status", "active")),
        ("status:Pending", Term("status", "pending_review")),
        ("status:taken-down", Term("status", "taken_down")),
        ('status:"to review"', Term("status", "pending_review")),
    ],
)
def test_what_people_write_is_read_as_they_mean_it(text: str, tree: Node) -> None:
    assert parse(text, CLOCK) == Reading(tree)
    assert parse(str(tree), CLOCK).tree == tree


@pytest.mark.parametrize("text", ["#q1,", "#q1!", "#q1.", "##q1", "\uff03q1", "\ufe5fq1", "#q1"])
def test_a_hashtag_is_one_in_any_width_and_before_a_mark(text: str) -> None:
    tag = Or((Word("#q1"), Term("tag", "q1")))
    assert parse(text, CLOCK) == Reading(tag)
    assert parse(f"-{text}", CLOCK) == Reading(Not(tag))
    assert parse(str(tag), CLOCK).tree == tag


def test_a_hashtag_in_quotes_is_the_tag_as_well() -> None:
    for text, mark in (('"#q1"', "#q1"), ('"\uff03q1!"', "\uff03q1!")):
        assert parse(text, CLOCK) == Reading(tree := Or((Phrase(mark), Term("tag", "q1"))))
        assert parse(str(tree), CLOCK).tree == tree
    assert parse('"red #q1"', CLOCK) == Reading(Phrase("red #q1"))
    assert parse("#sum!", CLOCK, typing=True) == Reading(Or((Word("#sum"), Term("tag", "sum")))), "its end was typed"


@pytest.mark.parametrize("text", ["creator:@bob", "creator:\uff20bob", "creator:\ufe6bbob"])
def test_the_sign_before_a_value_may_have_any_width(text: str) -> None:
    assert parse(text, CLOCK) == Reading(Term("creator", "bob"))
    assert parse("tag:\uff03q1", CLOCK) == Reading(Term("tag", "q1"))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("beach TO sunset", And((Word("beach"), Word("sunset")))),
        ("sea OR REQUIRE", Or((Word("sea"), Word("require")))),
        ("-ANDMAYBE", Not(Word("andmaybe"))),
        ('"TO"', Phrase("TO")),
        ("surf🌊", And((Word("surf"), Word("🌊")))),
        ("-🌊🏄‍♀️surf", Not(And((Word("🌊🏄‍♀"), Word("surf"))))),
        ("🇩🇪2026", And((Word("🇩🇪"), Word("2026")))),
        ("t-shirt🌸 day", And((Word("t-shirt"), Word("🌸"), Word("day")))),
        ("#surf🌊", And((Or((Word("#surf"), Term("tag", "surf"))), Word("🌊")))),
        ("🌊REQUIRE", And((Word("🌊"), Word("require")))),
        ('"surf🌊"', Phrase("surf🌊")),
        ("東京タワー", Word("東京タワー")),
        ("🌊🏄", Word("🌊🏄")),
    ],
)
def test_a_sign_of_ranges_is_a_word_elsewhere_and_a_picture_stands_for_itself(text: str, tree: Node) -> None:
    assert parse(text, CLOCK) == Reading(tree)
    assert parse(str(tree), CLOCK).tree == tree


def test_words_of_letters_and_pictures_count_as_so_many_parts() -> None:
    reading = parse("a🌊" * 400, CLOCK)
    assert reading == Reading(Word("a🌊" * 400))
    assert len(parse("a🌊" * 10 + " sea" * 30, CLOCK).problems) == 1
    assert parse("🌊sun", CLOCK, typing=True) == Reading(And((Word("🌊"), Prefix("sun"))))


@pytest.mark.parametrize("dates", ["2025-11..2026-02", "november..february", "1.11.2025..28.2.2026"])
def test_dates_are_parted_by_points_as_numbers_are(dates: str) -> None:
    low, high = (datetime(*day, tzinfo=UTC).timestamp() * 1000 for day in ((2025, 11, 1), (2026, 3, 1)))
    assert parse(f"created:{dates}", CLOCK) == Reading(Range("created", low, high, True, False))


@pytest.mark.parametrize(
    ("text", "start", "end"), [("beach | sun", 6, 7), ("sea || sun", 4, 6), ("sea !sun", 4, 5), ("sum*mer~1", 4, 9)]
)
def test_a_sign_that_says_nothing_is_told_with_its_place(text: str, start: int, end: int) -> None:
    [problem] = parse(text, CLOCK).problems
    assert (problem.start, problem.end, "says nothing" in problem.message) == (start, end, True)
    assert not parse(f'"{text}"', CLOCK).problems


@pytest.mark.parametrize(
    ("text", "start", "end", "sign"),
    [
        ("not lake", 0, 3, "NOT"),
        ("lake OR Not snow", 8, 11, "NOT"),
        ("lake (no people)", 6, 8, "NOT"),
        ("not kind:video", 0, 3, "NOT"),
        ("see nicht schnee", 4, 9, "NOT"),
    ],
)
def test_a_sign_in_small_letters_is_told_rather_than_left_out_in_silence(
    text: str, start: int, end: int, sign: str
) -> None:
    [problem] = parse(text, CLOCK).problems
    assert (problem.start, problem.end, f"{sign} in capitals" in problem.message) == (start, end, True)


@pytest.mark.parametrize(
    "text", ["lake NOT snow", "lake OR snow", '"not" lake', '"lake or snow"', "forget-me-not", "not"]
)
def test_signs_in_capitals_and_words_in_quotes_say_what_they_mean(text: str) -> None:
    assert not parse(text, CLOCK).problems


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("lake or snow", [(5, 7)]),
        ("lake  oder kind:video Ou snow", [(6, 10), (22, 24)]),
        ('lake OR snow "rain or shine" or', []),
    ],
)
def test_alternatives_in_small_letters_are_told_to_who_asks_for_them(text: str, places: list[tuple[int, int]]) -> None:
    assert [(one.start, one.end) for one in alternatives(text)] == places
    assert not parse(text, CLOCK).problems


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("title:snow", Word("snow")),
        ("lake -title:snow", And((Word("lake"), Not(Word("snow"))))),
        ("lake NOT title:snow", And((Word("lake"), Not(Word("snow"))))),
        ('title:"snow lake"', Phrase("snow lake")),
        ("lake-title:snow", And((Word("lake-"), Word("snow")))),
    ],
)
def test_behind_a_field_that_there_is_not_the_value_alone_is_searched_for(text: str, tree: Node) -> None:
    reading = parse(text, CLOCK)
    assert reading.tree == tree
    [problem] = reading.problems
    assert "no field 'title'" in problem.message
    assert text[problem.start : problem.end] == "title"


@pytest.mark.parametrize(("text", "sign"), [("snow^5", "^"), ("snow^0.5", "^"), ("snow~3", "~1 or ~2")])
def test_a_number_behind_a_word_is_told_by_its_sign(text: str, sign: str) -> None:
    reading = parse(text, CLOCK)
    assert reading.tree == Word("snow")
    assert [sign in one.message for one in reading.problems] == [True]
