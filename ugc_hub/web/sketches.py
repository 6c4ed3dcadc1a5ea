"""Sketches of what a brand kit draws: the very boxes of a plan, as SVG, so that no picture is made for a look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ugc_hub.framing import Reason
from ugc_hub.framing.dressing import Outfit, dress
from ugc_hub.framing.kits import Dressing, Kit
from ugc_hub.hub import Hub
from ugc_hub.renditions.kitfiles import face_of
from workers.media.fonts import FAMILIES
from workers.media.layers import Overlay, is_file
from workers.media.shapes import Box, ImagePlan, Recipe
from workers.media.video.shapes import VideoPlan, VideoRecipe

WIDTH, HEIGHT = 1080, 1350
SAFE = Box(60, 80, 960, 1190)
_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_WHO = {"name": "Ana Müller", "handle": "@ana.bakes", "place": "Lisbon"}


@dataclass(frozen=True)
class Line:
    """One line of text, where it stands: `x` and the base line `y`."""

    text: str
    x: float
    y: float
    anchor: str
    length: int


@dataclass(frozen=True)
class Sketch:
    """A canvas with what is drawn on it, or why it cannot be."""

    title: str
    ground: str = ""
    overlays: tuple[Overlay, ...] = ()
    problem: str = ""


def lines_of(one: Overlay) -> list[Line]:
    """Return the lines of a text."""
    texts = one.text.split("\n")
    share = one.height / len(texts)
    anchor, x = {"left": ("start", 0.0), "centre": ("middle", one.width / 2), "right": ("end", one.width)}[one.align]
    return [
        Line(text, one.x + x, one.y + share * number + share * 0.72, anchor, one.width if len(texts) == 1 else 0)
        for number, text in enumerate(texts)
    ]


@dataclass(frozen=True)
class Sketches:
    """What a kit draws, on a picture and on its cards."""

    kit_id: str
    items: tuple[Sketch, ...]
    width: int = WIDTH
    height: int = HEIGHT


def sketched(hub: Hub, kit: Kit) -> Sketches:
    """Return sketches of a kit: a picture with everything on it, and each of its cards."""
    pieces = ["lower_third"]
    pieces += ["logo"] if kit.logo is not None else []
    pieces += ["call_to_action"] if kit.call_to_action else []
    outfit = Outfit(
        kit, Dressing(kit.id, tuple(pieces), **_WHO), "Ad", hub.settings.overlays_dir, partial(face_of, hub)
    )
    whole = Box(0, 0, WIDTH, HEIGHT)
    found = dress(ImagePlan(WIDTH, HEIGHT, whole, whole, Recipe("sketch", 1, "png")), outfit, SAFE)
    title = "On a picture"
    items = [
        Sketch(title, problem=found.sentence) if isinstance(found, Reason) else Sketch(title, overlays=found.overlays)
    ]
    for piece, words in (("intro", kit.intro), ("end", kit.end)):
        if words is not None:
            items.append(_card(outfit, piece))
    return Sketches(kit.id, tuple(items))


def _card(outfit: Outfit, piece: str) -> Sketch:
    title, whole = f"{piece.capitalize()} card", Box(0, 0, WIDTH, HEIGHT)
    plan = VideoPlan(WIDTH, HEIGHT, whole, whole, 0, 60, (30, 1), VideoRecipe("sketch", 1))
    found = dress(plan, replace(outfit, wish=Dressing(outfit.kit.id, (piece,)), label=""), SAFE)
    if isinstance(found, Reason):
        return Sketch(title, problem=found.sentence)
    card = found.intro if piece == "intro" else found.end
    return Sketch(title, card.colour, card.overlays) if card is not None else Sketch(title)


def drawable(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a typed kit can be drawn; the rest stays as the house has it."""
    right: dict[str, Any] = {}
    for name, value in body.items():
        if name in ("logo", "intro", "end"):
            right[name] = value if isinstance(value, Mapping) else None
        elif name == "templates":
            right[name] = value if isinstance(value, Mapping) else {}
        elif isinstance(value, str) and _fits(name, value):
            right[name] = value
    return right


def _fits(name: str, value: str) -> bool:
    if name in ("font", "bold_font"):
        return value in FAMILIES or is_file(value) or (name == "bold_font" and not value)
    return name in ("id", "name", "call_to_action") or bool(_COLOUR.match(value))
