"""Scenes: what the template of an overlay says, read strictly, so that a slip in one is told and never drawn."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass, fields
from typing import Any, Literal, TypeVar

T = TypeVar("T")
Align = Literal["left", "centre", "right"]


class SceneError(ValueError):
    """A template of an overlay is no scene; the message says where."""


@dataclass(frozen=True)
class Row:
    """Text or a picture in a panel. Lengths are fractions of the shorter side of the canvas."""

    text: str = ""
    image: str = ""
    """`logo`; a row has a text or an image."""
    colour: str = ""
    size: float = 0.04
    """Height of the letters."""
    bold: bool = False
    lines: int = 2
    """How many lines the text may take."""
    align: Align = "left"
    width: float = 0.25
    """Of a picture, at most; so is `height`."""
    height: float = 0.1
    least_px: int = 24
    """A picture whose longer side would be shorter is not drawn, nor one whose other side is less than letters need."""
    after: float = 0.0
    """Room below it, before the next row."""


@dataclass(frozen=True)
class Panel:
    """Rows one below the other, on a ground of their own or on that of the card."""

    places: tuple[tuple[float, float], ...]
    """Where in the safe part it may lie, as fractions across and down, the best first."""
    rows: tuple[Row, ...]
    width: float = 0.9
    """Of the safe part, at most."""
    ground: str = ""
    opacity: float = 1.0
    padding: float = 0.0
    radius: float = 0.0
    clear: float = 0.0
    """Room around it that nothing else enters, as a fraction of its height."""
    from_s: float | None = None
    seconds: float | None = None
    last_s: float | None = None
    """Seen for the last so many seconds only."""


@dataclass(frozen=True)
class Scene:
    """Everything that one template draws; `ground` fills the canvas of a card."""

    panels: tuple[Panel, ...] = ()
    ground: str = ""


def read(text: str, name: str) -> Scene:
    """Read a scene; panels in which nothing stands are left out.

    Raises:
        SceneError: it is no TOML, a word is unknown, or a value is of the wrong kind.
    """
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SceneError(f"{name}: {error}.") from error
    given = plain.pop("panel", [])
    if not isinstance(given, list):
        raise SceneError(f"{name}: write panels as [[panel]].")
    panels = [_panel(one, f"{name}, panel {number}") for number, one in enumerate(given, 1)]
    scene = _made(Scene, {**plain, "panels": ()}, name)
    return Scene(tuple(panel for panel in panels if panel.rows), scene.ground)


def _panel(plain: dict[str, Any], where: str) -> Panel:
    places = plain.get("places", [])
    right = isinstance(places, list) and places and all(_place(place) for place in places)
    if not right:
        raise SceneError(f"{where}: places are pairs of fractions from 0 to 1, such as [[0.0, 1.0]].")
    given = plain.get("row", [])
    rows = tuple(_row(one, f"{where}, row {number}") for number, one in enumerate(given, 1))
    rest = {name: value for name, value in plain.items() if name not in ("row", "places")}
    return _made(Panel, {**rest, "places": tuple((float(x), float(y)) for x, y in places), "rows": rows}, where)


def _place(place: object) -> bool:
    return (
        isinstance(place, list)
        and len(place) == 2
        and all(isinstance(part, int | float) and 0 <= part <= 1 for part in place)
    )


def _row(plain: dict[str, Any], where: str) -> Row:
    row = _made(Row, plain, where)
    if bool(row.text) == bool(row.image) or row.image not in ("", "logo"):
        raise SceneError(f'{where}: it has a text, or image = "logo".')
    if row.align not in ("left", "centre", "right"):
        raise SceneError(f"{where}: align is left, centre or right.")
    return row


_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "Align": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "float | None": (int, float),
}


def _made(kind: type[T], plain: dict[str, Any], where: str) -> T:
    known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
    for name, value in plain.items():
        if name not in known:
            raise SceneError(f"{where}: {name} is no word of it; known are {', '.join(sorted(known))}.")
        asked = _KINDS.get(str(known[name].type))
        if asked is not None and (not isinstance(value, asked) or (isinstance(value, bool) and bool not in asked)):
            raise SceneError(f"{where}: {name} is {value!r}, which is of another kind.")
        if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
            raise SceneError(f"{where}: {name} is below 0.")
    lacking = [name for name, one in known.items() if name not in plain and one.default is MISSING]
    if lacking:
        raise SceneError(f"{where}: {lacking[0]} is missing.")
    return kind(**plain)
