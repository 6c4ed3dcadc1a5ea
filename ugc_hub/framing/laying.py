"""Lays the panels of a scene out on a canvas: inside the safe part, clear of each other, large enough to be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ugc_hub.framing.kits import Kit
from ugc_hub.framing.scenes import Panel, Row
from ugc_hub.framing.taken import Taken, around, meet
from workers.media.breaking import in_parts
from workers.media.contrast import told
from workers.media.fonts import Face, listed
from workers.media.layers import Overlay, is_file
from workers.media.legible import least_size, needed, opaque_enough, worst_contrast
from workers.media.shapes import Box

Faces = Callable[[str, bool], Face]
"""Font (a family, or the SHA-256 of a file) and whether the bold one is meant, to its measures."""
_MARGIN = 0.03
"""Between the edge of the safe part and what is drawn, of the shorter side."""
_GAP, _MIDDLE = 0.02, 0.5
"""Between two that lie one above the other; what is placed below the middle gives way upwards."""
_BANNER = (1 / 3, 1 / 2)
"""Of the safe part, across and down: so much a logo may take on a banner, where it would not be recognised else."""
_SCALES = tuple(1 - 0.05 * step for step in range(9))
"""What does not fit is made smaller, down to six tenths of its size."""


class DoesNotFit(Exception):
    """Something cannot be drawn so that it can be read; `code` is stable, `sentence` is for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


@dataclass
class Canvas:
    """What is drawn on, and what lies on it already."""

    width: int
    height: int
    safe: Box
    kit: Kit
    faces: Faces
    seconds: float | None = None
    """How long it is seen; None for a still picture."""
    ground: str = ""
    """Of a card; a panel on it needs none of its own."""
    taken: list[Taken] = field(default_factory=list)

    @property
    def shorter(self) -> int:
        """The shorter side in pixels."""
        return min(self.width, self.height)

    def font(self, *, bold: bool) -> str:
        """Return the font of the kit."""
        return (self.kit.bold_font or self.kit.font) if bold else self.kit.font

    def face(self, *, bold: bool) -> Face:
        """Return the measures of the font of the kit."""
        return self.faces(self.font(bold=bold), bold)


@dataclass(frozen=True)
class _Item:
    """A row with the pixels that it takes."""

    row: Row
    width: int
    height: int
    size: int = 0
    text: str = ""


def lay(canvas: Canvas, panel: Panel, piece: str) -> tuple[Overlay, ...]:
    """Return what draws a panel, and note on the canvas where it lies.

    Raises:
        DoesNotFit: no place is left for it, or it could not be read; see the codes below.
    """
    start, end = when(panel, canvas.seconds)
    for row in panel.rows:
        _letters(canvas, row)
    for scale in _SCALES:
        items = _items(canvas, panel, scale)
        if items is None:
            continue
        pad = round(panel.padding * canvas.shorter)
        width = max(item.width for item in items) + 2 * pad
        height = sum(item.height for item in items) + sum(_gap(canvas, item) for item in items[:-1]) + 2 * pad
        clear = round(panel.clear * height)
        boxes = (
            _free(canvas, (width, height), place, (clear, start, end), moves=moves)
            for moves in (0, len(canvas.taken))
            for place in panel.places
        )
        for box in boxes:
            if box is not None:
                panel = _opaque(canvas, panel, items)
                _read(canvas, panel, items)
                canvas.taken.append(Taken(around(box, clear), start, end))
                return _drawn(canvas, panel, (piece, box, pad), items)
    raise DoesNotFit(
        f"{piece}_does_not_fit",
        f"The {named(piece)} does not fit into the part of the picture that the platform leaves free. "
        "Shorten its words, leave something else out, or choose a larger format.",
    )


def named(piece: str) -> str:
    """Return what people call a piece."""
    return {"label": "disclosure label", "intro": "intro card", "end": "end card"}.get(piece, piece.replace("_", " "))


def when(panel: Panel, seconds: float | None) -> tuple[float | None, float | None]:
    """Return from when to when a panel is seen in a version of so many seconds; None: from the start, to the end."""
    if seconds is None:
        return None, None
    if panel.last_s is not None:
        return (round(seconds - panel.last_s, 3) if seconds > panel.last_s else None), None
    start = panel.from_s or 0.0
    if seconds < start + 1:
        return None, None
    end = None if panel.seconds is None or start + panel.seconds >= seconds else round(start + panel.seconds, 3)
    return start or None, end


def _letters(canvas: Canvas, row: Row) -> None:
    lacking = canvas.face(bold=row.bold).lacking(row.text) if row.text else ""
    if lacking:
        font = "the font of the brand kit" if is_file(canvas.font(bold=row.bold)) else f"the font {canvas.kit.font}"
        raise DoesNotFit(
            "letters_missing",
            f"There is no {listed(lacking)} in {font}, which “{row.text}” is written in. Write it otherwise, or change "
            "the font.",
        )


def _items(canvas: Canvas, panel: Panel, scale: float) -> list[_Item] | None:
    """Measure the rows at a scale; None where one does not fit into the width that the panel may take."""
    pad = 2 * round(panel.padding * canvas.shorter)
    margin = 2 * round(_MARGIN * canvas.shorter)
    room = min(round(panel.width * canvas.safe.width), canvas.safe.width - margin) - pad
    items = [_picture(canvas, row, scale, room) if row.image else _text(canvas, row, scale, room) for row in panel.rows]
    found = [item for item in items if item is not None]
    return found if len(found) == len(items) else None


def _text(canvas: Canvas, row: Row, scale: float, room: int) -> _Item | None:
    size = max(least_size(canvas.shorter), round(row.size * scale * canvas.shorter))
    face = canvas.face(bold=row.bold)
    lines = wrapped(row.text, lambda text: face.width(text, size) <= room)
    if lines is None or len(lines) > max(1, row.lines):
        return None
    width = max(int(face.width(line, size)) + 2 for line in lines)
    return _Item(row, min(width, room), face.leading(size) * len(lines), size, "\n".join(lines))


def wrapped(text: str, fits: Callable[[str], bool]) -> list[str] | None:
    """Break a text between words into lines that fit; None where a word alone does not."""
    lines = [""]
    for part in in_parts(text):
        if fits(lines[-1] + part):
            lines[-1] += part
        elif fits(part.lstrip()):
            lines.append(part.lstrip())
        else:
            return None
    return lines


def _picture(canvas: Canvas, row: Row, scale: float, room: int) -> _Item | None:
    logo = canvas.kit.logo
    if logo is None:
        raise DoesNotFit("no_logo", "The brand kit has no logo. Upload one, or leave the logo out.")
    if max(logo.width, logo.height) < row.least_px:
        raise DoesNotFit(
            "logo_does_not_fit",
            f"The logo has {logo.width} x {logo.height} pixels and is never enlarged; below {row.least_px} nobody "
            "recognises it. Upload a larger one.",
        )
    most = (min(room, row.width * scale * canvas.shorter), row.height * scale * canvas.shorter)
    seen_by = max(
        row.least_px / max(logo.width, logo.height), least_size(canvas.shorter) / min(logo.width, logo.height)
    )
    most_by = min(room / logo.width, _BANNER[0] * canvas.safe.width / logo.width, 1.0)
    most_by = min(most_by, _BANNER[1] * canvas.safe.height / logo.height)
    by = max(min(most[0] / logo.width, most[1] / logo.height, 1.0), min(seen_by, most_by))
    width, height = round(logo.width * by), round(logo.height * by)
    if scale >= 1 and min(width, height) < least_size(canvas.shorter) <= min(logo.width, logo.height):
        raise DoesNotFit(
            "logo_does_not_fit",
            f"The logo would be {width} x {height} pixels here; with a side below {least_size(canvas.shorter)} nobody "
            "recognises it. Upload one that is less long, or choose a larger format.",
        )
    seen = max(width, height) >= row.least_px and min(width, height) >= least_size(canvas.shorter)
    return _Item(row, width, height) if seen else None


def _gap(canvas: Canvas, item: _Item) -> int:
    return round(item.row.after * canvas.shorter)


def _free(
    canvas: Canvas,
    size: tuple[int, int],
    place: tuple[float, float],
    asked: tuple[int, float | None, float | None],
    *,
    moves: int,
) -> Box | None:
    """Return where a panel lies that is placed so, moved away from its edge past what lies there already."""
    safe, (width, height), (clear, start, end) = canvas.safe, size, asked
    margin = max(clear, round(_MARGIN * canvas.shorter))
    across, down = safe.width - 2 * margin - width, safe.height - 2 * margin - height
    if across < 0 or down < 0:
        return None
    top = safe.y + margin
    x, y, gap = safe.x + margin + round(place[0] * across), top + round(place[1] * down), round(_GAP * canvas.shorter)
    for _ in range(moves + 1):
        box = Box(x, y, width, height)
        met = next((one.box for one in canvas.taken if meet(around(box, clear), (start, end), one)), None)
        if met is None:
            return box
        y = met.y - gap - clear - height if place[1] >= _MIDDLE else met.y + met.height + gap + clear
        if not top <= y <= top + down:
            break
    return None


def _opaque(canvas: Canvas, panel: Panel, items: Sequence[_Item]) -> Panel:
    """Let less shine through a ground on which the words are read only so."""
    opacity = panel.opacity
    for item in items:
        least = needed(item.size, canvas.shorter, bold=item.row.bold)
        if item.text and panel.ground and worst_contrast(item.row.colour, panel.ground, opacity) < least:
            opacity = opaque_enough(item.row.colour, panel.ground, opacity)
    return replace(panel, opacity=opacity)


def _read(canvas: Canvas, panel: Panel, items: Sequence[_Item]) -> None:
    """Check that every text can be read on what lies behind it."""
    ground, opacity = (panel.ground, panel.opacity) if panel.ground else (canvas.ground, 1.0)
    for item in items:
        if not item.text:
            continue
        if not ground:
            raise DoesNotFit("no_ground", "The template draws words without a ground of their own. Give its panel one.")
        least, found = (
            needed(item.size, canvas.shorter, bold=item.row.bold),
            worst_contrast(item.row.colour, ground, opacity),
        )
        if found < least:
            raise DoesNotFit(
                "low_contrast",
                f"Words of {item.row.colour} on {ground} cannot be read well: their contrast is {told(found)}, and "
                f"{least:g} is needed. Choose colours with more contrast in the brand kit.",
            )


def _drawn(canvas: Canvas, panel: Panel, at: tuple[str, Box, int], items: Sequence[_Item]) -> tuple[Overlay, ...]:
    piece, box, pad = at
    start, end = when(panel, canvas.seconds)
    found = []
    if panel.ground:
        radius = min(round(panel.radius * canvas.shorter), box.width // 2, box.height // 2)
        found.append(
            Overlay(
                piece,
                "box",
                *(box.x, box.y, box.width, box.height),
                colour=panel.ground,
                opacity=panel.opacity,
                radius=radius,
                from_s=start,
                until_s=end,
            )
        )
    y, inner = box.y + pad, box.width - 2 * pad
    for item in items:
        row, height = item.row, item.height
        spare = inner - item.width
        x = box.x + pad + {"left": 0, "centre": spare // 2, "right": spare}[row.align]
        place = (x, y, item.width, height)
        if row.image:
            logo = canvas.kit.logo
            found.append(Overlay(piece, "image", *place, image=logo.sha256 if logo else "", from_s=start, until_s=end))
        else:
            known = not is_file(canvas.font(bold=row.bold))
            found.append(
                Overlay(
                    piece,
                    "text",
                    *place,
                    colour=row.colour,
                    text=item.text,
                    size=item.size,
                    font=canvas.font(bold=row.bold),
                    bold=row.bold and known,
                    align=row.align,
                    from_s=start,
                    until_s=end,
                )
            )
        y += height + _gap(canvas, item)
    return tuple(found)
