"""The comparison of a file with a brief, and what a brief may say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ugc_hub import submissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.submissions import Brief, Seen, check, read_brief

PHOTO = Seen("image", 1080, 1350, 2_000_000)
VIDEO = Seen("video", 1080, 1920, 9_000_000, 12.0, has_sound=True)


@pytest.mark.parametrize(
    ("brief", "seen", "codes"),
    [
        (Brief(), PHOTO, []),
        (Brief(kinds=("video",)), PHOTO, ["kind"]),
        (Brief(orientation="portrait"), PHOTO, []),
        (Brief(orientation="landscape"), PHOTO, ["orientation"]),
        (Brief(orientation="square"), replace(PHOTO, width=1000, height=1005), []),
        (Brief(orientation="portrait"), replace(PHOTO, width=1000, height=1005), ["orientation"]),
        (Brief(min_short_px=1080), PHOTO, []),
        (Brief(min_short_px=1081), PHOTO, ["pixels"]),
        (Brief(max_bytes=2_000_000), PHOTO, []),
        (Brief(max_bytes=1_999_999), PHOTO, ["size"]),
        (Brief(min_duration_s=12), VIDEO, []),
        (Brief(min_duration_s=12.5), VIDEO, ["duration"]),
        (Brief(max_duration_s=12), VIDEO, []),
        (Brief(max_duration_s=11), VIDEO, ["duration"]),
        (Brief(max_duration_s=11, sound="required"), PHOTO, []),
        (Brief(sound="none"), VIDEO, ["sound"]),
        (Brief(sound="required"), replace(VIDEO, has_sound=False), ["sound"]),
        (Brief(), replace(PHOTO, looks_like_another=True), ["near_duplicate"]),
        (Brief(kinds=("video",), min_short_px=5000), PHOTO, ["kind", "pixels"]),
    ],
)
def test_every_difference_is_found(brief: Brief, seen: Seen, codes: list[str]) -> None:
    found = check(brief, seen)
    assert [one.code for one in found] == codes
    assert all(len(one.words) > 20 for one in found)


def test_only_what_the_brief_lists_may_be_set_aside() -> None:
    brief = Brief(kinds=("video",), min_short_px=5000, may_override=("pixels",))
    assert [(one.code, one.may_override) for one in check(brief, PHOTO)] == [("kind", False), ("pixels", True)]


def test_a_brief_comes_back_as_it_was_kept(hub: Hub) -> None:
    brief = Brief("Outdoors, please.", ("video",), "portrait", 1080, 6, 30, "required", 10**8, may_override=())
    brief = replace(brief, deadline=datetime(2031, 5, 1, tzinfo=UTC))
    submissions.save_brief(hub, SYSTEM, "Spring", brief=brief)
    assert [(one.campaign, one.brief) for one in submissions.list_briefs(hub, SYSTEM)] == [("Spring", brief)]
    assert [one.campaign for one in submissions.open_campaigns(hub)] == ["Spring"]
    with pytest.raises(NotFound):
        submissions.save_brief(hub, SYSTEM, "Spring", brief=brief, terms_id="trm_0")


@pytest.mark.parametrize(
    "plain",
    [
        {"colour": "red"},
        {"kinds": []},
        {"kinds": ["poem"]},
        {"orientation": "round"},
        {"sound": "loud"},
        {"min_short_px": 0},
        {"min_short_px": True},
        {"max_bytes": "many"},
        {"min_duration_s": 9, "max_duration_s": 3},
        {"deadline": "soon"},
        {"deadline": "2031-05-01T00:00:00"},
        {"may_override": ["everything"]},
        {"words": "x" * 10_001},
    ],
)
def test_a_brief_that_cannot_be_meant_is_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        read_brief(plain)
    assert caught.value.extra["field"] in plain
