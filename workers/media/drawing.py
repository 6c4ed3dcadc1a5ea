"""Draws overlays: boxes, letters and pictures on a transparent layer, the same pixels for the same overlays.

Every file that is named is opened here, in the child: pictures by the one decoder of their format, fonts by FreeType.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFont

from workers.media import fonts, safe
from workers.media.errors import Damaged, PlanImpossible
from workers.media.layers import MATERIALS, Card, Overlay

_FINER = 4
"""Corners are drawn so many times larger and made smaller, which smooths them."""
_DIFFERS, _SEEN = 40, 0.1
"""Levels of 255 by which a pixel of a logo differs from what lies behind it, and the share of those that have to."""
_FAINT = 16
"""Opacity, of 255, from which something is there at all."""


def layer(overlays: Iterable[Overlay], size: tuple[int, int], folder: Path) -> Image.Image:
    """Return an RGBA picture of `size` with the overlays on it, the first undermost; `folder` is the work folder.

    Raises `PlanImpossible` (`no_font`, `no_material`, `overlay_does_not_fit`, `logo_not_seen` for one that is
    transparent throughout), `Damaged` for a broken picture.
    """
    made = Image.new("RGBA", size)
    for one in overlays:
        drawn = {"box": _box, "text": _text, "image": _image}[one.kind](one, folder)
        whole = Image.new("RGBA", size)
        whole.paste(drawn, (one.x, one.y))
        made = Image.alpha_composite(made, whole)
    return made


def over(picture: Image.Image, overlays: Iterable[Overlay], folder: Path) -> Image.Image:
    """Return a finished picture (RGB or RGBA) with overlays on it; a transparent one stays so where nothing lies.

    Raises `PlanImpossible` (`logo_not_seen`) for a logo in the colours of what lies behind it, and as `layer` does.
    """
    every = tuple(overlays)
    for number, one in enumerate(every):
        if one.kind == "image":
            _check_seen(_laid(picture, layer(every[:number], picture.size, folder)), one, folder)
    return _laid(picture, layer(every, picture.size, folder))


def _laid(picture: Image.Image, drawn: Image.Image) -> Image.Image:
    if picture.mode == "RGBA":
        return Image.alpha_composite(picture, drawn)
    made = picture.copy()
    made.paste(drawn, mask=drawn.getchannel("A"))
    return made


def _check_seen(behind: Image.Image, one: Overlay, folder: Path) -> None:
    """Refuse a logo that nobody would see; one on what is transparent is seen wherever that lies."""
    place = (one.x, one.y, one.x + one.width, one.y + one.height)
    ground, drawn = behind.crop(place), _image(one, folder)
    covered = drawn.getchannel("A").point(lambda level: 255 if level >= 128 else 0)
    if ground.mode == "RGBA":
        covered = ImageChops.multiply(covered, ground.getchannel("A"))
    levels = ImageChops.difference(drawn.convert("RGB"), ground.convert("RGB")).split()
    largest = ImageChops.lighter(ImageChops.lighter(levels[0], levels[1]), levels[2])
    counted = largest.histogram(covered.point(lambda level: 255 if level else 0))
    opaque, seen = sum(counted), sum(counted[_DIFFERS:])
    if seen < _SEEN * opaque or not any(drawn.getchannel("A").histogram()[_FAINT:]):
        raise PlanImpossible(
            "The logo cannot be seen: it is empty, or in the colours of what lies behind it. Choose another one, or "
            "leave it out.",
            code="logo_not_seen",
        )


def card(wanted: Card, size: tuple[int, int], folder: Path) -> Image.Image:
    """Return the picture that a card shows."""
    return over(Image.new("RGB", size, ImageColor.getrgb(wanted.colour)[:3]), wanted.overlays, folder)


def _filled(size: tuple[int, int], colour: str) -> Image.Image:
    return Image.new("RGBA", size, (*ImageColor.getrgb(colour)[:3], 0))


def _masked(one: Overlay, mask: Image.Image) -> Image.Image:
    made = _filled((one.width, one.height), one.colour)
    made.putalpha(mask.point([round(level * one.opacity) for level in range(256)]))
    return made


def _box(one: Overlay, _folder: Path) -> Image.Image:
    width, height = one.width * _FINER, one.height * _FINER
    mask = Image.new("L", (width, height))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), one.radius * _FINER, fill=255)
    return _masked(one, mask.resize((one.width, one.height), Image.Resampling.BOX))


def _text(one: Overlay, folder: Path) -> Image.Image:
    mask = Image.new("L", (one.width, one.height))
    draw, font = ImageDraw.Draw(mask), _font(one, folder)
    lines = one.text.split("\n")
    rise, fall = font.getmetrics()
    side, x = {"left": ("l", 0), "centre": ("m", one.width / 2), "right": ("r", one.width)}[one.align]
    for number, line in enumerate(lines):
        share = one.height / len(lines)
        y = round(share * number + (share - rise - fall) / 2 + rise)
        left, top, right, bottom = draw.textbbox((x, y), line, font=font, anchor=f"{side}s")
        if top < 0:  # the dots of an umlaut may lie above what a font says of its letters
            y, top, bottom = y - int(top), 0, bottom - top
        if left < -1 or top < 0 or right > one.width + 1 or bottom > one.height:
            raise PlanImpossible(
                f"The words “{line}” do not fit into their box. Shorten them.", code="overlay_does_not_fit"
            )
        draw.text((x, y), line, fill=255, font=font, anchor=f"{side}s")
    return _masked(one, mask)


def _font(one: Overlay, folder: Path) -> ImageFont.FreeTypeFont:
    known = one.font in fonts.FAMILIES
    path = fonts.house_file(one.font, bold=one.bold) if known else material(folder, one.font)
    try:
        # The simple layout is there on every machine; the other one places letters by a library that may be missing.
        return ImageFont.truetype(str(path), one.size, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise PlanImpossible(
            "The font of the brand kit cannot be drawn with. Upload it again as TTF or OTF.", code="no_font"
        ) from error


def _image(one: Overlay, folder: Path) -> Image.Image:
    try:
        with safe.open_image(material(folder, one.image), "png") as opened, safe.decoding():
            picture = opened.convert("RGBA")
    except Damaged as error:
        words = "The logo of the brand kit is damaged. Export it again as PNG and upload that."
        raise Damaged(words, code="damaged_logo", detail=error.message) from error
    if not any(picture.getchannel("A").histogram()[_FAINT:]):
        words = "The logo of the brand kit is empty: all of it is transparent. Upload another one, or leave it out."
        raise PlanImpossible(words, code="logo_not_seen")
    made = picture.convert("RGBa").resize((one.width, one.height), Image.Resampling.LANCZOS).convert("RGBA")
    made.putalpha(made.getchannel("A").point([round(level * one.opacity) for level in range(256)]))
    return made


def material(folder: Path, sha256: str) -> Path:
    """Return the file of a logo or font that lies in a work folder; raises `PlanImpossible` where it does not."""
    path = folder / MATERIALS / sha256
    if not path.is_file():
        raise PlanImpossible(
            "A file of the brand kit is missing. Upload it again, then ask for the version again.", code="no_material"
        )
    return path
