"""What each preset makes of an asset, as its owner, its rights and somebody's choice would have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sqlalchemy.orm import Session

from ugc_hub import framing
from ugc_hub.catalog.captioned import cues_for
from ugc_hub.errors import Conflict
from ugc_hub.framing import AnyFraming, Choice, FilmChoice, Reason
from ugc_hub.hub import Hub
from ugc_hub.licensing import is_own
from ugc_hub.licensing.imprints import imprint_for, own_imprint
from ugc_hub.models import Asset, Creator
from ugc_hub.presets import Preset
from workers.media.shapes import MediaFacts, Point
from workers.media.video.shapes import Clip, Cue

from .beds import looked_up
from .clips import ClipNotReady, ClipView, ready_clip, view_of
from .dressing import beside_cards, dressed, made_room, outfit_for, spelled, with_cards
from .imprints import stamped
from .kitfiles import face_of

NO_FILM = FilmChoice()


@dataclass(frozen=True)
class Choices:
    """What somebody decided: of every picture, and of videos in general or one by one."""

    choice: Choice = field(default_factory=Choice)
    film: FilmChoice | None = None
    films: Mapping[str, FilmChoice] = field(default_factory=dict)
    """By preset, instead of `film`."""

    def of(self, preset: Preset, wish: Choice) -> FilmChoice:
        """Return what holds for a video of a preset, framed as `wish` says, else as it says itself."""
        film = self.films.get(preset.id) or self.film or NO_FILM
        own = film.framing
        changed = {
            name: getattr(own, name)
            for name in ("fit", "backdrop", "focal_point", "format", "kit")
            if getattr(self.choice, name) is None and getattr(own, name) is not None
        }
        return replace(film, framing=replace(wish, **changed, upscale=wish.upscale or own.upscale))


def clip_for(hub: Hub, session: Session, asset: Asset, presets: Sequence[Preset]) -> ClipView | ClipNotReady | None:
    """Return the clip that the presets need, or its refusal after asking for it; None where they need none."""
    return ready_clip(hub, session, asset) if _needs_clip(asset, presets) else None


def view_for(session: Session, asset: Asset, presets: Sequence[Preset]) -> ClipView | None:
    """Return how far the clip is that the presets need; None where they need none."""
    return view_of(session, asset.id) if _needs_clip(asset, presets) else None


def _needs_clip(asset: Asset, presets: Sequence[Preset]) -> bool:
    return asset.kind == "video" and asset.status == "ready" and any(map(framing.makes_of_clips, presets))


def framings_of(
    hub: Hub, session: Session, asset: Asset, *, presets: Sequence[Preset], choices: Choices, clip: ClipView | None
) -> list[AnyFraming]:
    """Return what each preset would make, or why nothing; `clip` is that of a video.

    Raises:
        Conflict: the asset was not measured yet.
    """
    if asset.status != "ready" or asset.facts is None:
        raise Conflict("The asset is still being looked at. Try again in a moment.", code="asset_not_ready")
    creator = session.get(Creator, asset.creator_id) if asset.creator_id else None
    by_hand = Point(asset.focal_x, asset.focal_y) if asset.focal_x is not None and asset.focal_y is not None else None
    own = is_own(session, asset.id)
    imprint = own_imprint(asset, creator, hub.settings.credit) if own else imprint_for(asset, creator)
    point = choices.choice.focal_point or by_hand
    wish = replace(choices.choice, focal_point=point, imprint=imprint)
    facts = MediaFacts.load(asset.facts)
    framings: list[AnyFraming] = []
    said: dict[str | None, tuple[Cue, ...]] = {}
    for preset in presets:
        film = choices.of(preset, wish)
        outfit = outfit_for(hub, session, film.framing.kit) if film.framing.kit is not None else None
        if facts.kind == "video" and framing.makes_of_clips(preset):
            if film.language not in said:
                said[film.language] = cues_for(session, asset.id, film.language)
            cues, known = said[film.language], looked_up(session, film) if preset.target.kind == "video" else film
            laid = known if isinstance(known, Reason) else with_cards(known, outfit, preset, clip)
            if isinstance(laid, Reason):
                framings.append(refused(preset, laid.code, laid.sentence))
                continue
            framed = _of_clip(clip, preset, laid, cues)
            if framed.reasons and framed.reasons[0].code == "too_short":
                longer = _of_clip(clip, beside_cards(preset, outfit), laid, cues)
                framed = longer if longer.plans else framed
            framed = made_room(framed, film, laid)
        else:
            framed = framing.plan(facts, preset, wish)
        framings.append(spelled(framed if outfit is None else dressed(framed, preset, outfit), partial(face_of, hub)))
    return [replace(framed, plans=tuple(stamped(plan) for plan in framed.plans)) for framed in framings]


def _of_clip(view: ClipView | None, preset: Preset, choice: FilmChoice, cues: Sequence[Cue]) -> AnyFraming:
    clip: Clip | None = view.clip if view is not None and view.status == "ready" else None
    if clip is not None and choice.captions and not cues:
        words = (
            f"There are no captions{f' in {choice.language}' if choice.language else ''}. Add some, or leave them out."
        )
        return refused(preset, "no_captions", words)
    if clip is not None:
        return framing.of_clip(clip, preset, choice, cues=cues)
    if view is not None and view.status == "failed" and view.code is not None:
        return refused(preset, view.code, view.message or "The video could not be prepared.")
    words = "The video is being prepared for its versions. Ask again in a moment."
    return refused(preset, ClipNotReady.code, words)


def refused(preset: Preset, code: str, sentence: str) -> AnyFraming:
    """Return the answer for a preset that makes nothing of an asset, with the reason."""
    return AnyFraming(preset.id, "refused", reasons=(Reason(code, sentence, "refusal"),))
