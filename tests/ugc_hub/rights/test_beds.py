"""Music that the house lays under a film, or in the place of its sound, is cleared by a licence that names it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ugc_hub.rights.rows import END, NOON, answer, day, facts, flight, permit, prohibit, reasons, request, values
from ugc_hub.rights import Grant, read_request, write_request

REPLACED = values("audio_replace")


def film(**changed: Any) -> Any:
    """A video without music."""
    return facts(**{"kind": "video", "has_audio": True} | changed)


def creator(**changed: Any) -> Grant:
    """The creator's permission, which allows to replace the sound."""
    return permit(**{"edits": REPLACED, "channels": values("*")} | changed)


def licence(track: str = "song", /, **changed: Any) -> Grant:
    """A licence of one track for all assets."""
    return permit(f"m-{track}", **{"layer": "music", "subject": track, "assets": values("*")} | changed)


def laid(**changed: Any) -> Any:
    return request(**{"edits": REPLACED, "beds": ("song",)} | changed)


def test_a_bed_needs_the_licence_of_its_track_beside_the_creators_permission() -> None:
    assert answer(laid(), creator(), licence(), about=film()).grants_used == ("g1", "m-song")
    denied = answer(laid(), creator(), licence("other"), about=film())
    assert (reasons(denied), denied.reasons[0].subject) == ({"NO_GRANT:music:song"}, "song")
    assert reasons(answer(laid(), licence(), about=film())) == {"NO_GRANT:copyright"}


def test_a_licence_that_names_no_track_clears_what_is_in_an_asset_and_adds_nothing_to_it() -> None:
    every = permit("m", layer="music", assets=values("*"))
    assert reasons(answer(laid(), creator(), every, about=film())) == {"NO_GRANT:music:song"}


@pytest.mark.parametrize("channel", ["internal", "email"])
def test_a_bed_is_asked_for_inside_the_house_as_well_and_on_a_film_without_sound(channel: str) -> None:
    asked = laid(channel=channel)
    assert reasons(answer(asked, creator(), about=film(has_audio=False))) == {"NO_GRANT:music:song"}
    assert answer(asked, creator(), licence(channels=values("*")), about=film(has_audio=False)).allowed


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"channels": values("website")}, "CHANNEL_NOT_GRANTED"),
        ({"territories": values("DE")}, "TERRITORY_NOT_GRANTED"),
        ({"ends_at": day(2)}, "EXPIRED"),
        ({"ends_at": None}, "TERM_UNKNOWN"),
        ({"assets": values("clip")}, "NO_GRANT"),
        ({"evidence_ok": False}, "EVIDENCE_BROKEN"),
        ({"state": "pending"}, "NOT_ACTIVE"),
    ],
)
def test_the_licence_has_channels_places_and_a_term_of_its_own(terms: dict[str, Any], code: str) -> None:
    denied = answer(laid(), creator(), licence(**terms), about=film())
    assert reasons(denied) == {f"{code}:music:song"}
    assert denied.primary_reason == code


def test_the_use_ends_with_the_earlier_of_both() -> None:
    assert answer(laid(), creator(), licence(ends_at=day(8)), about=film()).valid_until == day(8)
    assert answer(laid(), creator(ends_at=day(7)), licence(), about=film()).valid_until == day(7)
    assert answer(laid(), creator(), licence(), about=film()).valid_until == END
    window = flight(NOON, day(9), edits=REPLACED, beds=("song",))
    assert reasons(answer(window, creator(), licence(ends_at=day(8)), about=film())) == {"EXPIRED:music:song"}


def test_a_prohibition_of_the_track_reaches_what_it_is_laid_under_and_nothing_else() -> None:
    never = prohibit(assets=None, layer="music", subject="song")
    assert reasons(answer(laid(), creator(), licence(), never, about=film())) == {"PROHIBITED"}
    assert answer(request(edits=REPLACED), creator(), never, about=film()).allowed


def test_without_the_edit_nothing_is_laid() -> None:
    denied = answer(laid(), creator(edits=values("crop")), licence(), about=film())
    assert reasons(denied) == {"EDIT_NOT_GRANTED:copyright"}


@pytest.mark.parametrize(("keeps", "missing"), [(False, set()), (True, {"NO_GRANT:music:hit"})])
def test_where_the_voice_is_kept_the_music_that_is_in_it_is_heard(keeps: bool, missing: set[str]) -> None:
    loud = film(music="present", tracks=("hit",))
    assert reasons(answer(laid(keeps_sound=keeps), creator(), licence(), about=loud)) == missing
    assert answer(laid(keeps_sound=keeps), creator(), licence(), licence("hit"), about=loud).allowed
    unknown = answer(laid(keeps_sound=keeps), creator(), licence(), about=film(music="unknown"))
    assert reasons(unknown) == ({"LAYER_UNKNOWN:music"} if keeps else set())
    # Without a bed nothing is kept over it: who removes the sound removes its music.
    assert answer(request(edits=REPLACED, keeps_sound=keeps), creator(), about=loud).allowed


def test_a_question_with_beds_is_kept_as_it_was_asked() -> None:
    asked = laid(keeps_sound=True)
    assert read_request(write_request(asked)) == asked
    assert not {"beds", "keeps_sound"} & write_request(request()).keys()
