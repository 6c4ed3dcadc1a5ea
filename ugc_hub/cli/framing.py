"""Options that say how a picture lies in its frame, and how one version of a video differs from the others."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any

import click

from ugc_hub.cli.filming import film_options
from ugc_hub.errors import Invalid
from ugc_hub.framing import Choice, FilmChoice
from ugc_hub.framing.planning import COLOUR
from ugc_hub.presets import Preset
from workers.media.shapes import Backdrop, Point


class Ground(click.ParamType[Backdrop]):
    """What lies around a contained picture."""

    name = "blur|#rrggbb"

    def convert(self, value: Any, _param: click.Parameter | None, _ctx: click.Context | None) -> Backdrop:
        """Return the backdrop; fails for anything else."""
        if value != "blur" and not COLOUR.match(str(value)):
            self.fail(f"{value} is neither blur nor a colour such as #ffffff.")
        return Backdrop("blur") if value == "blur" else Backdrop("colour", str(value))


class Middle(click.ParamType[Point]):
    """A point of a picture, as fractions of its sides."""

    name = "ACROSS:DOWN"

    def convert(self, value: Any, _param: click.Parameter | None, _ctx: click.Context | None) -> Point:
        """Return the point; fails for anything else."""
        try:
            x, y = (float(part) for part in str(value).split(":"))
        except ValueError:
            self.fail(f"{value} is no point such as 0.3:0.5.")
        if not (0 <= x <= 1 and 0 <= y <= 1):
            self.fail(f"{value} lies outside of the picture: across and down are from 0 to 1.")
        return Point(x, y)


class Own(click.ParamType[FilmChoice]):
    """Options of videos, in one word of the shell."""

    name = "OPTIONS"

    def convert(self, value: Any, _param: click.Parameter | None, _ctx: click.Context | None) -> FilmChoice:
        """Return what they choose; fails where they are none."""
        try:
            found: FilmChoice = _alone.main(shlex.split(str(value)), "--for", standalone_mode=False)
        except (click.ClickException, ValueError) as error:
            words = error.format_message() if isinstance(error, click.ClickException) else str(error)
            self.fail(f"{value}: {words}")
        return found


@click.command(add_help_option=False)
@film_options
def _alone(film: FilmChoice) -> FilmChoice:
    return film


fit_option = click.option(
    "--fit", type=click.Choice(["cover", "contain", "width"]), help="Instead of the preset's own."
)
OPTIONS = (
    fit_option,
    click.option("--backdrop", type=Ground(), help="What lies around a contained picture."),
    click.option("--focal", "focal_point", type=Middle(), help="The middle of what is shown, 0 to 1."),
    click.option("--upscale", is_flag=True, help="Allow up to twice the pixels that there are."),
    click.option(
        "--for",
        "own",
        metavar="PRESET OPTIONS",
        type=(str, Own()),
        multiple=True,
        help="How the video of one preset is cut instead, such as: --for email.animated.gif '--seconds 4 --loops 1'.",
    ),
)
NAMES = ("fit", "backdrop", "focal_point", "upscale")


def frame_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these options; it gets them as `frame`, and as `own` what was said of single presets."""

    @wraps(command)
    def framed(*args: Any, own: tuple[tuple[str, FilmChoice], ...], **known: Any) -> None:
        frame = Choice(**{name: known.pop(name) for name in NAMES})
        command(*args, frame=frame, own=dict(own), **known)

    for option in reversed(OPTIONS):
        framed = option(framed)
    return framed


def films_of(
    film: FilmChoice, own: Mapping[str, FilmChoice], preset_ids: Iterable[str], known: Mapping[str, Preset]
) -> dict[str, FilmChoice]:
    """Return what is cut otherwise than `film` says, by preset: an animation beside videos does not last as long.

    Raises:
        Invalid: `own` names a preset that is not asked for.
    """
    wanted = [name for name in preset_ids if name in known]
    if unknown := sorted(set(own) - set(preset_ids)):
        raise Invalid(f"--for names presets that are not asked for by --preset: {', '.join(unknown[:5])}.")
    kinds = {known[name].target.kind for name in wanted}
    calm = replace(film, seconds=None)
    moving = [name for name in wanted if known[name].target.kind == "animation" and "video" in kinds]
    return {**dict.fromkeys(moving, calm), **own}
