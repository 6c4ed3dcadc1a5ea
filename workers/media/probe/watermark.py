"""Marks previews: they are for looking, and a copy of one must show that it was never handed out for a use.

A quiet word in stripes across the picture, white with a dark rim, so that it is read on light and on dark ground;
small thumbnails, which are of no use elsewhere, get it once in a corner.
"""

from __future__ import annotations

from functools import cache

from PIL import Image, ImageDraw, ImageFont

WORD = "PREVIEW"
_TURN_DEG = 30
_LIGHT, _DARK = 84, 52
"""Opacity of the letters and of their rim, of 255."""
_LETTER = 1 / 24
"""Height of the letters, as a fraction of the longer side."""
_LEAST, _MOST = 9, 54
"""Bounds of it in pixels."""
_ACROSS, _DOWN = 2.0, 2.9
"""From one word to the next, in widths and heights of the turned word; every second row is set in by half."""


def mark(picture: Image.Image) -> Image.Image:
    """Return a copy of an RGB or RGBA picture with the word repeated over all of it."""
    marked = picture.copy()
    word, mask = _stamp(_letter(picture.size), picture.mode, turned=True)
    across, down = round(word.width * _ACROSS), round(word.height * _DOWN / 2)
    # The middle of the picture always bears a word, however small it is.
    left, top = (picture.width - word.width) // 2, (picture.height - word.height) // 2
    for row in range(-(top // down) - 1, (picture.height - top) // down + 1):
        start = (left + (row % 2) * across // 2) % across - across
        for x in range(start, picture.width, across):
            marked.paste(word, (x, top + row * down), mask)
    return marked


def sign(picture: Image.Image) -> Image.Image:
    """Return a copy of an RGB or RGBA picture with the word in its lower right corner."""
    marked = picture.copy()
    word, mask = _stamp(max(_LEAST, _letter(picture.size) * 2 // 3), picture.mode, turned=False)
    marked.paste(word, (picture.width - word.width - 4, picture.height - word.height - 4), mask)
    return marked


def _letter(size: tuple[int, int]) -> int:
    return min(_MOST, max(_LEAST, round(max(size) * _LETTER)))


@cache
def _stamp(letter: int, mode: str, *, turned: bool) -> tuple[Image.Image, Image.Image]:
    """Return the word as colours and their mask; there are as many as there are heights of letters."""
    font = ImageFont.load_default(letter)
    rim = max(1, letter // 12)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(WORD, stroke_width=rim))
    stamp = Image.new("RGBA", (right - left, bottom - top))
    for grey, stroke, opacity in ((0, rim, _DARK), (255, 0, _LIGHT)):
        layer = Image.new("RGBA", stamp.size, (grey, grey, grey, 0))
        ink = (grey, grey, grey, opacity)
        ImageDraw.Draw(layer).text((-left, -top), WORD, fill=ink, font=font, stroke_width=stroke)
        stamp = Image.alpha_composite(stamp, layer)
    if turned:
        stamp = stamp.rotate(_TURN_DEG, Image.Resampling.BICUBIC, expand=True)
    return stamp.convert("RGB").convert(mode), stamp.getchannel("A")
