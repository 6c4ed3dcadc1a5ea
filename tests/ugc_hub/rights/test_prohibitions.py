"""A prohibition need only overlap (section 2.6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ugc_hub.rights.rows import (
    END,
    NOON,
    adult,
    answer,
    before,
    day,
    facts,
    flight,
    later,
    permit,
    prohibit,
    reasons,
    release,
    request,
    revoked,
    values,
)


@pytest.mark.parametrize(
    "stated",
    [
        {},
        {"assets": None},
        {"assets": values("*")},
        {"channels": values("email")},
        {"channels": values("*")},
        {"territories": values("US")},
        {"territories": values("WORLD")},
        {"territories": values("US-TX")},
        {"excluded_territories": values("US-TX", "DE")},
        {"grantees": values("brand")},
        {"grantees": values("*")},
        {"products": values("beer")},
        {"products": values("*")},
        {"edits": values("crop")},
        {"edits": values("any_edit")},
        {"edits": values("*")},
        {"starts_at": NOON},
        {"ends_at": later(NOON)},
        {"channels": frozenset(), "edits": frozenset(), "products": frozenset(), "territories": frozenset()},
        {"layer": "likeness", "subject": "ana"},
    ],
)
def test_a_prohibition_that_overlaps_in_all_that_it_states_denies(stated: dict[str, Any]) -> None:
    decision = answer(request(edits=values("crop")), permit(), prohibit(**stated))
    assert reasons(decision) == {"PROHIBITED"}
    assert decision.reasons[0].grants == ("x1",)


@pytest.mark.parametrize(
    "stated",
    [
        {"assets": values("other")},
        {"channels": values("website")},
        {"channels": values("email"), "territories": values("DE")},
        {"territories": values("DE")},
        {"excluded_territories": values("US")},
        {"excluded_territories": values("WORLD")},
        {"grantees": values("rival")},
        {"products": values("wine")},
        {"edits": values("trim")},
        {"edits": values("ai_enhance")},
        {"starts_at": later(NOON)},
        {"ends_at": NOON},
        {"revocations": revoked(NOON)},
        {"revocations": revoked(NOON, channels=values("email"))},
        {"revocations": revoked(NOON, territories=values("US"))},
        {"state": "draft"},
        {"assets": None, "subject": "somebody-else"},
        {"assets": values("*"), "subject": "somebody-else"},
    ],
)
def test_a_prohibition_that_misses_in_one_dimension_does_not(stated: dict[str, Any]) -> None:
    asked = request(edits=values("crop"), products=values("beer"))
    assert answer(asked, permit(), prohibit(**stated)).allowed


def test_an_effect_that_nobody_knows_prohibits() -> None:
    assert reasons(answer(request(), permit(), prohibit(effect="oblige"))) == {"PROHIBITED"}


def test_a_prohibition_reaches_up_and_down_the_channels() -> None:
    tiktok = prohibit(channels=values("paid_social.tiktok"))
    assert not answer(request(channel="paid_social"), permit(), tiktok).allowed
    assert answer(request(channel="paid_social.meta"), permit(), tiktok).allowed
    assert not answer(request(channel="paid_social.meta"), permit(), prohibit(channels=values("paid_social"))).allowed


def test_an_edit_bound_prohibition_needs_that_edit_and_not_only_technical_ones() -> None:
    assert answer(request(edits=values("resize")), permit(), prohibit(edits=values("*"))).allowed
    assert answer(request(), permit(), prohibit(edits=values("any_edit"))).allowed
    enhanced = request(edits=values("ai_enhance"))
    assert answer(enhanced, permit(edits=values("ai_enhance")), prohibit(edits=values("any_edit"))).allowed
    assert not answer(enhanced, permit(edits=values("ai_enhance")), prohibit(edits=values("ai_enhance"))).allowed


def test_whoever_names_no_party_or_product_may_be_the_forbidden_one() -> None:
    nobody = answer(request(parties=values()), permit(grantees=values("*")), prohibit(grantees=values("rival")))
    assert "PROHIBITED" in reasons(nobody)
    assert not answer(request(), permit(), prohibit(products=values("beer"))).allowed


def test_a_product_and_an_edit_must_both_overlap() -> None:
    both = prohibit(products=values("beer"), edits=values("trim"))
    assert answer(request(edits=values("crop")), permit(), both).allowed


def test_a_prohibition_withdrawn_in_part_binds_in_the_rest() -> None:
    texas = prohibit(revocations=revoked(day(2), territories=values("US-TX")))
    everywhere = permit(territories=values("US"))
    assert answer(request(territories=("US-TX",)), everywhere, texas).allowed
    assert reasons(answer(request(territories=("US",)), everywhere, texas)) == {"PROHIBITED"}
    assert reasons(answer(request(territories=("US-TX",), at=before(day(2))), everywhere, texas)) == {"PROHIBITED"}


def test_a_prohibition_is_not_replaced_by_a_newer_permission() -> None:
    newer = permit("g2", supersedes=values("x1"), signed_at=day(5))
    assert reasons(answer(request(), newer, prohibit())) == {"PROHIBITED"}


def test_a_group_that_nobody_expanded_forbids_everywhere() -> None:
    assert reasons(answer(request(), permit(), prohibit(territories=values("MERCOSUR")))) == {"PROHIBITED"}


def test_a_persons_prohibition_without_asset_reaches_every_picture_of_the_person() -> None:
    private = prohibit(assets=None, layer="likeness", subject="ana")
    shown = facts(people=adult())
    assert reasons(answer(request(), permit(), release(), private, about=shown)) == {"PROHIBITED"}
    assert answer(request(), permit(), private).allowed


def test_a_prohibition_denies_only_where_it_reaches() -> None:
    decision = answer(request(territories=("US", "DE")), permit(), prohibit(territories=values("DE")))
    assert decision.territory_decisions == {"US": "allow", "DE": "deny"}
    assert decision.reasons[0].territories == ("DE",)


def test_a_blackout_touches_a_flight_by_one_second_or_not_at_all() -> None:
    blackout = prohibit(starts_at=day(6), ends_at=day(7))
    assert answer(flight(day(7), day(8)), permit(), blackout).allowed
    assert answer(flight(day(5), day(6)), permit(), blackout).allowed
    assert not answer(flight(day(5), later(day(6))), permit(), blackout).allowed
    assert not answer(flight(before(day(7)), day(8)), permit(), blackout).allowed


def test_other_faults_are_reported_beside_a_prohibition() -> None:
    assert reasons(answer(request(), prohibit())) == {"PROHIBITED", "NO_GRANT:copyright"}


@pytest.mark.parametrize(
    ("stated", "until"),
    [
        ({"starts_at": day(9)}, day(9)),
        ({"starts_at": day(9), "channels": values("website")}, END),
        ({"starts_at": day(9), "territories": values("DE")}, END),
        ({"starts_at": day(9), "revocations": revoked(day(9))}, END),
        ({"starts_at": day(9), "ends_at": day(9)}, END),
        ({"starts_at": day(9), "state": "draft"}, END),
    ],
)
def test_a_coming_blackout_limits_how_long_an_answer_holds(stated: dict[str, Any], until: Any) -> None:
    assert answer(request(), permit(), prohibit(**stated)).valid_until == until


def test_a_coming_exclusive_window_limits_how_long_an_answer_holds() -> None:
    window = {"grantees": values("rival"), "exclusive": True, "starts_at": day(9)}
    first = permit("e1", signed_at=day(1, year=2029), **window)
    assert answer(request(), permit(), first).valid_until == day(9)
    assert answer(request(), permit(), permit("e1", signed_at=day(1), **window)).valid_until == END
    elsewhere = permit("e1", signed_at=day(1, year=2029), **window | {"territories": values("DE")})
    assert answer(request(), permit(), elsewhere).valid_until == END


def test_the_end_of_every_layer_limits_how_long_an_answer_holds() -> None:
    shown = facts(people=adult())
    assert answer(request(), permit(), release(ends_at=day(8)), about=shown).valid_until == day(8)
    for_ever = {"ends_at": None, "perpetual": True}
    assert answer(request(), permit(**for_ever), release(**for_ever), about=shown).valid_until is None


def test_the_end_in_any_place_limits_how_long_an_answer_holds() -> None:
    abroad = permit("g2", territories=values("FR"), ends_at=day(8))
    assert answer(request(territories=("US", "FR")), permit(), abroad).valid_until == day(8)


def test_a_refusal_holds_no_time() -> None:
    assert answer(request(), prohibit()).valid_until is None
