"""What is no question is refused as INVALID_REQUEST, never guessed and never an exception (section 2.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.ugc_hub.rights.rows import NOON, answer, day, facts, flight, permit, reasons, request, values
from ugc_hub.rights import RULE_VERSION, decide, invalid, standard

NAIVE = datetime(2030, 6, 15, 12)
EDGE = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9)))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"channel": "hologram"}, "channel"),
        ({"channel": "paid_social.hologram"}, "channel"),
        ({"channel": "*"}, "channel"),
        ({"channel": ""}, "channel"),
        ({"edits": values("sparkle")}, "edits"),
        ({"edits": values("any_edit")}, "edits"),
        ({"operation": "lend"}, "operation"),
        ({"at": NAIVE}, "at"),
        ({"at": EDGE}, "at"),
        ({"now": NAIVE}, "now"),
        ({"at": None}, "time"),
        ({"starts_at": NOON}, "time"),
        ({"starts_at": NOON, "ends_at": day(7)}, "time"),
        ({"at": None, "starts_at": NOON}, "time"),
        ({"at": None, "ends_at": NOON}, "time"),
        ({"at": None, "starts_at": NOON, "ends_at": NOON}, "window"),
        ({"at": None, "starts_at": day(7), "ends_at": NOON}, "window"),
        ({"at": None, "starts_at": NAIVE, "ends_at": day(7)}, "from"),
        ({"at": None, "starts_at": NOON, "ends_at": NAIVE + timedelta(days=9)}, "to"),
        ({"territories": ("us",)}, "territories"),
        ({"territories": ("USA",)}, "territories"),
        ({"territories": ("UK",)}, "territories"),
        ({"territories": ("US-",)}, "territories"),
        ({"territories": ("ZZ-NY",)}, "territories"),
        ({"territories": ("US", "")}, "territories"),
        ({"asset": "nobody-knows"}, "asset"),
        ({"ingredients": ("nobody-knows",)}, "asset"),
    ],
)
def test_a_question_with_a_fault_is_refused_and_the_fault_named(changed: dict[str, Any], field: str) -> None:
    decision = answer(request(**changed), permit(channels=values("*"), territories=values("WORLD")))
    assert reasons(decision) == {"INVALID_REQUEST"}
    assert decision.reasons[0].detail == field
    assert field in decision.reasons[0].sentence
    assert decision.territory_decisions == {}


def test_no_territory_means_the_whole_world() -> None:
    assert reasons(answer(request(territories=()), permit())) == {"TERRITORY_NOT_GRANTED:copyright"}
    assert answer(request(territories=()), permit(territories=values("WORLD"))).territory_decisions == {
        "WORLD": "allow"
    }


def test_a_group_is_asked_as_its_countries_each_once() -> None:
    decision = answer(request(territories=("DACH", "DE", "US")), permit())
    assert decision.territory_decisions == {"AT": "deny", "CH": "deny", "DE": "allow", "US": "allow"}
    assert decision.reasons[0].territories == ("AT", "CH")


def test_another_offset_is_the_same_instant() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert answer(request(at=NOON.astimezone(tokyo)), permit()) == answer(request(), permit())


def test_the_answer_names_the_versions_under_which_it_can_be_replayed() -> None:
    for decision in (answer(request(), permit()), answer(request()), answer(request(channel="?")), invalid("body")):
        assert (decision.rule_version, decision.vocabulary_version) == (RULE_VERSION, standard().version)


def test_a_flight_holds_until_its_end() -> None:
    assert answer(flight(day(6), day(7)), permit()).valid_until == day(7)


def test_rows_may_come_from_any_iterator() -> None:
    assert decide(request(), iter([permit()]), {"photo": facts()}).allowed


def test_an_instant_without_zone_makes_no_grant() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        permit(ends_at=NAIVE)
    assert permit(ends_at=datetime(2031, 1, 1, tzinfo=UTC)).ends_at is not None
