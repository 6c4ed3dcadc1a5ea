"""Caption tracks of a video: given, embedded, heard or edited; which of them counts, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from math import isfinite

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, CaptionTrack
from workers.media.video import cues as writing
from workers.media.video.cues import LATEST_S, LONGEST_CUE, Fault, Unreadable
from workers.media.video.shapes import Cue

from .captioned import EDITED, GIVEN, Track, count, cues_of, keep_track, named, rows_of, transcribe
from .tongues import UNKNOWN, decoded, tag_of
from .view import load_shown


@dataclass(frozen=True)
class CaptionView:
    """One track; `reader` is there where a program heard it. Cues are in the order of their beginnings."""

    asset_id: str
    language: str
    source: str
    cues: tuple[Cue, ...]
    version: int
    counts: bool
    reader: str
    changed_by: str | None
    changed_at: datetime
    duration_s: float | None = None
    """Of the video."""

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with it, in words."""
        return writing.faults(self.cues, self.duration_s)


def list_captions(hub: Hub, actor: Actor, asset_id: str) -> list[CaptionView]:
    """Return the tracks of an asset; of each language the one that counts comes first.

    Raises:
        LegalOrder: only legal and administrators may look at it.
        NotFound, Gone: as for `get`.
    """
    with hub.database.read() as session:
        asset = load_shown(session, actor, asset_id)
        return [_view(row, asset) for row in rows_of(session, asset_id)]


def get_captions(hub: Hub, actor: Actor, asset_id: str, language: str, *, source: str = "") -> CaptionView:
    """Return one track of a language: of a source, else the one that counts.

    Raises:
        NotFound: there is none; else as `list_captions`.
    """
    with hub.database.read() as session:
        asset = load_shown(session, actor, asset_id)
        return _view(_found(session, asset_id, language, source), asset)


def read_captions(data: bytes | str, language: str = UNKNOWN) -> tuple[Cue, ...]:
    """Return the cues of a SubRip or WebVTT file in whatever encoding.

    Raises:
        Invalid: it is none; the message names the line.
    """
    try:
        return writing.read(data if isinstance(data, str) else decoded(data, language))
    except Unreadable as error:
        raise Invalid(str(error), extra={"field": "track", "line": error.line}) from error


def add_captions(hub: Hub, actor: Actor, asset_id: str, data: bytes | str, *, language: str) -> CaptionView:
    """Keep a SubRip or WebVTT file as the track that was given for a language; from then on it counts.

    Raises:
        Invalid: it cannot be read, the language is none, or the asset is no video.
        Conflict: the video is not measured yet.
        LegalOrder, NotFound, Gone, Forbidden: as for `set_text`.
    """
    tag = tag_of(language)
    said = read_captions(data, tag)
    with hub.database.write() as session:
        asset = editable(hub, session, actor, asset_id)
        row = keep_track(hub, session, asset, Track(tag, GIVEN, said), actor=actor)
        return _view(row, asset)


def edit_captions(
    hub: Hub, actor: Actor, asset_id: str, language: str, *, cues: Iterable[Cue], seen: tuple[str, int] | None = None
) -> CaptionView:
    """Keep cues as they were edited; they count from then on, and the track that they came from stays.

    `seen` is the source and version that they were made of.

    Raises:
        Invalid: a time or a text is none; else as `add_captions`.
        Conflict: somebody has changed them meanwhile, or they were made of a track that does not count.
    """
    tag, said = tag_of(language), _cleaned(cues)
    with hub.database.write() as session:
        asset = editable(hub, session, actor, asset_id)
        known = next((row for row in rows_of(session, asset_id) if row.language == tag and row.counts), None)
        if seen is not None and known is not None and seen != (known.source, known.version):
            words = (
                "Somebody has changed these captions meanwhile, or uses others. Load them again, and use them first."
            )
            raise Conflict(words, code="captions_changed")
        row = keep_track(hub, session, asset, Track(tag, EDITED, said), actor=actor)
        return _view(row, asset)


def choose_captions(hub: Hub, actor: Actor, asset_id: str, language: str, *, source: str) -> CaptionView:
    """Let the track of a source be the one that counts for its language.

    Raises:
        NotFound: there is none; else as `add_captions`.
    """
    with hub.database.write() as session:
        asset = editable(hub, session, actor, asset_id)
        row = _found(session, asset_id, language, source)
        if not row.counts:
            count(session, row)
            record(session, hub.now(), "captions.chosen", asset_id, actor=actor.user_id, **named(row))
            transcribe(hub, session, asset)
        return _view(row, asset)


def remove_captions(hub: Hub, actor: Actor, asset_id: str, language: str, *, source: str = "") -> None:
    """Remove one track of a language, or all; of those that stay the newest counts.

    Raises:
        NotFound: there is none; else as `add_captions`.
    """
    with hub.database.write() as session:
        asset = editable(hub, session, actor, asset_id)
        tag = _found(session, asset_id, language, source).language
        rows = [row for row in rows_of(session, asset_id) if row.language == tag]
        gone = [row for row in rows if source in ("", row.source)]
        for row in gone:
            record(session, hub.now(), "captions.removed", asset_id, actor=actor.user_id, **named(row))
            session.delete(row)
        left = [row for row in rows if row not in gone]
        if left and not any(row.counts for row in left):
            count(session, max(left, key=lambda row: row.changed_at))
        session.flush()
        transcribe(hub, session, asset)


def _cleaned(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    kept = []
    for number, cue in enumerate(cues, start=1):
        if not all(isfinite(one) and 0 <= one < LATEST_S for one in (cue.start_s, cue.end_s)):
            raise Invalid(f"Caption {number} has no time such as 00:01.500.", extra={"field": "cues", "cue": number})
        if len(cue.text) > LONGEST_CUE:
            raise Invalid(f"Caption {number} is longer than {LONGEST_CUE:,} signs.", extra={"cue": number})
        lines = (" ".join(line.replace("\x00", "").split()) for line in cue.text.splitlines())
        text = "\n".join(line for line in lines if line)
        kept.append(Cue(round(cue.start_s, 3), round(cue.end_s, 3), text))
    if len(kept) > writing.MOST_CUES:
        raise Invalid(f"There are more than {writing.MOST_CUES:,} captions. Split the video and its captions.")
    return tuple(sorted(kept, key=lambda cue: (cue.start_s, cue.end_s)))


def editable(hub: Hub, session: Session, actor: Actor, asset_id: str) -> Asset:
    """Return a video whose captions the actor may change, with the lock of its texts held until the commit.

    Raises: as `add_captions`.
    """
    # The lock of its texts: an erasure takes the same.
    hub.database.serialise(session, f"texts:{asset_id}")
    asset = load_shown(session, actor, asset_id)
    require(actor, "asset.edit", asset)
    if asset.status != "ready":
        raise Conflict("The file is still being measured. Wait until it is ready.", code="not_ready")
    if asset.kind != "video":
        raise Invalid("Captions belong to videos; this is none.", code="no_video")
    return asset


def _found(session: Session, asset_id: str, language: str, source: str) -> CaptionTrack:
    tag = tag_of(language)
    for row in rows_of(session, asset_id):
        if row.language == tag and (row.source == source if source else row.counts):
            return row
    raise NotFound(f"There are no captions in {tag}{f' that were {source}' if source else ''}.")


def _view(row: CaptionTrack, asset: Asset) -> CaptionView:
    return replace(
        CaptionView(
            row.asset_id,
            row.language,
            row.source,
            cues_of(row),
            row.version,
            row.counts,
            row.reader,
            row.changed_by,
            row.changed_at,
        ),
        duration_s=asset.duration_s,
    )
