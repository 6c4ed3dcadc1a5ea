"""Which layers must be cleared, for the asset and each of its ingredients (sections 2.2 and 2.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ugc_hub.rights.rows import adult, answer, facts, permit, prohibit, reasons, release, request, values
from ugc_hub.rights import Person

ANYWHERE = {"channels": values("*"), "edits": values("any_edit")}


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("erased", "ASSET_ERASED"),
        ("taken_down", "ASSET_TAKEN_DOWN"),
        ("hold", "ASSET_ON_HOLD"),
        ("pending_review", "ASSET_NOT_APPROVED"),
        ("unheard-of", "ASSET_NOT_APPROVED"),
    ],
)
def test_the_state_of_an_asset_denies_whatever_the_grants_say(status: str, code: str) -> None:
    assert reasons(answer(request(), permit(), about=facts(status=status))) == {code}
    assert not answer(request(operation="continue"), permit(), about=facts(status=status)).allowed


@pytest.mark.parametrize("unknown", [None, "", "unknown", "banana", "trainedAlgorithmicmedia", "composite"])
def test_a_public_use_needs_to_know_whether_ai_made_it(unknown: str | None) -> None:
    asset = facts(digital_source_type=unknown)
    assert reasons(answer(request(), permit(), about=asset)) == {"AI_STATUS_UNKNOWN"}
    assert answer(request(channel="internal"), permit(**ANYWHERE), about=asset).allowed


def test_every_person_shown_in_public_needs_a_release() -> None:
    two = facts(people=(Person("ana", True), Person("ben", True)))
    assert reasons(answer(request(), permit(), release("ana"), about=two)) == {"NO_GRANT:likeness:ben"}
    assert answer(request(), permit(), release("ana"), release("ben"), about=two).allowed
    assert answer(request(channel="internal"), permit(**ANYWHERE), about=two).allowed


def test_the_release_of_a_person_covers_nobody_else_and_no_other_layer() -> None:
    shown = facts(people=adult())
    nobody = permit("r", layer="likeness")
    assert reasons(answer(request(), permit(), nobody, about=shown)) == {"NO_GRANT:likeness:ana"}
    assert reasons(answer(request(), release(), about=shown)) == {"NO_GRANT:copyright"}


@pytest.mark.parametrize("edit", ["ai_training", "ai_generative_edit", "ai_synthetic_likeness", "ai_voice"])
def test_some_ai_edits_need_the_persons_even_inside_the_house(edit: str) -> None:
    asked = request(channel="internal", edits=values(edit))
    may = permit(channels=values("internal"), edits=values(edit))
    assert reasons(answer(asked, may, about=facts(people=adult()))) == {"NO_GRANT:likeness:ana"}
    assert reasons(answer(asked, may, about=facts(people=None))) == {"LAYER_UNKNOWN:likeness"}


@pytest.mark.parametrize("edit", ["ai_enhance", "ai_inference", "crop"])
def test_other_edits_inside_the_house_do_not(edit: str) -> None:
    asked = request(channel="internal", edits=values(edit))
    assert answer(asked, permit(channels=values("internal"), edits=values(edit)), about=facts(people=None)).allowed


def test_blurring_all_persons_clears_their_layer_where_the_edit_is_allowed() -> None:
    asked = request(edits=values("blur_persons"))
    blurred = permit(edits=values("blur_persons"))
    assert answer(asked, blurred, about=facts(people=adult())).allowed
    assert answer(asked, blurred, about=facts(people=None)).allowed
    assert reasons(answer(asked, permit(), about=facts(people=adult()))) == {"EDIT_NOT_GRANTED:copyright"}


def test_unknown_people_or_property_deny_in_public_only() -> None:
    unknown = facts(people=None, properties=None)
    assert reasons(answer(request(), permit(), about=unknown)) == {"LAYER_UNKNOWN:likeness", "LAYER_UNKNOWN:property"}
    assert answer(request(channel="internal"), permit(**ANYWHERE), about=unknown).allowed


def test_every_recognisable_property_needs_its_release_in_public() -> None:
    seen = facts(properties=("mural", "house"))
    mural = permit("p1", layer="property", subject="mural")
    assert reasons(answer(request(), permit(), mural, about=seen)) == {"NO_GRANT:property:house"}
    assert answer(request(), permit(), mural, permit("p2", layer="property", subject="house"), about=seen).allowed
    assert answer(request(channel="internal"), permit(**ANYWHERE), about=seen).allowed


def film(**changed: Any) -> Any:
    """A video with music in it."""
    return facts(**{"kind": "video", "has_audio": True, "music": "present"} | changed)


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({}, {"NO_GRANT:music"}),
        ({"music": "unknown"}, {"LAYER_UNKNOWN:music"}),
        ({"music": "unheard-of"}, {"LAYER_UNKNOWN:music"}),
        ({"music": "original"}, set()),
        ({"music": "none"}, set()),
        ({"has_audio": False}, set()),
        ({"has_audio": None}, {"NO_GRANT:music"}),
        ({"kind": "audio"}, {"NO_GRANT:music"}),
        ({"kind": "image"}, set()),
        ({"tracks": ("one", "two")}, {"NO_GRANT:music:one", "NO_GRANT:music:two"}),
    ],
)
def test_audible_music_in_public_needs_a_licence(changed: dict[str, Any], missing: set[str]) -> None:
    assert reasons(answer(request(), permit(), about=film(**changed))) == missing
    assert answer(request(channel="internal"), permit(**ANYWHERE), about=film(**changed)).allowed


@pytest.mark.parametrize("edit", ["audio_remove", "audio_replace"])
def test_without_its_sound_a_film_needs_no_music_licence(edit: str) -> None:
    asked = request(edits=values(edit))
    assert answer(asked, permit(edits=values(edit)), about=film()).allowed
    assert answer(asked, permit(edits=values(edit)), about=film(music="unknown")).allowed


def test_a_music_licence_covers_its_track_or_all_where_it_names_none() -> None:
    two = film(tracks=("one", "two"))
    one = permit("m1", layer="music", subject="one")
    assert reasons(answer(request(), permit(), one, about=two)) == {"NO_GRANT:music:two"}
    assert answer(request(), permit(), permit("m1", layer="music"), about=two).allowed
    assert reasons(answer(request(), permit(), one, about=film())) == {"NO_GRANT:music"}


def test_ads_from_the_creators_handle_need_the_platform_to_know() -> None:
    asked = request(channel="allowlisted_ads.meta")
    code = permit("s1", layer="platform", channels=values("allowlisted_ads.meta"), evidence_level=2)
    assert reasons(answer(asked, permit(**ANYWHERE))) == {"NO_GRANT:platform"}
    assert answer(asked, permit(**ANYWHERE), code).allowed
    weak = permit("s1", layer="platform", channels=values("*"), evidence_level=1)
    assert reasons(answer(asked, permit(**ANYWHERE), weak)) == {"EVIDENCE_INSUFFICIENT:platform"}


def test_an_ingredient_needs_all_that_the_asset_needs() -> None:
    clip = facts(id="clip", status="hold", people=adult(), digital_source_type=None, properties=None)
    decision = answer(request(ingredients=("clip",)), permit(), others=(clip,))
    assert reasons(decision) == {
        "ASSET_ON_HOLD@clip",
        "NO_GRANT:copyright@clip",
        "NO_GRANT:likeness:ana@clip",
        "LAYER_UNKNOWN:property@clip",
        "AI_STATUS_UNKNOWN@clip",
    }
    assert decision.primary_reason == "ASSET_ON_HOLD"


def test_a_cleared_ingredient_is_used_with_the_asset() -> None:
    clip = facts(id="clip", ingredients=("song",))
    song = facts(id="song", kind="audio", has_audio=True)
    clips = permit("g2", assets=values("clip"))
    songs = permit("g3", assets=values("song"))
    asked = request(ingredients=("clip", "photo"))
    assert answer(asked, permit(), clips, songs, others=(clip, song)).grants_used == ("g1", "g2", "g3")
    assert reasons(answer(asked, permit(), clips, others=(clip, song))) == {"NO_GRANT:copyright@song"}


def test_ingredients_of_ingredients_in_a_circle_end() -> None:
    clip = facts(id="clip", ingredients=("photo",))
    both = permit(assets=values("photo", "clip"))
    assert answer(request(), both, about=facts(ingredients=("clip",)), others=(clip,)).allowed


def test_a_prohibition_on_an_ingredient_forbids_the_whole() -> None:
    clip = facts(id="clip")
    both = permit(assets=values("photo", "clip"))
    forbidden = prohibit(assets=values("clip"))
    asked = request(ingredients=("clip",))
    assert reasons(answer(asked, both, forbidden, others=(clip,))) == {"PROHIBITED@clip"}


def test_all_faults_are_reported_most_severe_first() -> None:
    shown = facts(people=(Person("ana", True), Person("kid", False)), digital_source_type=None)
    decision = answer(request(edits=values("trim")), permit(), release("kid"), about=shown)
    assert [reason.key for reason in decision.reasons] == [
        "GUARDIAN_REQUIRED:likeness:kid",
        "NO_GRANT:likeness:ana",
        "EDIT_NOT_GRANTED:copyright",
        "EDIT_NOT_GRANTED:likeness:kid",
        "AI_STATUS_UNKNOWN",
    ]
    assert decision.primary_reason == "GUARDIAN_REQUIRED"


def test_what_was_done_while_putting_together_must_be_allowed_with_every_use() -> None:
    clip = facts(id="clip")
    both = [permit(edits=values("any_edit")), permit("g2", assets=values("clip"), edits=values("crop"))]

    def allowed(*made: str, **asked: Any) -> bool:
        about = facts(ingredients=("clip",), edits=values(*made))
        return answer(request(**asked), *both, about=about, others=(clip,)).allowed

    assert allowed("crop")
    assert not allowed("crop", "stitch")
    assert allowed("crop", edits=values("crop"))
    assert not allowed("crop", edits=values("flip"))


def test_edits_that_spare_a_layer_are_not_believed_of_what_was_put_together() -> None:
    clip = facts(id="clip", kind="video", has_audio=True, music="present")
    both = [permit(edits=values("any_edit")), permit("g2", assets=values("clip"), edits=values("any_edit"))]
    about = facts(ingredients=("clip",), edits=values("audio_remove", "blur_persons"))
    assert not answer(request(), *both, about=about, others=(clip,)).allowed
    assert answer(request(edits=values("audio_remove")), *both, about=about, others=(clip,)).allowed
