"""What is asked through a token lies within the channels, places and party that it is bound to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ugc_hub.licensing.rows import free_row
from tests.ugc_hub.rows import user_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, Actor, Bounds, create_token, token_actor
from ugc_hub.errors import Forbidden, Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Copy, Use
from ugc_hub.models import DecisionRow, Usage


def bound(hub: Hub, *channels: str, territories: tuple[str, ...] = (), party: str = "") -> Actor:
    user = user_row(hub, "admin", f"{hub.new_id('x')}@example.org")
    _, text = create_token(hub, user, "test", bounds=Bounds.of(channels, territories, party))
    return token_actor(hub, text)


def test_a_token_carries_what_it_is_bound_to(hub: Hub) -> None:
    actor = bound(hub, "email", territories=("de", "EU"), party="agency")
    assert actor.bounds == Bounds(frozenset({"email"}), frozenset({"DE", "EU"}), "agency")
    assert bound(hub).bounds is None


@pytest.mark.parametrize(
    "wrong", [{"channels": ["radio"]}, {"territories": ["UK"]}, {"party": "a b"}, {"territories": ["DE", "?"]}]
)
def test_words_that_nobody_knows_bind_nothing(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        Bounds.of(**wrong)


ASKED = [
    (Use("email"), "", "email"),
    (Use("paid_social.meta"), "", "paid_social.meta"),
    (Use("paid_social"), "channel", ""),
    (Use("website"), "channel", ""),
    (Use("email", ("DE", "FR")), "", "email"),
    (Use("email", ("DE-BY",)), "", "email"),
    (Use("email", ("EU",)), "", "email"),
    (Use("email", ("DE", "US")), "territories", ""),
    (Use("email", ("US-NY",)), "", "email"),
    (Use("email", ("WORLD",)), "territories", ""),
    (Use("email", parties=frozenset({"agency"})), "", "email"),
    (Use("email", parties=frozenset({"agency", "brand"})), "parties", ""),
]


@pytest.mark.parametrize(("use", "field", "channel"), ASKED)
def test_asking_for_more_is_refused_with_what_the_token_reaches(hub: Hub, use: Use, field: str, channel: str) -> None:
    actor = bound(hub, "email", "paid_social.meta", territories=("EU", "US-NY"), party="agency")
    if not field:
        assert licensing.bounded(hub, actor, use).channel == channel
        return
    with pytest.raises(Forbidden, match="bound to") as caught:
        licensing.bounded(hub, actor, use)
    assert (caught.value.code, caught.value.extra["field"]) == ("outside_token", field)
    assert caught.value.extra["bounds"]["party"] == "agency"


def test_what_is_left_open_is_filled_with_the_bounds(hub: Hub) -> None:
    actor = bound(hub, territories=("DE", "AT"), party="agency")
    use = licensing.bounded(hub, actor, Use("email"))
    assert (use.territories, use.parties) == (("AT", "DE"), frozenset({"agency"}))
    assert licensing.bounded(hub, bound(hub, "email"), Use("email")) == Use("email")
    assert licensing.bounded(hub, SYSTEM, Use("email", ("WORLD",))) == Use("email", ("WORLD",))


def test_a_copy_leaves_within_the_bounds_and_not_outside(hub: Hub) -> None:
    asset = free_row(hub)
    actor = bound(hub, "email", territories=("DE",))
    left = licensing.hand_over(hub, actor, Copy(asset, "api", Use("email")))
    with hub.database.read() as session:
        assert session.get_one(Usage, left.usage_id).territories == ["DE"]
        assert session.get_one(DecisionRow, left.decision_id).request["territories"] == ["DE"]
    for use in (Use("website"), Use("email", ("FR",))):
        with pytest.raises(Forbidden, match="bound to"):
            licensing.hand_over(hub, actor, Copy(asset, "api", use))
    with hub.database.read() as session:
        assert session.query(Usage).count() == 1
