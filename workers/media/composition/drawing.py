"""Draws for compositions: letters, plates, plain cards, and clips that fill a canvas of another shape."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from workers.media.breaking import in_parts
from workers.media.contrast import contrast
from workers.media.errors import PlanImpossible
from workers.media.fonts import Face, face, listed, unseen
from workers.media.video.burning import font_file

FONT = "DejaVu Sans"
_SMALLEST = 0.5
"""Of the height that is asked for: smaller letters are not read on a phone."""
_LEAST = 6
"""Pixels: smaller letters are none."""
_MOST_LINES = 5
_LEADING = 1.22
_BLUR_SIDE = 24
"""Pixels of the copy that is blurred: a small one blurs by being enlarged."""
_DARKER = 0.55


def readable_on(colour: str) -> str:
    """Return black or white, whichever has more contrast with `#rrggbb`."""
    return max(("#ffffff", "#111111"), key=lambda one: contrast(one, colour))


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def card(size: tuple[int, int], colour: str, duration: float) -> Any:
    """Return a plain colour of MoviePy."""
    from moviepy import ColorClip

    return ColorClip(size, color=_rgb(colour), duration=duration)


def fitted(clip: Any, size: tuple[int, int], most_lost: float) -> Any:
    """Return a clip on a canvas: cut to fill it, or whole before a blurred copy where too much would be lost."""
    width, height = int(clip.size[0]), int(clip.size[1])
    wide, high = size
    cover = max(wide / width, high / height)
    kept = (wide / cover) * (high / cover) / (width * height)
    whole = 1 - kept > most_lost

    def filled(frame: Any) -> Any:
        return _covered(frame, size) if not whole else _contained(frame, size)

    return clip.image_transform(filled)


def _covered(frame: Any, size: tuple[int, int]) -> Any:
    height, width = frame.shape[:2]
    wide, high = size
    scale = max(wide / width, high / height)
    cut_w, cut_h = min(width, round(wide / scale)), min(height, round(high / scale))
    left, top = (width - cut_w) // 2, (height - cut_h) // 2
    return _resized(frame[top : top + cut_h, left : left + cut_w], size)


def _contained(frame: Any, size: tuple[int, int]) -> Any:
    height, width = frame.shape[:2]
    wide, high = size
    scale = min(wide / width, high / height)
    inner = min(wide, round(width * scale)), min(high, round(height * scale))
    small = max(2, round(_BLUR_SIDE * wide / max(size))), max(2, round(_BLUR_SIDE * high / max(size)))
    soft = cv2.GaussianBlur(cv2.resize(_covered(frame, size), small, interpolation=cv2.INTER_AREA), (0, 0), 1.2)
    canvas = cv2.resize((soft * _DARKER).astype(np.uint8), size, interpolation=cv2.INTER_CUBIC)
    left, top = (wide - inner[0]) // 2, (high - inner[1]) // 2
    canvas[top : top + inner[1], left : left + inner[0]] = _resized(frame, inner)
    return canvas


def _resized(frame: Any, size: tuple[int, int]) -> Any:
    if (frame.shape[1], frame.shape[0]) == size:
        return frame
    smaller = size[0] < frame.shape[1]
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)


def letters(words: str, box: tuple[int, int], colour: str, *, bold: bool) -> Any:
    """Return words as a picture of MoviePy with a mask; `box` is the height of letters and the width of lines."""
    from moviepy import ImageClip

    return ImageClip(np.asarray(_drawn(words, box, colour, bold=bold)))


def plate(words: str, box: tuple[int, int], colours: tuple[str, str]) -> Any:
    """Return words on a rounded plate as a picture of MoviePy with a mask."""
    from moviepy import ImageClip

    drawn = _drawn(words, box, colours[1], bold=True)
    pad_x, pad_y = round(box[0] * 0.7), round(box[0] * 0.42)
    size = drawn.width + 2 * pad_x, drawn.height + 2 * pad_y
    large = Image.new("L", (size[0] * 4, size[1] * 4))
    radius = min(size[1], round(box[0] * 1.1) * 2) * 2
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), radius=radius, fill=255)
    ground = Image.new("RGBA", size, (*_rgb(colours[0]), 0))
    ground.putalpha(large.resize(size, Image.Resampling.LANCZOS))
    ground.alpha_composite(drawn, (pad_x, pad_y))
    return ImageClip(np.asarray(ground))


def _drawn(words: str, box: tuple[int, int], colour: str, *, bold: bool) -> Image.Image:
    path = font_file(FONT, bold=bold)
    if path is None:
        raise PlanImpossible(
            f"The font {FONT} is not on this machine. Install it (Debian: fonts-dejavu-core).", code="no_font"
        )
    lacking = [sign for sign in _face(path).lacking(words) if not unseen(sign)]
    if lacking:
        raise PlanImpossible(
            f"There is no {listed(lacking)} in the font {FONT}, in which “{words[:40]}” stands. Write it otherwise.",
            code="letters_missing",
        )
    asked, width = max(box[0], _LEAST + 2), box[1]
    for height in range(asked, max(_LEAST, round(asked * _SMALLEST)) - 1, -1):
        font = ImageFont.truetype(str(path), height)
        lines = _broken(words, font, width)
        if lines is not None:
            return _lines(lines, font, colour, height)
    raise PlanImpossible(f"The words “{words[:40]}” do not fit. Use fewer.", code="words_do_not_fit")


@functools.cache
def _face(path: Path) -> Face:
    return face(path.read_bytes())


def _broken(words: str, font: ImageFont.FreeTypeFont, width: int) -> list[str] | None:
    """Return the words in lines of at most `width` pixels; None where they do not fit."""
    lines: list[str] = []
    for given in words.split("\n"):
        line = ""
        for part in in_parts(given):
            longer = line + part
            if line and font.getlength(longer) > width:
                lines.append(line)
                longer = part.lstrip()
            line = longer
        lines.append(line)
    fits = len(lines) <= _MOST_LINES and all(font.getlength(line) <= width for line in lines)
    return lines if fits else None


def _lines(lines: list[str], font: ImageFont.FreeTypeFont, colour: str, height: int) -> Image.Image:
    step = round(height * _LEADING)
    ascent, descent = font.getmetrics()
    width = max(1, round(max(font.getlength(line) for line in lines)) + 2)
    picture = Image.new("RGBA", (width, step * (len(lines) - 1) + ascent + descent), (*_rgb(colour), 0))
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        pen.text((0, number * step), line, font=font, fill=(*_rgb(colour), 255))
    return picture
