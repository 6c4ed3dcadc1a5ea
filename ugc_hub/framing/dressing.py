"""`dress`: a plan, a brand's kit and words become the plan with everything that is drawn, or a refusal in words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from ugc_hub import templating
from ugc_hub.framing import laying, scenes
from ugc_hub.framing.kits import CARDS, HOUSE, NOTHING, PIECES, TEMPLATES, CardWords, Dressing, Kit
from ugc_hub.framing.laying import Canvas, DoesNotFit, Faces
from ugc_hub.framing.records import Reason
from workers.media import fonts
from workers.media.errors import MediaError
from workers.media.layers import Card, Overlay
from workers.media.shapes import Box, ImagePlan
from workers.media.video.shapes import AnimationPlan, Captions, VideoPlan

P = TypeVar("P", ImagePlan, VideoPlan, AnimationPlan)
COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_CAPTIONS_LEAST = 0.25
"""Of the height of the safe part: captions need so much room beside what is drawn."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufeff]")
"""Scripts that run from the right, or whose letters join: drawn letter by letter they would be wrong."""


def house_faces(font: str, bold: bool) -> fonts.Face:
    """Return the measures of a family of the house; raises `MediaError` for anything else."""
    return fonts.house_face(font, bold=bold)


@dataclass(frozen=True)
class Outfit:
    """A kit, what somebody wants of it, and the label that a duty asks for."""

    kit: Kit = HOUSE
    wish: Dressing = NOTHING
    label: str = ""
    own: Path | None = None
    """The folder of the house's own templates."""
    faces: Faces = house_faces

    def words(self, piece: str) -> dict[str, str]:
        """Return what a template may say."""
        card = self.card(piece) or CardWords()
        said = {
            "name": self.wish.name,
            "handle": self.wish.handle,
            "place": self.wish.place,
            "call_to_action": self.wish.call_to_action.strip() or self.kit.call_to_action,
            "title": card.title,
            "line": card.line,
            "label": self.label,
        }
        return {name: text.strip() for name, text in said.items()}

    def card(self, piece: str) -> CardWords | None:
        """Return what the card `intro` or `end` says; None where the kit has none."""
        return {"intro": self.kit.intro, "end": self.kit.end}.get(piece)


def dress(plan: P, outfit: Outfit, safe: Box) -> P | Reason:
    """Return the plan with what an outfit draws, all of it inside `safe` (pixels of the canvas), or why it cannot be.

    The label comes first, then the logo, and so on: what comes later takes what room is left. Cards are for videos;
    stills and animations leave them out. What an animation bears lies on all its pictures, because the first one has
    to carry the message. Captions move out of the way.
    """
    moving = isinstance(plan, VideoPlan)
    seconds = plan.frames * plan.rate[1] / plan.rate[0] if isinstance(plan, VideoPlan) else None
    canvas = Canvas(plan.width, plan.height, safe, outfit.kit, outfit.faces, seconds)
    wanted = [piece for piece in PIECES if piece in outfit.wish.pieces or (piece == "label" and outfit.label)]
    drawn: list[Overlay] = []
    try:
        for piece in wanted:
            drawn += _piece(canvas, outfit, piece) if piece not in CARDS else ()
        made: Any = replace(plan, overlays=(*plan.overlays, *drawn))
        if moving:
            cards = {piece: _card(made, outfit, piece, safe) for piece in wanted if piece in CARDS}
            made = _beside(replace(made, **cards), canvas)
    except DoesNotFit as error:
        return Reason(error.code, error.sentence, "refusal")
    except MediaError as error:
        return Reason(error.code, error.message, "refusal")
    except ValueError as error:
        return Reason("template_wrong", f"A template of an overlay cannot be used: {error}", "refusal")
    return _long(made) or made


def cards_s(outfit: Outfit) -> float:
    """Return how many seconds the chosen cards last together."""
    chosen = (outfit.card(piece) for piece in CARDS if piece in outfit.wish.pieces)
    return sum(card.seconds for card in chosen if card is not None)


def _piece(canvas: Canvas, outfit: Outfit, piece: str) -> tuple[Overlay, ...]:
    scene = _scene(outfit, piece)
    if not scene.panels:
        words = {"lower_third": "Say whom it names.", "call_to_action": "Write what it says."}.get(piece, "")
        raise DoesNotFit(f"{piece}_empty", f"Nothing stands in the {laying.named(piece)}. {words}".strip())
    return tuple(one for panel in scene.panels for one in laying.lay(canvas, panel, piece))


def _scene(outfit: Outfit, piece: str) -> scenes.Scene:
    name, words = outfit.kit.templates.get(piece, TEMPLATES[piece]), outfit.words(piece)
    odd = next((text for text in words.values() if _RIGHT_TO_LEFT.search(text)), None)
    if odd is not None:
        raise DoesNotFit("script_not_drawn", f"“{odd}” is in a script that overlays cannot be drawn in yet.")
    scene = scenes.read(templating.overlay(name, {"kit": outfit.kit, "words": words}, own=outfit.own), name)
    used = [scene.ground, *(panel.ground for panel in scene.panels)]
    used += [row.colour for panel in scene.panels for row in panel.rows if row.text]
    wrong = next((colour for colour in used if colour and not COLOUR.match(colour)), None)
    if wrong is not None:
        raise scenes.SceneError(f"{name}: {wrong} is no colour; write it as #rrggbb in small letters.")
    return scene


def _card(plan: VideoPlan, outfit: Outfit, piece: str, safe: Box) -> Card:
    words = outfit.card(piece)
    scene = _scene(outfit, piece)
    if words is None or not scene.panels:
        raise DoesNotFit(f"{piece}_empty", f"The brand kit has no {laying.named(piece)}. Write one, or leave it out.")
    ground = scene.ground or outfit.kit.ground
    canvas = Canvas(plan.width, plan.height, safe, outfit.kit, outfit.faces, None, ground)
    drawn = tuple(one for panel in scene.panels for one in laying.lay(canvas, panel, piece))
    # What discloses is seen for as long as anything is.
    label = tuple(replace(one, from_s=None, until_s=None) for one in plan.overlays if one.piece == "label")
    return Card(max(1, round(words.seconds * plan.rate[0] / plan.rate[1])), ground, (*drawn, *label))


def _beside(plan: VideoPlan, canvas: Canvas) -> VideoPlan:
    """Return the plan with its captions between what is drawn above and below."""
    captions = plan.captions
    if captions is None or not canvas.taken:
        return plan
    safe = captions.safe
    top, bottom, middle = safe.y, safe.y + safe.height, safe.y + safe.height / 2
    for one in canvas.taken:
        if one.box.y + one.box.height / 2 < middle:
            top = max(top, one.box.y + one.box.height)
        else:
            bottom = min(bottom, one.box.y)
    if bottom - top < _CAPTIONS_LEAST * safe.height:
        raise DoesNotFit("no_room_for_captions", "What is drawn leaves no room for the captions. Leave something out.")
    room = Box(safe.x, top, safe.width, bottom - top)
    return replace(plan, captions=Captions(captions.cues, room, captions.style))


def _long(plan: ImagePlan | VideoPlan | AnimationPlan) -> Reason | None:
    if not isinstance(plan, VideoPlan) or plan.max_s is None:
        return None
    lasts = plan.shown * plan.rate[1] / plan.rate[0]
    if lasts <= plan.max_s + 1e-6:
        return None
    sentence = (
        f"With its cards the version lasts {lasts:.1f} seconds, and the platform takes at most {plan.max_s:g}. "
        "Choose a shorter part, or leave a card out."
    )
    return Reason("too_long", sentence, "refusal")
