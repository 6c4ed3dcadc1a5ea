"""Marks previews: they are for looking, and a copy of one must show that it was never handed out for a use.

A word in stripes across the whole picture, white with a dark rim, so that it is read on light and on dark ground. On
small pictures it is stronger: a thumbnail is large enough for a feed or an e-mail. In a grid one sees what is shown all
the same.
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
_SMALL_SIDE = 640
"""Up to this longer side a picture counts as small."""
_SMALL_LIGHT, _SMALL_DARK = 132, 92
_SMALL_LETTER = 1 / 16
_LEAST, _MOST = 9, 54
"""Bounds of it in pixels."""
_ACROSS, _DOWN = 2.0, 2.9
"""From one word to the next, in widths and heights of the turned word; every second row is set in by half."""
_SMALL_ACROSS, _SMALL_DOWN = 1.5, 2.2


def mark(picture: Image.Image) -> Image.Image:
    """Return a copy of an RGB or RGBA picture with the word repeated over all of it."""
    marked = picture.copy()
    word, mask = _stamp(*_weight(picture.size), picture.mode)
    wide, high = (_SMALL_ACROSS, _SMALL_DOWN) if _small(picture.size) else (_ACROSS, _DOWN)
    across, down = round(word.width * wide), round(word.height * high / 2)
    # The middle of the picture always bears a word, however small it is.
    left, top = (picture.width - word.width) // 2, (picture.height - word.height) // 2
    for row in range(-(top // down) - 1, (picture.height - top) // down + 1):
        start = (left + (row % 2) * across // 2) % across - across
        for x in range(start, picture.width, across):
            marked.paste(word, (x, top + row * down), mask)
    return marked


def _small(size: tuple[int, int]) -> bool:
    return max(size) <= _SMALL_SIDE


def _weight(size: tuple[int, int]) -> tuple[int, int, int]:
    """Return height of the letters in pixels, their opacity, and that of their rim."""
    small = _small(size)
    letter = min(_MOST, max(_LEAST, round(max(size) * (_SMALL_LETTER if small else _LETTER))))
    return (letter, _SMALL_LIGHT, _SMALL_DARK) if small else (letter, _LIGHT, _DARK)


@cache
def _stamp(letter: int, light: int, dark: int, mode: str) -> tuple[Image.Image, Image.Image]:
    """Return the word as colours and their mask; there are as many as there are heights of letters."""
    font = ImageFont.load_default(letter)
    rim = max(1, letter // 12)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(WORD, stroke_width=rim))
    stamp = Image.new("RGBA", (right - left, bottom - top))
    for grey, stroke, opacity in ((0, rim, dark), (255, 0, light)):
        layer = Image.new("RGBA", stamp.size, (grey, grey, grey, 0))
        ink = (grey, grey, grey, opacity)
        ImageDraw.Draw(layer).text((-left, -top), WORD, fill=ink, font=font, stroke_width=stroke)
        stamp = Image.alpha_composite(stamp, layer)
    stamp = stamp.rotate(_TURN_DEG, Image.Resampling.BICUBIC, expand=True)
    return stamp.convert("RGB").convert(mode), stamp.getchannel("A")
