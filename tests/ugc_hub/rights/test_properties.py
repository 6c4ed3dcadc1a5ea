"""What holds for every question, tried on random ones."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.ugc_hub.rights import chance
from ugc_hub.rights import (
    AssetFacts,
    Decision,
    Grant,
    Request,
    allowed_of,
    codes,
    decide,
    read_facts,
    read_grant,
    read_request,
    simulate,
    write_decision,
    write_facts,
    write_grant,
    write_request,
)
from ugc_hub.rights.parts import canonical

pytestmark = pytest.mark.slow
many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


@many
@given(chance.requests(), chance.rows, chance.facts, chance.grants("prohibit"))
def test_a_new_prohibition_never_allows(
    asked: Request, rows: list[Grant], facts: Mapping[str, AssetFacts], added: Grant
) -> None:
    before = decide(asked, rows, facts)
    after = decide(asked, [*rows, *chance.named([added], "x")], facts)
    assert before.allowed or not after.allowed
    assert {reason.key for reason in before.reasons if reason.code in ("PROHIBITED", "NO_GRANT")} <= {
        reason.key for reason in after.reasons
    }


def allows(asked: Request, rows: list[Grant], facts: Mapping[str, AssetFacts]) -> bool:
    """Whether the asset of a question is among those of which its use is allowed, with others beside it."""
    given = {"none": rows, asked.asset: rows, **{name: () for name in facts if name != asked.asset}}
    found = allowed_of(replace(asked, asset="other"), given, facts)
    assert found <= {asked.asset}
    return asked.asset in found


WIDENED = ("territories", "edits", "products", "parties", "ingredients", "channel", "operation", "later")


def wider(asked: Request, how: str) -> Request:
    """The same question, asking for more."""
    every: dict[str, Any] = {
        "territories": (*asked.territories, "FR", "US-NY"),
        "edits": asked.edits | {"crop", "ai_enhance"},
        # A question that names no product asks for all of them already.
        "products": asked.products | {"soap"} if asked.products else asked.products,
        "parties": asked.parties | {"rival"},
        "ingredients": (*asked.ingredients, "clip"),
        "channel": asked.channel.partition(".")[0],
        "operation": "publish",
    }
    if how == "later":
        end = asked.ends_at or asked.at
        assert end is not None
        return replace(asked, at=None, starts_at=asked.starts_at or asked.at, ends_at=end + timedelta(hours=5))
    return replace(asked, **{how: every[how]})


@many
@given(chance.requests(edits=chance.EDITS), chance.rows, chance.facts, st.sampled_from(WIDENED))
def test_a_wider_question_never_allows_what_a_narrower_one_denies(
    asked: Request, rows: list[Grant], facts: Mapping[str, AssetFacts], how: str
) -> None:
    if decide(wider(asked, how), rows, facts).allowed:
        assert decide(asked, rows, facts).allowed


@many
@given(chance.requests(), chance.rows, chance.facts, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(
    asked: Request, rows: list[Grant], facts: Mapping[str, AssetFacts], chosen: random.Random
) -> None:
    shuffled = chosen.sample(rows, len(rows))
    assert decide(asked, rows, facts) == decide(asked, shuffled, facts)
    assert allows(asked, rows, facts) == allows(asked, shuffled, facts)


@many
@given(chance.requests(window=False), chance.rows, chance.facts, st.integers(0, 40 * 3600))
def test_an_allowed_use_stays_allowed_until_the_answer_says(
    asked: Request, rows: list[Grant], facts: Mapping[str, AssetFacts], seconds: int
) -> None:
    decision = decide(asked, rows, facts)
    assume(decision.allowed)
    assert asked.at is not None
    moment = asked.at + timedelta(seconds=seconds)
    assume(decision.valid_until is None or moment < decision.valid_until)
    # What was signed after the question is not known to it: see `Request.now`.
    assert decide(replace(asked, at=moment, now=asked.at), rows, facts).allowed


@many
@given(chance.requests(window=False), chance.rows, chance.facts)
def test_the_end_of_an_answer_is_later_than_the_question_and_one_of_the_rows_says_it(
    asked: Request, rows: list[Grant], facts: Mapping[str, AssetFacts]
) -> None:
    decision = decide(asked, rows, facts)
    if decision.valid_until is not None and asked.at is not None:
        assert decision.valid_until > asked.at
        assert any(decision.valid_until in row.breaks for row in rows)


@many
@given(chance.requests(window=True), chance.rows, chance.facts, st.integers(0, 11))
def test_an_allowed_window_is_allowed_at_each_of_its_instants(
    asked: Request, rows: list[Grant], facts: Mapping[str, AssetFacts], hours: int
) -> None:
    assert asked.starts_at is not None
    assert asked.ends_at is not None
    moment = asked.starts_at + timedelta(hours=hours)
    assume(moment < asked.ends_at)
    if decide(asked, rows, facts).allowed:
        point = replace(asked, at=moment, starts_at=None, ends_at=None, now=asked.starts_at)
        assert decide(point, rows, facts).allowed


@many
@given(chance.requests(), chance.rows, chance.facts)
def test_places_are_answered_as_if_they_were_asked_one_by_one(
    asked: Request, rows: list[Grant], facts: Mapping[str, AssetFacts]
) -> None:
    together = decide(asked, rows, facts)
    places = {canonical(place): place for place in asked.territories}
    alone = {place: decide(replace(asked, territories=(code,)), rows, facts) for place, code in places.items()}
    assert together.territory_decisions == {place: one.decision for place, one in alone.items()}
    assert together.allowed == all(one.allowed for one in alone.values())
    assert {reason.key for reason in together.reasons} == {
        reason.key for one in alone.values() for reason in one.reasons
    }


@many
@given(chance.requests(), chance.rows, chance.facts)
def test_an_answer_is_whole_and_a_refusal_explained(
    asked: Request, rows: list[Grant], facts: Mapping[str, AssetFacts]
) -> None:
    decision = decide(asked, rows, facts)
    assert decision.allowed == (not decision.reasons) == allows(asked, rows, facts)
    if decision.allowed:
        assert decision.grants_used
        known = {row.id: row for row in rows}
        assert all(known[name].permits and known[name].state == "active" for name in decision.grants_used)
    else:
        assert not decision.duties
        assert not decision.grants_used
        assert decision.valid_until is None
    order = [codes().index(reason.code) for reason in decision.reasons]
    assert order == sorted(order)
    assert all(reason.sentence and reason.next_step for reason in decision.reasons)


@many
@given(chance.requests(), chance.rows, chance.facts)
def test_an_answer_can_be_replayed_from_what_was_written_down(
    asked: Request, rows: list[Grant], facts: Mapping[str, AssetFacts]
) -> None:
    first = decide(asked, rows, facts)
    kept = [read_grant(write_grant(row)) for row in rows]
    known = {name: read_facts(write_facts(one)) for name, one in facts.items()}
    again: Decision = decide(read_request(write_request(asked)), kept, known)
    assert write_decision(again) == write_decision(first)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["US", "email", "*"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [*write_grant(Grant("g", "permit")), *write_facts(AssetFacts("a")), "at", "from", "to", "now", "ingredients"]
FIELDS += ["channel", "party", "revocation", "max_uses", "uses", "operation", "duty_state", "product"]
objects = st.dictionaries(st.sampled_from(sorted(set(FIELDS))), json_values, max_size=6)


@many
@given(
    st.fixed_dictionaries({"assets": st.lists(objects, max_size=2), "grants": st.lists(objects), "request": objects})
)
def test_whatever_is_read_gets_an_answer(case: dict[str, Any]) -> None:
    [found] = simulate({"cases": [case]})["cases"]
    assert found["answer"]["decision"] in ("allow", "deny")


@many
@given(
    st.builds(
        Request,
        asset=st.sampled_from(["photo", "clip", "", "?"]),
        channel=st.text(max_size=3) | st.sampled_from(chance.CHANNELS),
        parties=chance.some(chance.PARTIES),
        at=st.none() | st.datetimes() | st.datetimes(timezones=st.timezones()),
        starts_at=st.none() | st.datetimes(timezones=st.timezones()),
        ends_at=st.none() | st.datetimes(timezones=st.timezones()),
        now=st.none() | st.datetimes(timezones=st.timezones()),
        territories=st.lists(st.text(max_size=3) | st.sampled_from([*chance.PLACES, "EU"]), max_size=3).map(tuple),
        edits=st.frozensets(st.text(max_size=3) | st.sampled_from(chance.EDITS), max_size=2),
        operation=st.sampled_from(["publish", "continue", ""]),
    ),
    chance.rows,
    chance.facts,
)
def test_no_question_of_the_right_types_raises(
    asked: Request, rows: list[Grant], facts: Mapping[str, AssetFacts]
) -> None:
    assert decide(asked, rows, facts).decision == ("allow" if allows(asked, rows, facts) else "deny")
