"""What an empty answer says: which clause, or which choice, excluded the nearest assets."""

from __future__ import annotations

from tests.ugc_hub.catalog.conftest import Ask
from tests.ugc_hub.licensing.rows import free_row
from tests.ugc_hub.rows import asset_row, creator_actor, facts_of
from ugc_hub.hub import Hub


def test_an_empty_answer_names_the_clause_that_excluded_the_nearest(hub: Hub, ask: Ask) -> None:
    for number in range(3):
        asset_row(hub, f"beach {number}.jpg")
    asset_row(hub, "mountain.mp4", facts=facts_of(kind="video"))
    found = ask("beach kind:video")
    assert [(one.clause, one.count, one.text) for one in found.excluded] == [
        ("kind:video", 3, "beach"),
        ("beach", 1, "kind:video"),
    ]
    found = ask("beach", chosen={"kind": frozenset({"video"}), "usable": frozenset({"tv"})})
    assert [(one.clause, one.facet, one.count, one.text) for one in found.excluded] == [("beach + tv", "usable", 1, "")]
    found = ask("beach mountain duration:5")
    assert [(one.clause, one.count, one.text) for one in found.excluded] == [
        ("mountain + duration:5", 3, "beach"),
        ("beach + duration:5", 1, "mountain"),
    ]
    assert ask("duration:long").excluded == ()  # the problem says it
    found = ask("beach", chosen={"usable": frozenset({"tv"})})
    assert [(one.facet, one.count, one.text) for one in found.excluded] == [("usable", 3, "beach")]


def test_alternatives_in_small_letters_are_told_where_nothing_was_found(hub: Hub, ask: Ask) -> None:
    asset_row(hub, "rain shine.jpg")
    asset_row(hub, "lake.jpg")
    assert ask("rain or shine").total == 1
    assert not ask("rain or shine").problems
    [told] = ask("rain or lake").problems
    assert (told.start, told.end, "OR in capitals" in told.message) == (5, 7, True)


def test_what_excluded_the_nearest_is_counted_with_typing_errors_forgiven(hub: Hub, ask: Ask) -> None:
    for number in range(3):
        asset_row(hub, f"beach {number}.jpg")
    asset_row(hub, "mountain.mp4", facts=facts_of(kind="video"))
    found = ask("baech kind:video")
    assert [(one.clause, one.count, one.text) for one in found.excluded] == [
        ("kind:video", 3, "baech"),
        ("baech", 1, "kind:video"),
    ]
    found = ask("baech", chosen={"kind": frozenset({"video"})})
    assert [(one.clause, one.facet, one.count) for one in found.excluded] == [("video", "kind", 3), ("baech", "", 1)]
    assert [(one.clause, one.count) for one in ask("baech mountian").excluded] == [("mountian", 3), ("baech", 1)]


def test_an_empty_answer_names_the_part_of_a_question_about_rights_that_excluded_the_nearest(
    hub: Hub, ask: Ask
) -> None:
    for number in range(2):
        free_row(hub, f"beach {number}.jpg")
    asset_row(hub, "beach.jpg")
    found = ask("beach usable:paid_social territory:DE until:2001-01-01 edits:crop")
    assert [(one.clause, one.count, one.text) for one in found.excluded] == [
        ("usable:paid_social territory:DE until:2001-01-01 edits:crop", 3, "beach"),
        ("until:2001-01-01", 2, "beach (usable:paid_social territory:DE edits:crop)"),
    ]
    assert [(one.clause, one.count) for one in ask("usable:email territory:QQ").excluded] == [
        ("usable:email territory:QQ", 3),
        ("territory:QQ", 2),
    ]
    assert ask("beach usable:email territory:QQ", creator_actor(hub, "ana")).excluded == ()


def test_a_date_that_excluded_the_nearest_is_named_as_it_was_typed(hub: Hub, ask: Ask) -> None:
    asset_row(hub, "beach.jpg")
    for said in ("last year", "2001..2002", "<2001-05", "from 12 march 2001 to 3 april 2001", "[2001 TO 2002}"):
        found = ask(f"beach created:{said}")
        assert [(one.clause, one.count, one.text) for one in found.excluded] == [(f"created:{said}", 1, "beach")]
        assert found.read_as == f"beach created:{said}"
    assert [one.text for one in ask("mountain created:'last year' beach").excluded] == ["beach"]


def test_what_may_not_be_asked_is_no_way_out_and_is_told_in_words(hub: Hub, ask: Ask) -> None:
    asset_row(hub, "beach.jpg", creator="ana")
    ana = creator_actor(hub, "ana")
    for text in (
        "status:(active OR hold)",
        "status:active",
        "beach (status:active OR status:hold)",
        "beach status:hold",
    ):
        found = ask(text, ana)
        assert (found.total, found.excluded, found.read_as) == (0, (), "nothing"), text
        assert found.problems, text
    found = ask("hill (status:active OR beach)", ana)
    assert (found.read_as, [(one.clause, one.count) for one in found.excluded]) == ("hill beach", [("hill", 1)])
    assert [one.text for one in found.excluded] == ["beach"]
