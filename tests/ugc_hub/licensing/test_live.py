"""What an index keeps of rights: words for what situations allow now, and what tells which of them allow a use."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.licensing.whole import both_forms
from tests.ugc_hub.rows import asset_row, with_clock
from ugc_hub import licensing
from ugc_hub.database.turns import instant
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use
from ugc_hub.licensing.live import Allows, _read, _written
from ugc_hub.models import AssetClearance

MAIL = Use("email", ("DE", "FR"), frozenset({"crop"}))


def test_assets_with_other_dates_have_the_same_words(hub: Hub) -> None:
    first, second = asset_row(hub), asset_row(hub)
    clear(hub, first, perpetual=False, ends_at="2090-01-01T00:00:00Z")
    clear(hub, second, perpetual=False, ends_at="2091-01-01T00:00:00Z")
    with hub.database.read() as session:
        numbers = [session.get_one(AssetClearance, one).clearance_id or 0 for one in (first, second)]
        words = licensing.words_now(hub, session, numbers)
    assert len(set(numbers)) == len(words) == 2
    assert len(set(words.values())) == 1


def test_the_index_is_asked_for_what_its_words_say_and_for_nothing_else(hub: Hub) -> None:
    timed, clock = with_clock(hub)
    asset = asset_row(timed)
    clear(timed, asset, perpetual=False, ends_at=(clock() + timedelta(days=30)).isoformat())
    assert both_forms(timed, [asset], MAIL).in_words == {asset}
    for other in (
        Use("paid_social.meta", ("DE",)),
        Use("email", ("US-CA",)),
        Use("email", ("DE",), products=frozenset({"shoes"})),
        Use("email", ("DE",), starts_at=clock(), ends_at=clock() + timedelta(days=1)),
        Use("email", ("DE",), at=clock() + timedelta(days=1)),
    ):
        answers = both_forms(timed, [asset], other)
        assert answers.in_words is None
        assert answers.together == answers.singly


def test_the_index_is_not_asked_when_something_ended_since_or_under_other_settings(hub: Hub) -> None:
    timed, clock = with_clock(hub)
    clear(timed, asset_row(timed), perpetual=False, ends_at=(clock() + timedelta(days=30)).isoformat())
    known = (instant(clock()), licensing.kept_terms(timed))

    def is_asked(under: str = known[1]) -> bool:
        with timed.database.read() as session:
            return licensing.usable_now(timed, session, MAIL, (known[0], under)) is not None

    assert is_asked()
    assert not is_asked("others")
    clock.go_on(days=29)
    assert is_asked()
    clock.go_on(days=1)
    assert not is_asked()


@pytest.mark.parametrize("places", [0, 1, 0b1011, (1 << 252) - 1, (1 << 252) - 2, 1 << 251])
def test_words_say_what_was_put_into_them(places: int) -> None:
    said = _written(places, 3, 5)
    assert _read(said) == (places, 3, 5)
    assert " " not in said
    assert Allows(places, 7)(f"email:{said}") is False, "an edit that is not in it"
    assert Allows(places, 5)(f"email:{said}") is False, "without one that it must have"
    assert Allows(places, 3)(f"email:{_written(places, 3, 7)}")
    assert not Allows(places | 1 << 250, 3)(f"email:{_written(places & ~(1 << 250), 3, 7)}")
