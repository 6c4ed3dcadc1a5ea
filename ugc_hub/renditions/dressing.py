"""Dresses plans in a brand's kit, and in the label that a duty asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.errors import Invalid
from ugc_hub.framing import AnyFraming, FilmChoice, Reason
from ugc_hub.framing.dressing import Outfit, cards_s, dress
from ugc_hub.framing.filming import safe_of
from ugc_hub.framing.kits import HOUSE, NOTHING, PIECES, Dressing, Kit
from ugc_hub.framing.laying import Faces
from ugc_hub.hub import Hub
from ugc_hub.presets import Preset
from workers.media.errors import MediaError
from workers.media.fonts import letters_missing, unseen
from workers.media.layers import Card, is_file
from workers.media.legible import opaque_enough
from workers.media.plans import AnyPlan
from workers.media.shapes import Box, ImagePlan
from workers.media.video.rungs import LadderPlan
from workers.media.video.shapes import AnimationPlan, Captions, CaptionStyle, VideoPlan

from .asking import Asked
from .brands import kit_in
from .clips import ClipView
from .imprints import stamped
from .kitfiles import face_of

IN_PICTURE = "in the picture"
"""How a place begins where the words of an installation ask for the label in the content itself."""
_SOURCE = "material_connection"
_MOST_SIGNS = 80


def outfit_for(hub: Hub, session: Session, wish: Dressing | None, label: str = "") -> Outfit:
    """Return the kit in force that somebody wants, or that of the house where nobody chose one.

    Raises:
        UnknownKit: there is no kit of this id.
        Invalid: a piece is unknown, or a text is too long.
    """
    own, faces = hub.settings.overlays_dir, partial(face_of, hub)
    if wish is None:
        return Outfit(HOUSE, NOTHING, label, own, faces)
    unknown = [piece for piece in wish.pieces if piece not in PIECES or piece == "label"]
    if unknown:
        known = ", ".join(piece for piece in PIECES if piece != "label")
        raise Invalid(f"There is no piece {unknown[0][:40]}; choose {known}.", extra={"field": "pieces"})
    for name in ("name", "handle", "place", "call_to_action"):
        text = getattr(wish, name)
        if len(text) > _MOST_SIGNS or not text.isprintable():
            raise Invalid(
                f"Write at most {_MOST_SIGNS} signs in one line, none of them invisible.", extra={"field": name}
            )
    return Outfit(kit_in(session, wish.kit).kit, wish, label, own, faces)


def dressed(framed: AnyFraming, preset: Preset, outfit: Outfit) -> AnyFraming:
    """Return a framing whose plans bear what an outfit draws; refused where one cannot."""
    made: list[AnyPlan] = []
    reasons = framed.reasons
    for plan in framed.plans:
        found = _one(plan, preset, outfit)
        if isinstance(found, Reason) and found.severity == "refusal":
            refused = (found, *framed.reasons)
            return replace(framed, outcome="refused", plans=(), reasons=refused, crop=None, covered=())
        if isinstance(found, Reason):
            framed, reasons = replace(framed, outcome="warned"), (*reasons, found)
        made.append(plan if isinstance(found, Reason) else found)
    if outfit.label and made:
        sentence = f"The label “{outfit.label}” is drawn on it: the use has to be disclosed in the content."
        reasons = (*reasons, Reason("label_drawn", sentence, "advice"))
    return replace(framed, plans=tuple(made), reasons=reasons)


def _one(plan: AnyPlan, preset: Preset, outfit: Outfit) -> AnyPlan | Reason:
    if isinstance(plan, ImagePlan):
        return dress(replace(plan, overlays=()), outfit, safe_of(preset, plan.width, plan.height))
    if isinstance(plan, AnimationPlan):
        return dress(replace(plan, overlays=()), outfit, safe_of(preset, plan.width, plan.height))
    if isinstance(plan, VideoPlan):
        safe = safe_of(preset, plan.width, plan.height)
        try:
            captions = _captions(plan, outfit, safe)
        except MediaError as error:  # a file of the kit is gone
            return Reason(error.code, error.message, "refusal")
        return dress(replace(plan, overlays=(), intro=None, end=None, captions=captions), outfit, safe)
    return _stream(plan, preset, outfit)


def _stream(plan: LadderPlan, preset: Preset, outfit: Outfit) -> LadderPlan | Reason:
    """Dress the largest size as a film; cards last an even number of pictures, because some sizes show every second."""
    if plan.whole is None:
        return Reason("kit_not_drawn", "It is not known how fast the video is. Ask for the version again.", "refusal")
    rate = Fraction(plan.whole.frames / plan.whole.seconds).limit_denominator(1001)
    found = _one(plan.canvas((rate.numerator, rate.denominator)), preset, outfit)
    if not isinstance(found, VideoPlan):
        return found if isinstance(found, Reason) else plan
    intro, end = _even(found.intro), _even(found.end)
    return replace(plan, captions=found.captions, overlays=found.overlays, intro=intro, end=end)


def _even(card: Card | None) -> Card | None:
    return replace(card, frames=max(2, card.frames // 2 * 2)) if card is not None else None


def _captions(plan: VideoPlan, outfit: Outfit, safe: Box) -> Captions | None:
    """Return captions where they lay before anything was drawn, in the kit's look unless somebody chose another."""
    if plan.captions is None:
        return None
    kit, style = outfit.kit, plan.captions.style
    if kit.id and style == CaptionStyle():
        font = _letters(kit, style, outfit.faces, {sign for cue in plan.captions.cues for sign in cue.text})
        words, box = kit.captions_words, kit.captions_ground
        opacity = opaque_enough(words, box, style.box_opacity)
        style = replace(style, colour=words, box=box, box_opacity=opacity, font=font)
    return replace(plan.captions, safe=safe, style=style)


def spelled(framed: AnyFraming, faces: Faces) -> AnyFraming:
    """Return a framing, refused where captions would be burned in by a font that lacks letters of theirs.

    What a font that only workers have lacks is told by them.
    """
    for plan in framed.plans:
        captions = plan.captions if isinstance(plan, VideoPlan | LadderPlan) else None
        missing = _missing(captions, faces) if captions is not None else None
        if missing is not None:
            refused = (Reason(missing.code, missing.message, "refusal"), *framed.reasons)
            return replace(framed, outcome="refused", plans=(), reasons=refused, crop=None, covered=())
    return framed


def _missing(captions: Captions, faces: Faces) -> MediaError | None:
    font, own = captions.style.font, is_file(captions.style.font)
    try:
        found = faces(font, captions.style.bold)
    except MediaError as error:
        return error if own else None
    named = "the font of the brand kit" if own else f"the font {font}"
    return letters_missing(found, named, (cue.text for cue in captions.cues))


def _letters(kit: Kit, style: CaptionStyle, faces: Faces, said: Collection[str]) -> str:
    """Return the font of a kit, or that of the house where the kit's lacks a letter that one has, or has no name."""
    own = (kit.bold_font if style.bold else "") or kit.font
    if not is_file(own):
        return own
    seen = "".join(sign for sign in said if not unseen(sign))
    found = faces(own, False)
    if not found.family:
        return style.font
    return style.font if found.lacking(seen) and not faces(style.font, style.bold).lacking(seen) else own


def with_cards(film: FilmChoice, outfit: Outfit | None, preset: Preset, view: ClipView | None) -> FilmChoice | Reason:
    """Return the choice with room for the cards, where nobody chose a length and the platform takes no longer one.

    It is refused where the cards leave no room at all. Animations bear none, and last as long as an animation does.
    """
    most, clip = preset.target.duration.max, view.clip if view is not None else None
    spare = cards_s(outfit) if outfit is not None and preset.target.kind == "video" else 0.0
    if not spare or most is None or clip is None:
        return film
    if most - spare < 1 / clip.frame_rate:
        sentence = (
            f"The cards alone take as long as the platform allows: {spare:g} seconds, and it takes at most {most:g}. "
            "Leave a card out, or make them shorter in the brand kit."
        )
        return Reason("too_long", sentence, "refusal")
    left = clip.duration_s - (film.start_s or 0.0)
    return film if film.seconds is not None or left + spare <= most else replace(film, seconds=most - spare)


def made_room(framed: AnyFraming, chosen: FilmChoice, laid: FilmChoice) -> AnyFraming:
    """Return a framing that tells that a part was left out for the sake of cards, where one was; see `with_cards`."""
    if chosen.seconds == laid.seconds or framed.start_s is None or framed.seconds is None:
        return framed
    start, end = framed.start_s, framed.start_s + framed.seconds
    sentence = (
        f"Only the part from {start:.1f} to {end:.1f} s is shown: with its cards it is as long as the platform takes."
    )
    return replace(framed, reasons=(*framed.reasons, Reason("shortened", sentence, "advice")))


def beside_cards(preset: Preset, outfit: Outfit | None) -> Preset:
    """Return the preset with the least length that is left for the part of a video: its cards count as well."""
    target = preset.target
    if outfit is None or target.kind != "video" or target.duration.min is None:
        return preset
    least = max(0.0, target.duration.min - cards_s(outfit))
    return replace(preset, target=replace(target, duration=replace(target.duration, min=least)))


def labelled(hub: Hub, session: Session, asked: Asked, pair: tuple[Preset, Dressing | None]) -> Asked:
    """Return an answer whose plans bear the label that the duties of the use ask for, or is refused where it cannot be.

    `pair` is the preset, and what somebody wants of a kit.
    """
    preset, wish = pair
    framed = asked.framing
    if not framed.plans:
        return asked
    moving = isinstance(framed.plans[0], VideoPlan | LadderPlan)
    label = label_in(asked.told.get("duties", ()), moving=moving)
    if not label:
        return asked
    made = dressed(framed, preset, outfit_for(hub, session, wish, label))
    return replace(asked, framing=replace(made, plans=tuple(stamped(plan) for plan in made.plans)))


def label_in(duties: Sequence[Mapping[str, Any]], *, moving: bool) -> str:
    """Return the label that duties ask for in the content itself; empty where they ask for none.

    What is seen has to be disclosed where it is seen (16 CFR 255), and a video travels without the text around it:
    a video bears the words of every disclosure of a material connection. A still stands beside its text, which may
    bear them, unless the words of the installation place them `in the picture`.
    """
    found: list[str] = []
    for duty in duties:
        if duty.get("duty") != "disclose" or duty.get("kind") != _SOURCE:
            continue
        places = duty.get("placements") or {}
        for country, label in sorted((duty.get("labels") or {}).items()):
            if moving or str(places.get(country, "")).lower().startswith(IN_PICTURE):
                found.append(str(label))
    return " · ".join(dict.fromkeys(found))
