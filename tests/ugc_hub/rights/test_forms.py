"""Records in and out of JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ugc_hub.rights.rows import (
    adult,
    answer,
    day,
    facts,
    flight,
    permit,
    prohibit,
    remain,
    request,
    revoked,
    values,
)
from ugc_hub.rights import (
    AssetFacts,
    Duty,
    Grant,
    Malformed,
    Request,
    read_facts,
    read_grant,
    read_request,
    write_decision,
    write_facts,
    write_grant,
    write_instant,
    write_request,
)
from ugc_hub.rights.reading import read_instant


def through_json(plain: dict[str, Any]) -> dict[str, Any]:
    """What arrives on the other side."""
    arrived: dict[str, Any] = json.loads(json.dumps(plain))
    return arrived


@pytest.mark.parametrize(
    "grant",
    [
        permit(),
        prohibit(),
        prohibit(subject="ana", layer="likeness", assets=None, starts_at=day(2)),
        permit(
            duties=(Duty("approval", "pre"), Duty("credit", "during", {"text": "x"}), Duty("inform", "post")),
            revocations=(*revoked(day(3)), *revoked(day(4), channels=values("email"), territories=values("US-NY"))),
            wind_down=remain("website", days=9),
            caps={"uses": 3, "spend_micros": 5},
            counters={"uses": 1},
            supersedes=values("g0"),
            excluded_territories=values("US-TX"),
            signed_by_role="guardian",
            exclusive=True,
            perpetual=True,
            ends_at=None,
            future_media=True,
            sublicensees=values("agency"),
        ),
        permit(wind_down=remain("*")),
    ],
)
def test_a_grant_survives_the_way_through_json(grant: Grant) -> None:
    assert read_grant(through_json(write_grant(grant))) == grant


@pytest.mark.parametrize(
    "asset",
    [
        facts(),
        AssetFacts("unknown"),
        facts(people=adult(), properties=("mural",), music="present", tracks=("one",), ingredients=("clip",)),
        facts(ingredients=("clip",), edits=values("crop")),
    ],
)
def test_facts_survive_the_way_through_json(asset: AssetFacts) -> None:
    assert read_facts(through_json(write_facts(asset))) == asset


@pytest.mark.parametrize(
    "asked",
    [
        request(),
        flight(day(2), day(3), now=day(1), operation="continue"),
        request(ingredients=("clip",), edits=values("crop"), products=values("soap"), duty_state={"g1:pay": True}),
        request(at=day(1).replace(tzinfo=None)),
    ],
)
def test_a_request_survives_the_way_through_json(asked: Request) -> None:
    assert read_request(through_json(write_request(asked))) == asked


def test_a_decision_is_written_in_full() -> None:
    credit = Duty("credit", "during", {"text": "by Ana"})
    assert through_json(write_decision(answer(request(), permit(duties=(credit,))))) == {
        "decision": "allow",
        "primary_reason": None,
        "reasons": [],
        "explanations": [],
        "duties": [{"duty": "credit", "text": "by Ana"}],
        "grants_used": ["g1"],
        "valid_until": "2031-01-01T00:00:00Z",
        "territory_decisions": {"US": "allow"},
        "rule_version": "1.1",
        "vocabulary_version": 2,
    }
    refused = write_decision(answer(request(), permit(ends_at=day(2))))
    assert refused["explanations"][0] == {
        "reason": "EXPIRED:copyright",
        "code": "EXPIRED",
        "layer": "copyright",
        "subject": None,
        "asset": None,
        "detail": "2030-02-01 00:00 UTC",
        "grants": ["g1"],
        "territories": ["US"],
        "sentence": "The permission for the content ended on 2030-02-01 00:00 UTC.",
        "next_step": "Renew it, or choose dates before its end.",
    }


def test_what_a_grant_does_not_say_is_not_granted() -> None:
    assert read_grant({}) == Grant(id="", effect="prohibit")
    assert read_grant({"id": "g", "effect": "permit"}) == Grant(id="g", effect="permit")
    assert read_facts({"id": "a"}) == AssetFacts("a")


def test_groups_are_expanded_as_of_the_signature() -> None:
    old = read_grant({"id": "g", "effect": "permit", "territories": ["EU"], "signed_at": "2019-01-01T00:00:00Z"})
    new = read_grant({"id": "g", "effect": "permit", "territories": ["EU"], "signed_at": "2021-01-01T00:00:00Z"})
    assert (old.territories or values()) - (new.territories or values()) == {"GB"}
    scoped = {"effective_at": "2022-01-01T00:00:00Z", "territories": ["DACH"]}
    assert read_grant({"revocation": scoped}).revocations[0].territories == values("DE", "AT", "CH")
    assert read_grant({"exclude_territories": ["UKI"]}).excluded_territories == {"GB", "IE"}


@pytest.mark.parametrize(
    "plain",
    [
        {"signed_by_role": "guardian"},
        {"signed_by": "guardian"},
        {"guardian_signed": True},
        {"signed_by_guardian": True},
    ],
)
def test_a_guardian_may_be_written_in_more_than_one_way(plain: dict[str, Any]) -> None:
    assert read_grant(plain).signed_by_role == "guardian"


def test_duties_without_a_phase_come_before_or_during() -> None:
    read = read_grant({"duties": [{"duty": "approval"}, {"duty": "pay"}, {"duty": "credit"}]}).duties
    assert [duty.phase for duty in read] == ["pre", "pre", "during"]


@pytest.mark.parametrize(
    ("plain", "people"),
    [
        ({"people": {"state": "none"}}, ()),
        ({"people": {"state": "listed"}}, None),
        ({"people": {"state": "unknown"}}, None),
        ({"people": {"state": "listed", "items": [{"id": "ana", "is_adult": True}]}}, adult()),
        ({"people": {"state": "none", "items": [{"id": "ana", "adult": True}]}}, adult()),
        ({}, None),
    ],
)
def test_a_list_without_items_answers_nothing(plain: dict[str, Any], people: Any) -> None:
    assert read_facts(plain).people == people


def test_one_word_may_stand_for_a_list() -> None:
    read = read_request({"asset": "a", "channel": "email", "party": "brand", "product": "soap", "edits": "crop"})
    assert (read.parties, read.products, read.edits) == (values("brand"), values("soap"), values("crop"))
    assert read_request({"ingredients": ["a", {"id": "b"}, {"asset": "c"}]}).ingredients == ("a", "b", "c")


@pytest.mark.parametrize(
    "plain",
    [
        {"channel": 3},
        {"edits": 3},
        {"edits": [3]},
        {"territories": {"US": True}},
        {"at": "whenever"},
        {"at": 5},
        {"at": "0001-01-01T00:00:00+09:00"},
        {"duty_state": []},
        {"ingredients": [5]},
        {"ingredients": [{}]},
    ],
)
def test_a_request_of_another_form_is_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_request(plain)


@pytest.mark.parametrize(
    "plain",
    [
        {"id": 3},
        {"channels": 5},
        {"channels": ["email", 5]},
        {"channels": [["email"]]},
        {"channels": [{"email": True}]},
        {"territories": [{}]},
        {"evidence_level": "3"},
        {"evidence_level": True},
        {"duties": {}},
        {"duties": ["pay"]},
        {"duties": "pay"},
        {"duties": [{}]},
        {"duties": [{"duty": "pay", "phase": "later"}]},
        {"wind_down": "grace"},
        {"revocation": "now"},
        {"ends_at": "2030-01-01T00:00:00"},
        {"revocation": {"effective_at": "2030-01-01T00:00:00"}},
        {"max_uses": "3"},
    ],
)
def test_a_grant_of_another_form_is_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_grant(plain)


@pytest.mark.parametrize("plain", [{"people": []}, {"has_audio": "no"}, {"people": {"items": [{"adult": 3}]}}])
def test_facts_of_another_form_are_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_facts(plain)


def test_an_unknown_way_to_wind_down_is_none() -> None:
    assert read_grant({"wind_down": {"mode": "forget"}}).wind_down is None


def test_instants_are_written_in_utc_and_read_with_any_offset() -> None:
    assert write_instant(read_instant("2030-01-01T01:30:00+01:00")) == "2030-01-01T00:30:00Z"
    assert write_instant(read_instant("2030-01-01T00:00:00.500Z")) == "2030-01-01T00:00:00.500000Z"
    assert write_instant(None) is None
    assert read_instant(day(1)) == day(1)
