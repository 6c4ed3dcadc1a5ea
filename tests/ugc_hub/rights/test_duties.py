"""What comes with a permission, and which permission is chosen (sections 2.7 and 2.10)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ugc_hub.rights.rows import (
    adult,
    answer,
    day,
    facts,
    permit,
    reasons,
    release,
    remain,
    request,
    revoked,
    values,
)
from ugc_hub.rights import Decision, Duty, write_duty

CREDIT = Duty("credit", "during", {"text": "Photo: @ana", "placement": "CR-COI"})
APPROVAL = Duty("approval", "pre")
PAY = Duty("pay", "pre")
WIDE = {"channels": values("*"), "territories": values("WORLD"), "edits": values("any_edit", "ai_enhance")}


def duties(decision: Decision) -> list[dict[str, Any]]:
    """The duties of an allowed use."""
    assert decision.allowed
    return [write_duty(duty) for duty in decision.duties]


def test_duties_before_publishing_must_be_met() -> None:
    bound = permit(duties=(APPROVAL, PAY))
    assert reasons(answer(request(), bound)) == {"PRE_DUTY_UNMET:approval", "PRE_DUTY_UNMET:pay"}
    half = request(duty_state={"g1:approval": True, "g2:pay": True})
    assert reasons(answer(half, bound)) == {"PRE_DUTY_UNMET:pay"}
    done = request(duty_state={"g1:approval": True, "g1:pay": True})
    assert duties(answer(done, bound)) == []
    assert duties(answer(request(operation="continue"), bound)) == []
    assert not answer(request(duty_state={"g1:approval": False, "g1:pay": True}), bound).allowed


def test_an_unmet_duty_of_an_ingredient_names_it() -> None:
    clip = permit("g2", assets=values("clip"), duties=(APPROVAL,))
    decision = answer(request(ingredients=("clip",)), permit(), clip, others=(facts(id="clip"),))
    assert reasons(decision) == {"PRE_DUTY_UNMET:approval@clip"}


def test_other_duties_come_with_the_permission_each_once() -> None:
    inform = Duty("inform", "post", {"within_days": 7})
    shown = facts(people=adult())
    decision = answer(request(), permit(duties=(CREDIT, inform)), release(duties=(CREDIT,)), about=shown)
    assert duties(decision) == [
        {"duty": "credit", "text": "Photo: @ana", "placement": "CR-COI"},
        {"duty": "inform", "within_days": 7},
    ]


@pytest.mark.parametrize(
    ("first", "second", "chosen"),
    [
        ({"duties": (APPROVAL,)}, {"duties": (CREDIT, Duty("link_back"))}, "g2"),
        ({"duties": (CREDIT,)}, {"ends_at": day(7)}, "g2"),
        ({"ends_at": day(8)}, {"ends_at": day(9)}, "g2"),
        ({}, {"ends_at": None, "perpetual": True}, "g2"),
        ({"revocations": revoked(day(8))}, {"ends_at": day(9)}, "g2"),
        ({}, {}, "g1"),
    ],
)
def test_the_permission_that_asks_least_and_lasts_longest_is_chosen(
    first: dict[str, Any], second: dict[str, Any], chosen: str
) -> None:
    one, two = permit("g1", **first), permit("g2", **second)
    assert answer(request(), one, two).grants_used == (chosen,)
    assert answer(request(), two, one).grants_used == (chosen,)


def test_what_is_live_is_not_chosen_by_duties_that_are_over() -> None:
    decision = answer(request(operation="continue"), permit("g1", duties=(APPROVAL,)), permit("g2", duties=(CREDIT,)))
    assert decision.grants_used == ("g1",)


def test_what_is_live_rests_on_the_grant_that_lets_it_stay_longest() -> None:
    longer = permit("g1", ends_at=day(9))
    staying = permit("g2", ends_at=day(8), wind_down=remain("email"))
    assert answer(request(operation="continue"), longer, staying).grants_used == ("g2",)
    assert answer(request(), longer, staying).grants_used == ("g1",)


@pytest.mark.parametrize("compensation", ["paid", "gifted", "affiliate", "employee", "unknown"])
@pytest.mark.parametrize(
    ("channel", "testimonial", "kinds"),
    [
        ("website.home", False, ["material_connection"]),
        ("email", None, ["material_connection"]),
        ("paid_social.meta", True, ["compensated_endorser"]),
        ("paid_social.meta", None, ["compensated_endorser"]),
        ("paid_social.meta", False, []),
        ("organic_social.x", False, ["material_connection", "platform_label"]),
        ("internal", True, []),
    ],
)
def test_compensation_is_disclosed_as_the_channel_asks(
    compensation: str, channel: str, testimonial: bool | None, kinds: list[str]
) -> None:
    asset = facts(compensation=compensation, is_testimonial=testimonial)
    found = duties(answer(request(channel=channel), permit(**WIDE), about=asset))
    assert [duty.get("kind", duty["duty"]) for duty in found] == kinds


def test_ads_from_the_creators_handle_are_disclosed_and_labelled() -> None:
    code = permit("s1", layer="platform", **WIDE)
    asked = request(channel="allowlisted_ads.tiktok")
    found = duties(answer(asked, permit(**WIDE), code, about=facts(compensation="paid", is_testimonial=True)))
    assert [duty["duty"] for duty in found] == ["disclose", "platform_label"]


def test_nothing_is_disclosed_where_nothing_was_given() -> None:
    asked = request(channel="organic_social.x")
    assert duties(answer(asked, permit(**WIDE), about=facts(is_testimonial=True))) == []


def test_each_country_gets_its_own_word() -> None:
    asked = request(territories=("DE-BY", "FR", "JP", "US", "US-NY", "WORLD"))
    found = duties(answer(asked, permit(**WIDE), about=facts(compensation="paid")))
    labels = {"DE": "Werbung", "FR": "Publicité", "JP": "Ad", "US": "Ad", "WORLD": "Ad"}
    assert found == [{"duty": "disclose", "kind": "material_connection", "labels": labels}]


def test_the_compensation_of_an_ingredient_is_disclosed_too() -> None:
    clip = facts(id="clip", compensation="paid", is_testimonial=True)
    both = permit(**WIDE | {"assets": values("photo", "clip")})
    asked = request(channel="paid_social", ingredients=("clip",))
    assert duties(answer(asked, both, others=(clip,))) == [{"duty": "disclose", "kind": "compensated_endorser"}]
    silent = facts(id="clip", compensation="none", is_testimonial=True)
    assert duties(answer(asked, both, about=facts(compensation="paid"), others=(silent,))) == []


TRAINED, COMPOSITE = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"
ENHANCED = "algorithmicallyEnhanced"


@pytest.mark.parametrize(
    ("own", "edits", "result", "labelled"),
    [
        ("digitalCapture", (), None, False),
        ("digitalCapture", ("crop",), None, False),
        ("digitalCapture", ("ai_inference",), None, False),
        ("digitalCapture", ("ai_enhance",), ENHANCED, False),
        ("digitalCapture", ("ai_generative_edit",), COMPOSITE, True),
        ("digitalCapture", ("ai_synthetic_likeness",), COMPOSITE, True),
        ("digitalCapture", ("ai_voice", "ai_enhance"), COMPOSITE, True),
        (TRAINED, (), TRAINED, True),
        (TRAINED, ("ai_enhance",), TRAINED, True),
        (COMPOSITE, (), COMPOSITE, True),
        (ENHANCED, (), ENHANCED, False),
    ],
)
def test_what_ai_made_or_changed_is_marked(
    own: str, edits: tuple[str, ...], result: str | None, labelled: bool
) -> None:
    may = permit(**WIDE | {"edits": values("any_edit", *edits)})
    marks = [{"duty": "embed_source_type", "value": result}] if result else []
    asset = facts(digital_source_type=own)
    label = [{"duty": "label_ai"}] if labelled else []
    assert duties(answer(request(edits=values(*edits)), may, about=asset)) == marks + label
    assert duties(answer(request(channel="internal", edits=values(*edits)), may, about=asset)) == marks


def test_what_ai_made_stays_marked_inside_something_larger() -> None:
    both = permit(assets=values("photo", "clip"))
    clip = facts(id="clip", digital_source_type=TRAINED)
    found = duties(answer(request(ingredients=("clip",)), both, others=(clip,)))
    assert found == [{"duty": "embed_source_type", "value": COMPOSITE}, {"duty": "label_ai"}]
