"""Beds in the database: singly and all at once, and what becomes of copies when the licence of their track ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ugc_hub.licensing.copies import revoke, tasks, usage
from tests.ugc_hub.licensing.rows import AMPLE, clear, grant_row
from tests.ugc_hub.licensing.whole import both_forms, carry, empty, use_of
from tests.ugc_hub.rights import chance
from tests.ugc_hub.rows import Clock, asset_row, user_row, with_clock
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.errors import RightsDenied
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use
from ugc_hub.licensing.ledger import Copy
from ugc_hub.permissions.things import add_track
from ugc_hub.rights import AssetFacts, Grant, Request

REPLACED = frozenset({"audio_replace"})


def track(hub: Hub, title: str = "Song") -> str:
    return add_track(hub, SYSTEM, title, "licensed").id


def licence(hub: Hub, track_id: str, *assets: str, **terms: object) -> str:
    return grant_row(
        hub, {"effect": "permit", "layer": "music", "subject": track_id, **AMPLE, "assets": assets or ["*"], **terms}
    )


def laid(*tracks: str, keeps: bool = False, channel: str = "paid_social.meta") -> Use:
    return Use(channel, ("DE",), REPLACED, beds=tracks, keeps_sound=keeps)


def test_one_by_one_and_all_at_once_agree_on_beds(hub: Hub) -> None:
    song, hit, none = track(hub), track(hub, "Hit"), track(hub, "Nothing")
    ids = [plain, other, closed, barred] = [asset_row(hub) for _ in range(4)]
    clear(hub, plain, other, barred)
    clear(hub, closed, edits=["crop"])
    licence(hub, song)
    licence(hub, hit, other)
    grant_row(hub, {"effect": "prohibit", "layer": "music", "subject": song, "state": "active", "assets": [barred]})
    for use, allowed in (
        (laid(song), {plain, other}),
        (laid(hit), {other}),
        (laid(song, hit), {other}),
        (laid(none), set()),
        (laid(hit, keeps=True), {other}),
    ):
        answers = both_forms(hub, ids, use)
        assert answers.singly == answers.together == allowed, use
        assert answers.counted == len(allowed)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    chance.rows,
    chance.facts,
    st.lists(chance.requests(edits=["audio_replace", "crop"]), min_size=4, max_size=4),
    st.tuples(chance.instants, st.booleans(), st.sampled_from([("ana",), ("ana", "ben")])),
)
def test_random_situations_with_beds_get_one_answer(
    hub: Hub,
    rows: list[Grant],
    facts: Mapping[str, AssetFacts],
    asks: list[Request],
    when: tuple[object, bool, tuple[str, ...]],
) -> None:
    now, keeps, beds = when
    empty(hub)
    timed = replace(hub, now=Clock(now))  # type: ignore[arg-type]
    named = [replace(row, subject=row.subject or "ana") if row.layer == "music" else row for row in rows]
    carry(timed, named, facts, True)
    for asked in asks:
        answers = both_forms(timed, sorted(facts), replace(use_of(asked), beds=beds, keeps_sound=keeps))
        assert answers.together == answers.singly, asked
        assert answers.in_words in (None, answers.singly), asked


@pytest.fixture
def timed(hub: Hub) -> tuple[Hub, Clock]:
    return with_clock(hub)


def taken(hub: Hub, asset: str, use: Use) -> str:
    copy = Copy(asset, "download", use, sha256="0" * 64)
    return licensing.hand_over(
        hub, actor_of(user_row(hub, "channel_team", f"{hub.new_id('who')}@example.org")), copy
    ).usage_id


def test_the_end_of_the_tracks_licence_ends_copies_that_bear_it(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    song, hit = track(hub), track(hub, "Hit")
    asset, other = asset_row(hub), asset_row(hub)
    clear(hub, asset, other)
    end = clock.at + timedelta(days=3)
    ended, lasting = licence(hub, song), licence(hub, hit, perpetual=False, ends_at=end.isoformat())
    mine, theirs, bare = (
        taken(hub, asset, laid(song)),
        taken(hub, other, laid(hit)),
        taken(hub, asset, Use("email")),
    )
    assert usage(hub, theirs).valid_until == end
    assert usage(hub, mine).grants_used[-1] == ended
    revoke(hub, ended)
    assert (usage(hub, mine).status, usage(hub, mine).ended_why) == ("stopped", "platform_revoked")
    assert {usage(hub, theirs).status, usage(hub, bare).status} == {"live"}
    [task] = tasks(hub)
    assert (task.usage_id, task.action) == (mine, "take_down")
    with hub.database.read() as session:
        assert licensing.standing(hub, session, mine).status == "ended"
        assert licensing.standing(hub, session, theirs).status == "good"
    with pytest.raises(RightsDenied, match=song):
        taken(hub, asset, laid(song))
    revoke(hub, lasting)
    assert usage(hub, theirs).status == "stopped"


def test_a_decision_about_a_bed_can_be_replayed(hub: Hub) -> None:
    song, asset = track(hub), asset_row(hub)
    clear(hub, asset)
    licence(hub, song)
    taken(hub, asset, laid(song))
    with hub.database.read() as session:
        assert list(licensing.deviations(session)) == []
