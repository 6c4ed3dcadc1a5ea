"""Narrowing: what is called narrower allows nothing new, and people's usual ways of taking something back are known."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ugc_hub.rights import chance
from tests.ugc_hub.rights.rows import END, SIGNED, START, before, facts, later, permit, remain, values
from ugc_hub.rights import Duty, Grant, Request, decide, narrower, standard

CREDIT, INFORM = Duty("credit", details={"text": "@ana"}), Duty("inform", "post", {"within_days": 7})
TERMS: dict[str, list[Any]] = {
    "grantees": [values("brand"), values("*"), values("brand", "rival"), values("rival"), None],
    "sublicensees": [None, values("rival"), values("*")],
    "channels": [
        values("*"),
        values("email"),
        values("paid_social"),
        values("paid_social.meta", "email"),
        values("xr", "website"),
    ],
    "territories": [values("WORLD"), values("US", "DE"), values("US-NY"), values("DE", "FR"), values("MERCOSUR")],
    "excluded_territories": [values(), values("US-NY"), values("US"), values("FR", "DE")],
    "starts_at": [START, START + timedelta(hours=20), None],
    "ends_at": [None, START + timedelta(hours=40), START + timedelta(hours=25)],
    "perpetual": [True, True, False],
    "products": [values("*"), values("soap"), values("soap", "beer"), None],
    "edits": [values("any_edit"), values("crop"), values("crop", "ai_enhance"), values("any_edit", "ai_enhance"), None],
    "evidence_level": [4, 2, 0],
    "signed_by_role": [None, "creator", "guardian"],
    "evidence_ok": [True, True, False],
    "signed_at": [START, START + timedelta(hours=9), None],
    "duties": [(), (CREDIT,), (CREDIT, Duty("approval", "pre")), (Duty("approval", "pre"),)],
    "exclusive": [False, True],
    "caps": [{}, {"uses": 2}, {"uses": 5}],
    "counters": [{"uses": 1}, {"uses": 3}, {}],
    "wind_down": [None, remain("*"), remain("email", days=1), remain("*", days=3)],
    "vocabulary_version": [1, 2],
    "future_media": [False, True],
}
"""What a permission may say, the first most often."""
MOMENTS = [START + timedelta(hours=hours) for hours in (-1, 0, 10, 22, 24, 25, 30, 39, 41, 50, 70, 90, 120)]


@st.composite
def changes(draw: Any) -> tuple[Grant, Grant]:
    """A permission that allows something, and the same with one or two of its terms changed."""

    def some(most: int) -> dict[str, Any]:
        names = draw(st.lists(st.sampled_from(sorted(TERMS)), min_size=1, max_size=most, unique=True))
        return {name: draw(st.sampled_from(TERMS[name])) for name in names}

    usual = {name: choice[0] for name, choice in TERMS.items()}
    old = permit("g0", **usual | some(6))
    return old, replace(old, **some(2))


def uses(new: Grant, chance_of: random.Random, number: int) -> Iterator[Request]:
    """Questions that a permission was probably given for, one thing of each chosen at random."""

    def one(words: Iterable[str], among: list[str]) -> str:
        said = [word for word in sorted(words) if word in among]
        return chance_of.choice(said or among)

    for _ in range(number):
        places = {one(new.territories or (), chance.PLACES) for _ in range(chance_of.choice([1, 1, 2]))}
        edits = {one(new.edits or (), chance.EDITS) for _ in range(chance_of.choice([0, 0, 1]))}
        products = {one(new.products or (), chance.PRODUCTS)} if chance_of.random() < 0.7 else set()
        yield Request(
            asset="photo",
            channel=one(new.channels or (), sorted(standard().channels)),
            parties=values(one(new.parties, chance.PARTIES)),
            at=chance_of.choice(MOMENTS),
            territories=tuple(sorted(places)),
            edits=frozenset(edits),
            products=frozenset(products),
            operation=chance_of.choice(["publish", "publish", "continue"]),
            duty_state={"g0:approval": True},
        )


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes(), st.booleans(), st.integers(0, 2**32))
def test_what_is_called_narrower_never_allows_what_was_denied_before(
    pair: tuple[Grant, Grant], rival: bool, seed: int
) -> None:
    old, new = pair
    if not narrower(new, old):
        return
    signed = START + timedelta(hours=5)
    other = permit("x", grantees=values("other"), channels=values("*"), signed_at=signed, exclusive=True)
    rivals = [other] if rival else []
    for one in uses(new, random.Random(seed), 12):
        after = decide(one, [new, *rivals], PLAIN)
        # Where the new one is not relied on, an exclusive licence that reaches less than before may free the others.
        if after.allowed and new.id in after.grants_used:
            assert decide(one, [old, *rivals], PLAIN).allowed


PLAIN = {"photo": facts()}

NARROWER: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"territories": values("WORLD")}, {"territories": values("DE")}),
    ({"territories": values("US")}, {"territories": values("US-NY")}),
    ({"territories": values("WORLD")}, {"excluded_territories": values("RU")}),
    ({"excluded_territories": values("US-NY")}, {"excluded_territories": values("US")}),
    ({"territories": values("WORLD"), "excluded_territories": values("FR")}, {"territories": values("DE")}),
    ({"edits": values("any_edit")}, {"edits": values("crop")}),
    ({"edits": values("any_edit", "ai_enhance")}, {"edits": values("crop", "ai_enhance")}),
    ({"channels": values("paid_social")}, {"channels": values("paid_social.meta")}),
    ({"channels": values("*")}, {"channels": values("email")}),
    ({"channels": values("*"), "vocabulary_version": 1}, {"channels": values("tv", "website")}),
    ({"products": values("*")}, {"products": values("shoe")}),
    ({"grantees": values("*")}, {"grantees": values("brand")}),
    ({"sublicensees": values("agency")}, {"sublicensees": None}),
    ({"starts_at": START, "ends_at": None, "perpetual": True}, {"ends_at": END, "perpetual": False}),
    ({"starts_at": START}, {"starts_at": later(START)}),
    ({"duties": (CREDIT,)}, {"duties": (INFORM, CREDIT)}),
    ({"caps": {"uses": 9}, "counters": {"uses": 2}}, {"caps": {"uses": 4}}),
    ({"caps": {}}, {"caps": {"uses": 4}, "counters": {"uses": 0}}),
    ({"wind_down": remain("email")}, {"wind_down": remain("email", days=3)}),
    ({"wind_down": remain("*")}, {"wind_down": None}),
    ({"evidence_level": 3}, {"evidence_level": 2}),
    ({"exclusive": True}, {"exclusive": False}),
    ({"future_media": True, "channels": values("*")}, {"future_media": False}),
]


@pytest.mark.parametrize(("said", "change"), NARROWER, ids=lambda part: "-".join(part))
def test_the_usual_ways_of_taking_something_back_are_narrower_and_their_reverse_is_not(
    said: dict[str, Any], change: dict[str, Any]
) -> None:
    old = permit(**said)
    new = replace(old, **change)
    assert narrower(new, old)
    assert not narrower(old, new)


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ({"territories": values("DE")}, {"territories": values("FR")}),
        ({"edits": values("any_edit")}, {"edits": values("crop", "ai_training")}),
        ({"channels": values("*"), "vocabulary_version": 1}, {"channels": values("xr")}),
        ({"channels": values("*"), "vocabulary_version": 1}, {"vocabulary_version": 2}),
        ({"starts_at": None}, {"starts_at": START}),
        ({"ends_at": None, "perpetual": False}, {"ends_at": END}),
        ({"duties": (CREDIT,)}, {"duties": (replace(CREDIT, details={"text": "@ben"}),)}),
        ({"caps": {"uses": 9}, "counters": {"uses": 9}}, {"counters": {"uses": 0}}),
        ({"caps": {"uses": 9}}, {"counters": {"uses": 0}}),
        ({"wind_down": remain("email", days=3)}, {"wind_down": remain("email", "website", days=3)}),
        ({"wind_down": remain("email", days=3)}, {"wind_down": remain("email", days=9)}),
        ({"signed_by_role": "creator"}, {"signed_by_role": "guardian"}),
        ({"signed_at": SIGNED}, {"signed_at": before(SIGNED)}),
        ({"evidence_ok": False}, {"evidence_ok": True}),
        ({"layer": "likeness", "subject": "ana"}, {"subject": "ben"}),
        ({"territories": values("EU")}, {"territories": values("DE")}),
        ({}, {"effect": "prohibit"}),
    ],
    ids=lambda part: "-".join(part),
)
def test_what_allows_something_new_or_cannot_be_told_is_not_narrower(
    said: dict[str, Any], change: dict[str, Any]
) -> None:
    old = permit(**said)
    assert not narrower(replace(old, **change), old)
