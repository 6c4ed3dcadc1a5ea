"""Options that say how a picture lies in its frame, and how single versions of a video differ from the others."""

from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from ugc_hub.cli.filming import film_options
from ugc_hub.cli.framing import films_of, frame_options
from ugc_hub.errors import Invalid
from ugc_hub.framing import Choice, FilmChoice
from ugc_hub.presets import catalogue
from workers.media.shapes import Backdrop, Point
from workers.media.video.shapes import Aim

GIF, WEB, TALL = "email.animated.gif", "web.file.h264.720p", "tiktok.spark.video.9x16"
KNOWN = {preset.id: preset for preset in catalogue().presets}


def asked(*words: str) -> tuple[dict[str, Any], Result]:
    got: dict[str, Any] = {}

    @click.command()
    @frame_options
    @film_options
    def render(**known: Any) -> None:
        got.update(known)

    return got, CliRunner().invoke(render, list(words))


def test_every_choice_about_the_frame_and_the_window_can_be_made() -> None:
    frame = ("--fit", "contain", "--backdrop", "#20a0FF", "--focal", "0.25:1", "--upscale")
    window = ("--look", "0:0.2:0.5", "--look", "0.4:0.8:0.5:jump", "--loops", "2", "--no-play-button")
    got, _ = asked(*frame, *window)
    assert got["frame"] == Choice("contain", Point(0.25, 1.0), Backdrop("colour", "#20a0FF"), upscale=True)
    path = (Aim(0.0, 0.2, 0.5), Aim(0.4, 0.8, 0.5, jump=True))
    assert got["film"] == FilmChoice(path=path, loops=2, play_button=False)
    assert asked("--backdrop", "blur")[0]["frame"].backdrop == Backdrop("blur")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--backdrop", "black,drawtext=textfile=/etc/passwd"), "neither blur nor a colour such as #ffffff"),
        (("--focal", "0.5"), "no point such as 0.3:0.5"),
        (("--focal", "0.5:1.5"), "outside of the picture"),
        (("--focal", "nan:0"), "outside of the picture"),
        (("--look", "0:0.2:0.5:glide"), "no place such as"),
        (("--for", GIF, "--seconds nan"), "nan is no number of seconds"),
        (("--for", GIF, "--shorter"), "No such option"),
        (("--for", GIF, "'--seconds"), "No closing quotation"),
    ],
)
def test_what_is_no_choice_is_refused_with_what_to_write(words: tuple[str, ...], said: str) -> None:
    got, done = asked(*words)
    assert (done.exit_code, got, said in done.output) == (2, {}, True), done.output


def test_one_version_is_cut_otherwise_than_the_rest_and_an_animation_beside_videos_is_no_film() -> None:
    got, _ = asked("--seconds", "15", "--mute", "--for", GIF, "--seconds 4 --loops 1")
    assert got["own"] == {GIF: FilmChoice(seconds=4.0, loops=1)}
    film = got["film"]
    assert films_of(film, got["own"], [WEB, TALL, GIF], KNOWN) == got["own"]
    assert films_of(film, {}, [WEB, TALL, GIF], KNOWN) == {GIF: FilmChoice(mute=True)}
    assert films_of(film, {}, [GIF], KNOWN) == {}, "alone, it lasts as long as asked"
    with pytest.raises(Invalid, match=f"not asked for by --preset: {GIF}"):
        films_of(film, got["own"], [WEB], KNOWN)
