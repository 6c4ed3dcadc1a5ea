"""Music for versions of videos: which tracks have a file, and which of them may be used where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.catalog.view import load
from ugc_hub.errors import Invalid
from ugc_hub.framing import FilmChoice, Reason
from ugc_hub.hub import Hub
from ugc_hub.licensing import StatedUse, Use, ask_each, bounded
from ugc_hub.models import Track, TrackFile
from ugc_hub.rights import Decision
from workers.media.plans import AnyPlan
from workers.media.video.shapes import Bed

from .asking import by_title, channel_for
from .customs import all_presets

MOST = 200
"""Tracks that are offered; more are found by their id."""
_EDIT = frozenset({"audio_replace"})


@dataclass(frozen=True)
class Offer:
    """A track that can be laid under a video, or why it cannot."""

    track_id: str
    title: str
    usable: bool
    why: str = ""
    """In words, where it cannot be used; empty otherwise."""
    seconds: float | None = None


def offers(
    hub: Hub, actor: Actor, asset_id: str, preset_ids: Sequence[str], *, stated: StatedUse | None = None
) -> list[Offer]:
    """Return the tracks for versions of a video in some presets, those that may be used there first, by title.

    What is asked is whether the licence of the track allows it; whether the creator does is told with each version.

    Raises:
        NotFound: there is no such asset, or the actor may not see it.
        Forbidden: the actor may not see renditions.
        Invalid: what was stated of the use is no use at all.
    """
    require(actor, "rendition.view")
    known, use = all_presets(hub), stated or StatedUse()
    channels = {channel_for(known[one], use) for one in preset_ids if one in known}
    uses = [bounded(hub, actor, use.use(hub, one, _EDIT)) for one in sorted(filter(None, channels))]
    with hub.database.read() as session:
        load(session, actor, asset_id)
        rows = _with_files(session)
        found = [_offer(hub, session, asset_id, uses, row=row) for row in rows]
    return sorted(found, key=lambda one: (not one.usable, one.title.casefold(), one.track_id))


def _with_files(session: Session) -> list[tuple[Track, TrackFile]]:
    wanted = select(Track, TrackFile).join(TrackFile, TrackFile.track_id == Track.id).order_by(Track.title).limit(MOST)
    return [(track, file) for track, file in session.execute(wanted)]


def _offer(hub: Hub, session: Session, asset_id: str, uses: Sequence[Use], *, row: tuple[Track, TrackFile]) -> Offer:
    track, file = row
    why = _unready(file)
    if not why and uses:
        asked = [(asset_id, replace(one, beds=(track.id,))) for one in uses]
        said = (_about(session, answer, track) for _, answer in ask_each(hub, session, asked).pairs)
        why = next(filter(None, said), "")
    return Offer(track.id, track.title, not why, why, file.seconds)


def _unready(file: TrackFile | None) -> str:
    if file is None:
        return "It has no file. Send one on the page of music."
    if file.status == "refused":
        return file.message
    return "" if file.status == "ready" else "Its file is still being measured. Try again in a moment."


def _about(session: Session, answer: Decision, track: Track) -> str:
    """Return the first reason that is about a track, by its name; nothing where only others stand in the way."""
    for one in answer.reasons:
        if one.subject == track.id:
            named = by_title(session, one)
            return f"{named.sentence} {named.next_step}".strip()
    return ""


def looked_up(session: Session, film: FilmChoice) -> FilmChoice | Reason:
    """Return a choice with the file of its track, or the refusal of a track that has none."""
    if film.bed is None:
        return film
    track, file = session.get(Track, film.bed.track), session.get(TrackFile, film.bed.track)
    if track is None:
        return Reason("no_such_track", "There is no such track. Choose another.", "refusal")
    if file is None or file.status != "ready":
        return Reason("no_bed", f"\u201c{track.title}\u201d cannot be laid under it. {_unready(file)}", "refusal")
    return replace(film, bed=Bed(track.id, file.sha256))


def music_in(plans: Sequence[AnyPlan]) -> list[str]:
    """Return the SHA-256 of the files that plans lay under what they make."""
    beds = (getattr(plan, "bed", None) for plan in plans)
    return list(dict.fromkeys(bed.file for bed in beds if bed is not None))


def chosen(track_id: str, *, keep_voice: bool = False) -> dict[str, Any]:
    """Return what a form or a command says of music, as members of a `FilmChoice`.

    Raises:
        Invalid: a voice is to be kept over no music.
    """
    if keep_voice and not track_id:
        raise Invalid("Choose the music that the voice is kept over.", extra={"field": "bed"})
    return {"bed": Bed(track_id[:60]) if track_id else None, "keep_voice": keep_voice}
