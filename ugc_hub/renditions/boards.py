"""What somebody sees of a video before anything is encoded: its facts, small pictures, captions and good parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ugc_hub.accounts import Actor, require
from ugc_hub.catalog.captioned import cues_for, rows_of
from ugc_hub.catalog.view import load, load_shown
from ugc_hub.errors import Conflict
from ugc_hub.framing.cutting import LENGTHS_S, Proposal, propose, spans
from ugc_hub.hub import Hub
from workers.media.video.shapes import Cue
from workers.queue.shapes import NORMAL

from .clips import ClipView, queue_clip, view_of


@dataclass(frozen=True)
class Board:
    """A video as it is planned with."""

    view: ClipView
    cues: tuple[Cue, ...] = ()
    """Its captions, in times of the clip: no version begins or ends inside one, or inside a word of one."""
    parts: Mapping[int, tuple[Proposal, ...]] = field(default_factory=dict)
    """The best parts of each usual length (seconds), the best first; none of lengths that the clip does not have."""
    languages: tuple[str, ...] = ()
    """In which there are captions."""


def storyboard(hub: Hub, actor: Actor, asset_id: str, language: str | None = None) -> Board:
    """Return what the storyboard of a video shows; without clip, cues and parts as long as it is being made ready.

    `language` is that of the cues; None: that of the asset.

    Raises:
        LegalOrder: only legal and administrators may look at it.
        NotFound: there is no such asset, or the actor may not see it.
        Forbidden: the actor may not see renditions.
    """
    require(actor, "rendition.view")
    with hub.database.read() as session:
        load_shown(session, actor, asset_id)
        found = view_of(session, asset_id)
        if found.clip is None:
            return Board(found)
        cues = cues_for(session, asset_id, language)
        spoken = sorted({row.language for row in rows_of(session, asset_id) if row.counts and row.cues})
    words = spans(cues)
    parts = {length: propose(found.clip, length, words=words) for length in LENGTHS_S}
    return Board(found, cues, {length: proposed for length, proposed in parts.items() if proposed}, tuple(spoken))


def prepare(hub: Hub, actor: Actor, asset_id: str) -> None:
    """Ask for the clip of a video that has none, or whose clip failed.

    Raises:
        NotFound: there is no such asset, or the actor may not see it.
        Forbidden: the actor may not ask for renditions.
        Conflict: it is no video, or it was not measured yet.
    """
    require(actor, "rendition.request")
    with hub.database.write() as session:
        asset = load(session, actor, asset_id)
        if asset.status != "ready" or asset.kind != "video":
            raise Conflict("Only a video that was measured can be made ready for versions.", code="not_a_video")
        hub.database.serialise(session, f"clip:{asset_id}")
        queue_clip(hub, session, asset_id, priority=NORMAL)
    hub.ring()
