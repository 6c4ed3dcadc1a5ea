"""Custom presets: the fields a person or the API gives, checked and turned into the records of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ugc_hub.presets.errors import CustomPresetError
from ugc_hub.presets.records import CHANNELS, FITS, Evidence, Make, Output, Recipe, Size, Target, Video, Weight

FORMATS = {"jpeg": "jpg", "png": "png", "webp": "webp", "avif": "avif", "gif": "gif", "tiff": "tiff"}
"""Formats of the image engine and the catalogue's name of each."""
FILMS = {"h264": "mp4", "hevc": "mp4", "av1": "mp4", "vp9": "webm"}
"""Formats of videos, named by how their pictures are coded, and the catalogue's name of each."""
FILM_SIDE = 16, 3840
"""Shortest and longest side of a video in pixels; nothing larger is kept of one."""
NO_QUALITY = ("gif", "png", "tiff")
"""Formats of which the engine makes the same file whatever quality is asked for."""
MAX_SIDE = 16_383
"""Longest side in pixels; the limit of WebP, kept for all so that a preset can change its format."""
MIN_BUDGET = 1_000
MAX_BUDGET = 100_000_000
PRINT_DPI = 300
"""Dots an inch of a TIFF that states none: what printers ask for."""
ID = re.compile(r"custom\.[a-z0-9]+(?:[._-][a-z0-9]+)*\Z")
FIELDS = [
    "id",
    "name",
    "channel",
    "width",
    "height",
    "fit",
    "format",
    "max_bytes",
    "quality",
    "min_quality",
    "min_width",
    "min_height",
    "dpi",
    "notes",
    "version",
]
WHOLE = {
    "width": (1, MAX_SIDE),
    "height": (1, MAX_SIDE),
    "min_width": (1, MAX_SIDE),
    "min_height": (1, MAX_SIDE),
    "max_bytes": (MIN_BUDGET, MAX_BUDGET),
    "quality": (1, 100),
    "min_quality": (1, 100),
    "dpi": (36, 2400),
    "version": (1, 1_000_000),
}
"""Whole numbers and the range of each."""


def _whole(plain: Mapping[str, Any], problems: dict[str, str]) -> dict[str, int]:
    found = {}
    for name, (low, high) in WHOLE.items():
        given = plain.get(name)
        if given is None:
            continue
        if isinstance(given, bool) or not isinstance(given, int) or not low <= given <= high:
            problems[name] = f"Give a whole number from {low} to {high}."
        else:
            found[name] = given
    return found


def _one_of(plain: Mapping[str, Any], name: str, choices: tuple[str, ...], problems: dict[str, str]) -> str:
    given = plain.get(name)
    if given not in choices:
        problems[name] = f"Choose one of {', '.join(choices)}."
    return str(given)


def _check_relations(numbers: Mapping[str, int], fit: str, problems: dict[str, str]) -> None:
    if "width" not in numbers:
        problems.setdefault("width", "Give the width in pixels.")
    if fit == "contain" and "height" not in numbers:
        problems.setdefault("height", "A contained picture needs a height; give one, or choose scale_down.")
    if "min_height" in numbers and "height" not in numbers:
        problems.setdefault("min_height", "Leave this out where the height follows the source.")
    for side in ("width", "height"):
        if numbers.get(f"min_{side}", 0) > numbers.get(side, MAX_SIDE):
            problems.setdefault(f"min_{side}", f"Give at most the {side}, {numbers[side]}.")
    if numbers.get("min_quality", 1) > numbers.get("quality", 100):
        problems.setdefault("min_quality", f"Give at most the quality, {numbers['quality']}.")


def _check_film(numbers: Mapping[str, int], problems: dict[str, str]) -> None:
    least, most = FILM_SIDE
    for side in ("width", "height"):
        if side in numbers and (numbers[side] % 2 or not least <= numbers[side] <= most):
            problems.setdefault(side, f"Give an even number from {least} to {most}: the pixels of a video go in pairs.")


def _check_text(plain: Mapping[str, Any], problems: dict[str, str]) -> None:
    for name in plain:
        if name not in FIELDS:
            problems[name] = f"There is no such field; the fields are {', '.join(FIELDS)}."
    given = plain.get("id")
    if not isinstance(given, str) or not ID.match(given) or len(given) > 100:
        problems["id"] = (
            "Write custom. and then small letters, digits, dots, dashes or underscores, such as custom.shop-teaser."
        )
    label = plain.get("name")
    if not isinstance(label, str) or not label.strip() or len(label) > 100 or not label.isprintable():
        problems["name"] = "Give a name of 1 to 100 characters."
    notes = plain.get("notes")
    if notes is not None and (not isinstance(notes, str) or len(notes) > 2000):
        problems["notes"] = "Give text of at most 2000 characters, or leave it out."


def refuse_idle(plain: Mapping[str, Any]) -> None:
    """Refuse a quality where the format has none: whoever asks for one expects another file.

    Only of what is to be kept. What was kept before goes on as it is, so `parts` does not ask.
    Raises `CustomPresetError`.
    """
    named = [name for name in ("quality", "min_quality") if plain.get(name) is not None]
    if plain.get("format") in tuple(FILMS) and named:
        words = "Leave this out: how good a video is follows from its channel, and how heavy it may be from max_bytes."
        raise CustomPresetError(dict.fromkeys(named, words))
    if plain.get("format") in NO_QUALITY and named:
        format_name = str(plain["format"]).upper()
        words = f"Leave this out, or choose jpeg, webp or avif: a {format_name} comes out the same at every quality."
        raise CustomPresetError(dict.fromkeys(named, words))


def _recipe(preset_id: str, format_name: str, numbers: Mapping[str, int]) -> Recipe:
    quality = numbers.get("quality", 85)
    return Recipe(
        id=preset_id,
        version=numbers.get("version", 1),
        format=format_name,  # type: ignore[arg-type]  # checked against FORMATS
        quality=quality,
        min_quality=numbers.get("min_quality", min(40, quality)),
    )


def parts(plain: Mapping[str, Any]) -> tuple[Target, Output | None, tuple[Recipe, ...], str]:
    """Return target, output, recipes and name of a custom preset; one for videos has neither output nor recipes.

    Fields: `id` (`custom.<name>`), `name`, `channel`, `width`, `height` (null: follows the source), `fit` (cover,
    contain, scale_down; default cover), `format` (jpeg, png, webp, avif, gif, tiff; of videos h264, hevc, av1, vp9;
    default jpeg), `max_bytes` (hard), `quality` and `min_quality` (1..100, of pictures), `min_width` and `min_height`
    (a smaller picture down to these is made with a warning; without them only the full size is), `dpi` (dots an inch,
    of a TIFF alone; default 300), `notes`, `version` (of the encoder settings of pictures).
    Raises `CustomPresetError` with every problem at once.
    """
    problems: dict[str, str] = {}
    given = {"fit": "cover", "format": "jpeg", **{name: item for name, item in plain.items() if item is not None}}
    _check_text(given, problems)
    channel = _one_of(given, "channel", CHANNELS, problems)
    fit = _one_of(given, "fit", FITS, problems)
    format_name = _one_of(given, "format", (*FORMATS, *FILMS), problems)
    numbers = _whole(given, problems)
    _check_relations(numbers, fit, problems)
    if format_name in FILMS:
        _check_film(numbers, problems)
    if "dpi" in numbers and format_name != "tiff":
        problems["dpi"] = "Leave this out, or choose tiff: only a TIFF names the dots an inch of its print."
    if problems:
        raise CustomPresetError(problems)
    width, height = numbers["width"], numbers.get("height")
    least = numbers.get("min_width"), numbers.get("min_height")
    size = Size(width, height, "exact" if least == (None, None) else "recommended", *least)
    target = Target(
        id=given["id"],
        channel=channel,
        platform="custom",
        placement=given["id"].removeprefix("custom."),
        kind="video" if format_name in FILMS else "image",
        size=size,
        formats=((FORMATS | FILMS)[format_name],),
        bytes=Weight(numbers.get("max_bytes"), "hard" if "max_bytes" in numbers else None),
        notes=given.get("notes"),
        evidence=Evidence(source="house", kind="custom"),
        make=Make(fit),
    )
    name = str(given["name"]).strip()
    if format_name in FILMS:
        return replace(target, video=Video((format_name,))), None, (), name
    dots = numbers.get("dpi", PRINT_DPI) if format_name == "tiff" else None
    output = Output("", (format_name,), width, height, fit=fit, max_bytes=target.bytes.max, dpi=dots)
    output = replace(output, id=output.address())
    recipe = _recipe(given["id"], format_name, numbers)
    return replace(target, make=Make(fit, output.id, (recipe.id,))), output, (recipe,), name
