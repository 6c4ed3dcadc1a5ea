"""Where presets are shown: each on one channel, or with the channels of which somebody states one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ugc_hub.presets import catalogue, channel_of, choices_of
from ugc_hub.rights import standard


def test_every_preset_has_a_channel_or_a_choice_and_never_both() -> None:
    words = standard().channels.keys()
    for preset in catalogue().presets:
        channel, choices = channel_of(preset.target), choices_of(preset.target)
        assert (channel is None) == bool(choices), preset.id
        assert {channel, *choices} - {None} <= words, preset.id


@pytest.mark.parametrize(
    ("preset", "channel"),
    [
        ("amazon.sponsored_brands.video.16x9", "marketplace.amazon"),
        ("amazon.onsite_video.16x9", "marketplace.amazon"),
        ("amazon.stv.video.16x9", "tv.ctv"),
        ("amazon.dsp_olv.video.16x9", None),
        ("google.pmax.image.1x1", None),
    ],
)
def test_a_placement_that_belongs_to_one_channel_says_so(preset: str, channel: str | None) -> None:
    assert channel_of(catalogue().get(preset).target) == channel


def test_an_ad_on_a_platform_that_nobody_knows_offers_the_usual_channels() -> None:
    target = replace(catalogue().get("google.pmax.image.1x1").target, platform="elsewhere")
    assert choices_of(target) == ("display", "paid_social", "marketplace")
