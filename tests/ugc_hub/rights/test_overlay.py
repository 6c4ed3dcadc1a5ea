"""An installation's own labels and thresholds: strict in form, told by each decision, and never a new meaning."""

from __future__ import annotations

from typing import Any

import pytest

from ugc_hub.rights import OverlayRefused, overlaid, standard

OWN: dict[str, Any] = {
    "name": "acme-2027-01",
    "disclosure_labels": {"FR": "Collaboration commerciale", "BE": "Publicité / Reclame"},
    "disclosure_placements": {"default": "before the text", "DE": "at the beginning"},
    "channels": {"organic_social": {"min_evidence": 2}, "organic_social.tiktok": {"min_evidence": 3}},
}


def test_own_words_stand_over_those_of_the_release_and_the_others_stay() -> None:
    words = overlaid(standard(), OWN)
    assert [words.label(country) for country in ("FR", "BE", "DE", "JP")] == [
        "Collaboration commerciale",
        "Publicité / Reclame",
        "Werbung",
        "Ad",
    ]
    assert (words.placement("DE"), words.placement("FR")) == ("at the beginning", "before the text")
    assert standard().placement("DE") == ""
    assert standard().label("FR") == "Publicité"


def test_a_threshold_reaches_the_children_of_a_channel_unless_they_have_their_own() -> None:
    channels = overlaid(standard(), OWN).channels
    levels = [channels[name].min_evidence for name in ("organic_social", "organic_social.x", "organic_social.tiktok")]
    assert levels == [2, 2, 3]
    assert channels["email"] == standard().channels["email"]


def test_each_overlay_is_told_by_its_name_and_content() -> None:
    words, other = overlaid(standard(), OWN), overlaid(standard(), {**OWN, "disclosure_labels": {}})
    assert standard().told == standard().version
    assert str(words.told).startswith(f"{standard().version}+acme-2027-01.")
    assert words.told != other.told
    assert overlaid(standard(), OWN).told == words.told


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": "Acme 2027"}, "name:"),
    ({"name": None}, "name:"),
    ({"version": 3}, "version: there is no such part"),
    ({"disclosure_labels": {"UK": "Ad"}}, "disclosure_labels.UK: there is no such country"),
    ({"disclosure_labels": {"DE": ""}}, "disclosure_labels.DE: write 1 to 60 characters"),
    ({"disclosure_labels": {"DE": "a\nb"}}, "disclosure_labels.DE: write"),
    ({"disclosure_labels": {"DE": 1}}, "disclosure_labels.DE: write"),
    ({"disclosure_labels": "Ad"}, "disclosure_labels: write a table"),
    ({"disclosure_placements": {"DE": "x" * 301}}, "disclosure_placements.DE: write"),
    ({"channels": {"radio": {"min_evidence": 2}}}, 'channels."radio": there is no such channel'),
    ({"channels": {"email": {"public": False}}}, 'channels."email".public: only'),
    ({"channels": {"email": {"min_evidence": 9}}}, 'channels."email".min_evidence: write a level of'),
    ({"channels": {"email": {"min_evidence": True}}}, 'channels."email".min_evidence: write a whole number'),
    ({"channels": {"email": {"native_ad_label": 1}}}, 'channels."email".native_ad_label: write true or false'),
    ({"channels": {"email": 2}}, 'channels."email": write a table'),
    ({"channels": []}, "channels: write tables"),
]


@pytest.mark.parametrize(("part", "words"), WRONG)
def test_what_is_no_overlay_is_refused_with_the_place_and_what_may_stand_there(
    part: dict[str, Any], words: str
) -> None:
    with pytest.raises(OverlayRefused) as caught:
        overlaid(standard(), {"name": "acme", **part})
    assert words in str(caught.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(OverlayRefused) as caught:
        overlaid(standard(), {"labels": {}, "channels": {"radio": {}}})
    assert [part in str(caught.value) for part in ("labels:", "name:", '"radio"')] == [True] * 3
