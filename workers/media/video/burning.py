"""Burns captions into the picture: an Advanced SubStation script, drawn by libass inside what the platform leaves free.

A box lies behind the words, so that they can be read on any picture; words that would not fit are made smaller.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from PIL import ImageFont

from workers.media.contrast import TEXT
from workers.media.drawing import material
from workers.media.errors import PlanImpossible
from workers.media.fonts import Face, face, letters_missing
from workers.media.layers import is_file
from workers.media.legible import worst_contrast
from workers.media.video.cues import wrapped
from workers.media.video.shapes import CaptionStyle, Cue, VideoPlan

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
_SMALLEST = 0.6
"""Of the size that is asked for: smaller words are not read on a phone."""
_PADDING = 0.35
"""Of the height of a line, between words and the edge of their box."""
_NARROWEST = 12
_BY_ITS_LETTERS = "-1"
"""An encoding that libass takes for: a line runs from right to left where its first letter does."""
_LEADING = 1.2
"""Height of a line, of its letters."""


def write(plan: VideoPlan, folder: Path) -> str:
    """Write the script of a plan's captions into a folder and return the filter that draws it.

    Raises `PlanImpossible` (`no_font`, `no_material`, `low_contrast`, `letters_missing`, `captions_do_not_fit`).
    """
    captions = plan.captions
    assert captions is not None  # noqa: S101 - asked for only where there are some
    style = captions.style
    if worst_contrast(style.colour, style.box, style.box_opacity) < TEXT:
        raise PlanImpossible(
            f"Captions of {style.colour} on {style.box} cannot be read well. Choose colours with more contrast.",
            code="low_contrast",
        )
    font, named = _of_kit(style.font, folder) if is_file(style.font) else _of_machine(style)
    known = "the font of the brand kit" if is_file(style.font) else f"the font {style.font}"
    if missing := letters_missing(_face(font), known, (cue.text for cue in captions.cues)):
        raise missing
    size, cues = _fitted(plan, font)
    path = folder / f"captions-{plan.digest()[:16]}.ass"
    # A file is asked for as bold as it is: as another it would be thickened, or its family's from this machine taken.
    bold = _face(font).bold if is_file(style.font) else style.bold
    path.write_text(_script(plan, (named, size, bold), cues), encoding="utf-8")
    # The work folder may lie where a graph of filters could not name it; ffmpeg runs within.
    return f"ass=filename={path.name}:fontsdir={font.parent.name if is_file(style.font) else font.parent}"


def _of_machine(style: CaptionStyle) -> tuple[Path, str]:
    """Return a font of this machine, and the name that libass finds it by."""
    font = font_file(style.font, bold=style.bold)
    if font is None:
        raise PlanImpossible(
            f"The font {style.font} is not on this machine. Install it (fonts-dejavu-core has DejaVu Sans), or "
            "choose another.",
            code="no_font",
        )
    return font, style.font


def _of_kit(sha256: str, folder: Path) -> tuple[Path, str]:
    """Return a font that was laid into the work folder, in one of its own, and the name that libass finds it by."""
    given = material(folder, sha256)
    found = _face(given)
    if not found.family:
        raise PlanImpossible(
            "The font of the brand kit has no name that captions can be burned in by. Upload another.", code="no_font"
        )
    own = folder / f"font-{sha256[:16]}"
    own.mkdir(exist_ok=True)
    shutil.copyfile(given, own / "font.ttf")
    return own / "font.ttf", found.family


@functools.cache
def font_file(family: str, *, bold: bool) -> Path | None:
    """Return the file of a font of this machine; the plain one where there is no bold one; None for an unknown one."""
    plain: Path | None = None
    for path in sorted(path for folder in FOLDERS for path in Path(folder).rglob("*.[to]tf")):
        try:
            name, kind = ImageFont.truetype(str(path), 10).getname()
        except OSError:
            continue  # not a font that can be drawn with
        if name == family and kind == ("Bold" if bold else "Book"):
            return path
        if name == family and kind in ("Book", "Regular", "Bold") and plain is None:
            plain = path
    return plain


@functools.cache
def _face(font: Path) -> Face:
    return face(font.read_bytes())


def _fitted(plan: VideoPlan, font: Path) -> tuple[int, tuple[Cue, ...]]:
    """Return the height of a line and the cues in lines, so large that every cue lies in the safe part."""
    captions = plan.captions
    assert captions is not None  # noqa: S101
    wanted = max(8, round(captions.style.size * min(plan.width, plan.height)))
    widest = 0
    for size in range(wanted, int(wanted * _SMALLEST) - 1, -1):
        drawn = ImageFont.truetype(str(font), size)
        padding = 2 * round(size * _PADDING)
        room = captions.safe.width - padding
        cues: dict[int, Cue] = {}
        # The cue that did not fit a moment ago is looked at first: of ten thousand it alone is drawn at each size.
        for number in (widest, *range(widest), *range(widest + 1, len(captions.cues))):
            found = _lines(captions.cues[number], drawn, room)
            if found is None or _height(found, size) > captions.safe.height:
                widest = number
                break
            cues[number] = found
        else:
            placed = tuple(cue for _, cue in sorted(cues.items()))
            if _highest(placed, [_height(cue, size) for cue in placed]) <= captions.safe.height:
                return size, placed
    raise PlanImpossible(
        "The captions do not fit into the part of the picture that the platform leaves free. Shorten them.",
        code="captions_do_not_fit",
    )


def _lines(cue: Cue, font: ImageFont.FreeTypeFont, room: int) -> Cue | None:
    """Keep the lines of a cue where they fit; break them anew where they do not. None where no lines fit."""
    if _fits(cue.text, font, room):
        return cue
    for signs in range(42, _NARROWEST - 1, -1):
        text = wrapped(cue.text, signs)
        if _fits(text, font, room):
            return Cue(cue.start_s, cue.end_s, text)
    return None


def _fits(text: str, font: ImageFont.FreeTypeFont, room: int) -> bool:
    return all(font.getlength(line) <= room for line in text.split("\n"))


def _height(cue: Cue, size: int) -> float:
    return (cue.text.count("\n") + 1) * size * _LEADING + 2 * round(size * _PADDING)


def _highest(cues: Sequence[Cue], heights: Sequence[float]) -> float:
    """Return how high captions are at most: those that are seen at once stand one above the other."""
    turns = [(cue.start_s, height) for cue, height in zip(cues, heights, strict=True)]
    turns += [(cue.end_s, -height) for cue, height in zip(cues, heights, strict=True)]
    return max(accumulate(height for _, height in sorted(turns)), default=0.0)


def _script(plan: VideoPlan, letters: tuple[str, int, bool], cues: Sequence[Cue]) -> str:
    (named, size, bold), captions = letters, plan.captions
    assert captions is not None  # noqa: S101
    style, safe = captions.style, captions.safe
    margin = round(size * _PADDING)
    left, right = safe.x + margin, plan.width - safe.x - safe.width + margin
    below = plan.height - safe.y - safe.height + margin
    words, box = _coloured(style.colour, 1.0), _coloured(style.box, style.box_opacity)
    fields = [
        *("Caption", named, str(size), words, words, box, box, str(-1 if bold else 0)),
        *("0", "0", "0", "100", "100", "0", "0", "3", str(margin), "0", "2", str(left), str(right), str(below)),
        _BY_ITS_LETTERS,
    ]
    events = [f"Dialogue: 0,{_stamp(cue.start_s)},{_stamp(cue.end_s)},Caption,,0,0,0,,{_said(cue)}" for cue in cues]
    return "\n".join(
        [
            "[Script Info]",
            "ScriptType: v4.00+",
            f"PlayResX: {plan.width}",
            f"PlayResY: {plan.height}",
            "WrapStyle: 2",
            "ScaledBorderAndShadow: yes",
            "YCbCr Matrix: TV.709",
            "",
            "[V4+ Styles]",
            "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, "
            "Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, "
            "MarginL, MarginR, MarginV, Encoding",
            f"Style: {','.join(fields)}",
            "",
            "[Events]",
            "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
            *events,
            "",
        ]
    )


def _coloured(colour: str, opacity: float) -> str:
    """Blue, green and red, after how much shines through."""
    return f"&H{round((1 - opacity) * 255):02X}{colour[5:7]}{colour[3:5]}{colour[1:3]}".upper()


def _said(cue: Cue) -> str:
    """What begins with a backslash or stands in braces would be a command."""
    plain = cue.text.replace("\\", "\u2216").replace("{", "(").replace("}", ")")
    return plain.replace("\n", "\\N")


def _stamp(seconds: float) -> str:
    hundredths = round(seconds * 100)
    whole, rest = divmod(hundredths, 100)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}.{rest:02}"
