"""Options of commands that make versions of videos, and waiting for the clip that they start from."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from ugc_hub.catalog.tongues import tag_of
from ugc_hub.cli import progress
from ugc_hub.framing import FilmChoice
from ugc_hub.framing.filming import MOST_AIMS
from ugc_hub.hub import Hub
from ugc_hub.renditions import ClipNotReady, beds
from workers.media.video.shapes import Aim

T = TypeVar("T")


class Look(click.ParamType[Aim]):
    """Where the window of a version looks at one moment of the video."""

    name = "SECOND:ACROSS:DOWN[:jump]"

    def convert(self, value: Any, _param: click.Parameter | None, _ctx: click.Context | None) -> Aim:
        """Return the moment and the middle of the window; fails for anything else."""
        place = str(value).removesuffix(":jump")
        try:
            at_s, x, y = (float(part) for part in place.split(":"))
        except ValueError:
            self.fail(f"{value} is no place such as 2.5:0.3:0.5.")
        if not (0 <= at_s < 100_000 and 0 <= x <= 1 and 0 <= y <= 1):
            self.fail(f"{value} lies outside of the video: across and down are from 0 to 1.")
        return Aim(at_s, x, y, jump=place != value)


class Seconds(click.FloatRange):
    """A number of seconds that lies on the time line of a video: `nan` is in no range, and in none outside of it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; fails for anything else."""
        found = float(super().convert(value, param, ctx))
        if not math.isfinite(found):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return found


OPTIONS = (
    click.option("--start", "start_s", type=Seconds(min=0), help="Of a video: second at which it begins."),
    click.option(
        "--seconds",
        type=Seconds(min=0, min_open=True),
        help="Of a video: how long it lasts, to the picture; of an animation only where no video is asked for beside.",
    ),
    click.option("--mute", is_flag=True, help="Of a video: without its sound."),
    click.option("--bed", metavar="TRACK", default="", help="Of a video: music in the place of its sound."),
    click.option("--keep-voice", is_flag=True, help="Of a video: lay the music under its sound instead."),
    click.option(
        "--captions",
        metavar="[TAG]",
        is_flag=False,
        flag_value="",
        help="Of a video: burn its captions in; without a TAG such as de: those in its own language.",
    ),
    click.option(
        "--look",
        "path",
        multiple=True,
        type=Look(),
        help="Of a video: second, across and down (0 to 1) of the middle of what is shown; between several it glides, "
        "or jumps.",
    ),
    click.option("--still", "still_s", type=Seconds(min=0), help="Of a still: second that is shown."),
    click.option("--play-button/--no-play-button", default=None, help="Of a still: say that there is a video."),
    click.option("--loops", type=click.IntRange(0, 1000), help="Of an animation: how often; 0: without end."),
)
NAMES = ("start_s", "seconds", "mute", "captions", "path", "still_s", "play_button", "loops")


def film_options(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command the options that say how a video is cut; it gets them as `film`."""

    @wraps(command)
    def with_film(*args: Any, **known: Any) -> T:
        given = {name: known.pop(name) for name in NAMES}
        if len(given["path"]) > MOST_AIMS:
            raise click.BadParameter(f"At most {MOST_AIMS} places of the window.", param_hint="--look")
        language = given.pop("captions")
        tag = tag_of(language) if language else None
        music = beds.chosen(known.pop("bed"), keep_voice=known.pop("keep_voice"))
        film = FilmChoice(**given, **music, captions=language is not None, language=tag)
        return command(*args, film=film, **known)

    for option in reversed(OPTIONS):
        with_film = option(with_film)
    return with_film


def when_prepared(hub: Hub, ask: Callable[[], T], *, quiet: bool = False) -> T:
    """Ask; where the clip of a video is only being made, make it or wait for it, and ask again; see `progress.shown`.

    Raises:
        ClipNotReady: its job ended without a clip.
    """
    try:
        return ask()
    except ClipNotReady as error:
        progress.wait(hub, [int(error.extra["job_id"])], quiet=quiet)
    return ask()
