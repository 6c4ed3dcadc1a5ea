"""One row of the table of section 2.5 after the other: what a permission must cover."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ugc_hub.rights.rows import (
    END,
    START,
    adult,
    answer,
    before,
    day,
    facts,
    flight,
    later,
    permit,
    reasons,
    release,
    request,
    revoked,
    values,
)
from ugc_hub.rights import Duty, Person


def test_without_any_permission_nothing_is_allowed() -> None:
    assert reasons(answer(request())) == {"NO_GRANT:copyright"}


def test_a_permission_that_covers_everything_allows() -> None:
    decision = answer(request(), permit())
    assert decision.allowed
    assert decision.grants_used == ("g1",)
    assert decision.valid_until == END
    assert decision.territory_decisions == {"US": "allow"}
    assert decision.primary_reason is None


def test_a_permission_for_another_asset_is_none() -> None:
    assert reasons(answer(request(), permit(assets=values("other")))) == {"NO_GRANT:copyright"}
    assert reasons(answer(request(), permit(assets=None))) == {"NO_GRANT:copyright"}
    assert answer(request(), permit(assets=values("*"))).allowed


@pytest.mark.parametrize("state", ["draft", "pending", "rejected", "suspended", "surprise"])
def test_only_an_active_permission_counts(state: str) -> None:
    assert reasons(answer(request(), permit(state=state))) == {"NOT_ACTIVE:copyright"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"grantees": values("rival")}, "GRANTEE_NOT_COVERED"),
        ({"grantees": None}, "GRANTEE_NOT_COVERED"),
        ({"evidence_ok": False}, "EVIDENCE_BROKEN"),
        ({"evidence_level": 1}, "EVIDENCE_INSUFFICIENT"),
        ({"starts_at": None}, "TERM_UNKNOWN"),
        ({"ends_at": None}, "TERM_UNKNOWN"),
        ({"channels": values("website")}, "CHANNEL_NOT_GRANTED"),
        ({"channels": None}, "CHANNEL_NOT_GRANTED"),
        ({"territories": values("DE")}, "TERRITORY_NOT_GRANTED"),
        ({"territories": None}, "TERRITORY_NOT_GRANTED"),
        ({"products": values("soap")}, "PRODUCT_NOT_GRANTED"),
        ({"products": None}, "PRODUCT_NOT_GRANTED"),
        ({"caps": {"uses": 3}, "counters": {"uses": 3}}, "CAP_REACHED"),
        ({"caps": {"uses": 3}, "counters": {"uses": 4}}, "CAP_REACHED"),
        ({"caps": {"impressions": 3}}, "CAP_UNKNOWN"),
        ({"caps": {"uses": 3}, "counters": {"uses": None}}, "CAP_UNKNOWN"),
    ],
)
def test_each_dimension_that_is_not_covered_denies(changed: dict[str, Any], code: str) -> None:
    assert reasons(answer(request(), permit(**changed))) == {f"{code}:copyright"}


@pytest.mark.parametrize(
    "changed",
    [
        {"grantees": None, "sublicensees": values("brand")},
        {"grantees": values("*")},
        {"ends_at": None, "perpetual": True},
        {"evidence_level": 2},
        {"territories": values("WORLD")},
        {"caps": {"uses": 3, "impressions": 9}, "counters": {"uses": 2, "impressions": 8}},
    ],
)
def test_each_dimension_that_is_covered_otherwise_allows(changed: dict[str, Any]) -> None:
    assert answer(request(), permit(**changed)).allowed


def test_every_party_named_must_be_covered_and_one_must_be_named() -> None:
    both = values("brand", "agency")
    assert reasons(answer(request(parties=both), permit())) == {"GRANTEE_NOT_COVERED:copyright"}
    assert answer(request(parties=both), permit(sublicensees=values("agency"))).allowed
    assert reasons(answer(request(parties=values()), permit())) == {"GRANTEE_NOT_COVERED:copyright"}


def test_the_term_is_half_open() -> None:
    assert answer(request(at=START), permit()).allowed
    assert reasons(answer(request(at=before(START)), permit())) == {"NOT_YET_VALID:copyright"}
    assert answer(request(at=before(END)), permit()).allowed
    assert reasons(answer(request(at=END), permit())) == {"EXPIRED:copyright"}


def test_of_an_end_and_a_revocation_the_earlier_names_the_reason() -> None:
    late = request(at=day(3, year=2032))
    assert reasons(answer(late, permit(revocations=revoked(day(2))))) == {"REVOKED:copyright"}
    assert reasons(answer(late, permit(revocations=revoked(END)))) == {"REVOKED:copyright"}
    assert reasons(answer(late, permit(revocations=revoked(later(END))))) == {"EXPIRED:copyright"}


def test_a_revocation_counts_from_its_instant() -> None:
    announced = permit(revocations=revoked(day(7)))
    assert answer(request(), announced).valid_until == day(7)
    assert answer(request(at=before(day(7))), announced).allowed
    assert reasons(answer(request(at=day(7)), announced)) == {"REVOKED:copyright"}


@pytest.mark.parametrize(
    ("scope", "hit"),
    [
        ({"channels": values("email")}, True),
        ({"channels": values("website")}, False),
        ({"territories": values("US")}, True),
        ({"territories": values("US-TX")}, True),
        ({"territories": values("DE")}, False),
        ({"channels": values("email"), "territories": values("DE")}, False),
        ({"channels": values("*"), "territories": values("US")}, True),
    ],
)
def test_a_revocation_of_a_part_ends_what_it_touches(scope: dict[str, Any], hit: bool) -> None:
    partly = permit(revocations=revoked(day(6), **scope))
    assert reasons(answer(request(), partly)) == ({"REVOKED:copyright"} if hit else set())
    soon = permit(revocations=revoked(day(9), **scope))
    assert answer(request(), soon).valid_until == (day(9) if hit else END)


def test_a_revocation_of_a_channel_ends_its_parent_and_children() -> None:
    partly = permit(revocations=revoked(day(6), channels=values("paid_social.meta")))
    assert reasons(answer(request(channel="paid_social"), partly)) == {"REVOKED:copyright"}
    assert reasons(answer(request(channel="paid_social.meta"), partly)) == {"REVOKED:copyright"}
    assert answer(request(channel="paid_social.tiktok"), partly).allowed


def test_a_newer_version_replaces_from_its_signature() -> None:
    newer = permit("g2", channels=values("website"), supersedes=values("g1"), signed_at=day(5))
    assert reasons(answer(request(), permit(), newer)) == {"SUPERSEDED:copyright"}
    assert reasons(answer(request(now=day(5)), permit(), newer)) == {"SUPERSEDED:copyright"}
    assert answer(request(now=before(day(5))), permit(), newer).allowed


def test_a_revocation_in_one_place_leaves_the_other() -> None:
    partly = permit(revocations=revoked(day(6), territories=values("DE")))
    decision = answer(request(territories=("US", "DE")), partly)
    assert decision.territory_decisions == {"US": "allow", "DE": "deny"}
    assert decision.reasons[0].territories == ("DE",)


def test_only_an_active_version_replaces_and_an_unknown_signature_counts() -> None:
    draft = permit("g2", channels=values("website"), supersedes=values("g1"), state="draft")
    assert answer(request(), permit(), draft).allowed
    undated = permit("g2", channels=values("website"), supersedes=values("g1"), signed_at=None)
    assert reasons(answer(request(), permit(), undated)) == {"SUPERSEDED:copyright"}


@pytest.mark.parametrize(
    ("granted", "asked", "allowed"),
    [
        ("paid_social", "paid_social.meta", True),
        ("paid_social.meta", "paid_social.meta", True),
        ("paid_social.meta", "paid_social", False),
        ("paid_social.meta", "paid_social.tiktok", False),
        ("organic_social", "paid_social", False),
        ("*", "website.pdp", True),
    ],
)
def test_a_channel_covers_itself_and_its_children(granted: str, asked: str, allowed: bool) -> None:
    assert answer(request(channel=asked), permit(channels=values(granted))).allowed is allowed


def test_all_media_reaches_only_what_existed_at_signing_unless_it_says_more() -> None:
    asked = request(channel="xr")
    old = permit(channels=values("*"), vocabulary_version=1)
    assert reasons(answer(asked, old)) == {"CHANNEL_NOT_GRANTED:copyright"}
    assert answer(asked, permit(channels=values("*"), vocabulary_version=2)).allowed
    assert answer(asked, permit(channels=values("*"), vocabulary_version=1, future_media=True)).allowed
    assert answer(asked, permit(channels=values("xr"), vocabulary_version=1)).allowed


def test_every_product_named_must_be_granted() -> None:
    bound = permit(products=values("soap", "shampoo"))
    assert answer(request(products=values("soap")), bound).allowed
    assert answer(request(products=values("soap", "shampoo")), bound).allowed
    assert reasons(answer(request(products=values("soap", "beer")), bound)) == {"PRODUCT_NOT_GRANTED:copyright"}


@pytest.mark.parametrize(
    ("granted", "asked", "missing"),
    [
        ((), ("resize", "transcode", "strip_metadata"), set()),
        ((), ("crop",), {"EDIT_NOT_GRANTED:copyright"}),
        (("crop",), ("crop", "trim"), {"EDIT_NOT_GRANTED:copyright"}),
        (("any_edit",), ("crop", "trim"), set()),
        (("any_edit",), ("ai_enhance",), {"AI_NOT_GRANTED:copyright"}),
        (("ai_enhance",), ("ai_enhance",), set()),
        (("ai_enhance",), ("ai_enhance", "crop"), {"EDIT_NOT_GRANTED:copyright"}),
        (("crop",), ("ai_enhance", "ai_inference", "crop"), {"AI_NOT_GRANTED:copyright"}),
    ],
)
def test_edits_are_listed_and_ai_edits_one_by_one(
    granted: tuple[str, ...], asked: tuple[str, ...], missing: set[str]
) -> None:
    decision = answer(request(edits=values(*asked)), permit(edits=values(*granted)))
    assert reasons(decision) == missing


def test_edits_are_asked_of_the_person_too_but_not_of_property_or_music() -> None:
    shown = facts(people=adult(), properties=("mural",))
    mural = permit("p1", layer="property", subject="mural", edits=None)
    both = values("crop", "ai_enhance")
    asked = request(edits=both)
    assert answer(asked, permit(edits=both), release(edits=both), mural, about=shown).allowed
    asked = request(edits=values("crop"))
    unedited = release(edits=None)
    assert reasons(answer(asked, permit(), unedited, mural, about=shown)) == {"EDIT_NOT_GRANTED:likeness:ana"}


@pytest.mark.parametrize(
    ("channel", "level"), [("internal", 1), ("website", 2), ("tv.ctv", 3), ("organic_social.x", 1)]
)
def test_the_channel_sets_the_weakest_evidence(channel: str, level: int) -> None:
    wide = {"channels": values("*")}
    assert answer(request(channel=channel), permit(evidence_level=level, **wide)).allowed
    weak = answer(request(channel=channel), permit(evidence_level=level - 1, **wide))
    assert reasons(weak) == {"EVIDENCE_INSUFFICIENT:copyright"}


@pytest.mark.parametrize("edit", ["ai_synthetic_likeness", "ai_voice"])
def test_making_somebody_say_something_needs_signatures_on_both_layers(edit: str) -> None:
    shown, asked = facts(people=adult()), request(edits=values(edit))
    may = {"edits": values(edit)}
    assert answer(asked, permit(**may), release(**may), about=shown).allowed
    weak = {"evidence_level": 2, **may}
    both = {"EVIDENCE_INSUFFICIENT:copyright", "EVIDENCE_INSUFFICIENT:likeness:ana"}
    assert reasons(answer(asked, permit(**weak), release(**weak), about=shown)) == both


def test_a_generative_edit_of_the_background_needs_no_signature() -> None:
    may = {"edits": values("ai_generative_edit"), "evidence_level": 2}
    assert answer(request(edits=values("ai_generative_edit")), permit(**may)).allowed


def test_the_release_of_a_minor_is_signed_by_a_guardian() -> None:
    child = facts(people=(Person("kid", False),))
    assert reasons(answer(request(), permit(), release("kid"), about=child)) == {"GUARDIAN_REQUIRED:likeness:kid"}
    signed = release("kid", signed_by_role="guardian")
    assert answer(request(), permit(), signed, about=child).allowed


def test_an_unknown_age_denies_whoever_signed() -> None:
    somebody = facts(people=(Person("ana", None),))
    signed = release(signed_by_role="guardian")
    assert reasons(answer(request(), permit(), signed, about=somebody)) == {"AGE_UNKNOWN:likeness:ana"}


def test_a_cap_is_asked_for_new_uses_only() -> None:
    capped = permit(caps={"uses": 1}, counters={"uses": 1})
    assert answer(request(operation="continue"), capped).allowed
    assert answer(request(operation="continue"), permit(caps={"uses": 1})).allowed


def test_dimensions_of_two_grants_are_never_mixed_at_one_point() -> None:
    place = permit("g1", channels=values("website"))
    way = permit("g2", territories=values("DE"))
    assert reasons(answer(request(), place, way)) == {"CHANNEL_NOT_GRANTED:copyright"}


def test_different_points_may_rest_on_different_grants() -> None:
    spring = permit("g1", territories=values("US"), ends_at=day(7))
    summer = permit("g2", territories=values("US"), starts_at=day(7))
    abroad = permit("g3", territories=values("DE"))
    decision = answer(flight(day(6), day(8), territories=("US", "DE")), spring, summer, abroad)
    assert decision.grants_used == ("g1", "g2", "g3")
    assert decision.valid_until == day(8)


def test_a_hole_between_two_grants_denies_the_whole_flight() -> None:
    spring, summer = permit("g1", ends_at=day(7)), permit("g2", starts_at=later(day(7)))
    assert reasons(answer(flight(day(6), day(8)), spring, summer)) == {"EXPIRED:copyright"}
    assert answer(flight(day(6), day(7)), spring, summer).allowed


def test_the_rest_of_a_flight_is_looked_at_too() -> None:
    many = permit(revocations=revoked(day(7), channels=values("email")))
    assert answer(flight(day(6), day(7)), many).allowed
    assert reasons(answer(flight(day(6), later(day(7))), many)) == {"REVOKED:copyright"}


def test_rows_with_one_id_by_mistake_do_not_help_each_other() -> None:
    here, there = permit("same", territories=values("US"), state="draft"), permit("same", territories=values("DE"))
    for rows in ((here, there), (there, here)):
        decision = answer(request(territories=("US", "DE")), *rows)
        assert decision.territory_decisions == {"US": "deny", "DE": "allow"}
    bound = permit("same", territories=values("US"), duties=(Duty("credit"),))
    both = answer(request(territories=("US", "DE")), bound, there)
    assert both.grants_used == ("same",)
    assert both.duties == (Duty("credit"),)


def test_the_nearest_miss_is_reported() -> None:
    two = permit("g1", channels=values("website"), products=values("soap"))
    one = permit("g2", products=values("soap"))
    severe = permit("g3", evidence_ok=False)
    decision = answer(request(), two, one)
    assert reasons(decision) == {"PRODUCT_NOT_GRANTED:copyright"}
    assert decision.reasons[0].grants == ("g2",)
    assert reasons(answer(request(), two, one, severe)) == {"EVIDENCE_BROKEN:copyright"}
    same = permit("g0", products=values("beer"))
    assert answer(request(), one, same).reasons[0].grants == ("g0",)
