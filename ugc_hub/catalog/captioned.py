"""What keeps caption tracks: which of a language counts, and what they let be found.

Each source of a language has a track of its own, so that editing loses nothing of what was given. One of them counts:
it is burned in, goes along as a sidecar, and its words are found as the transcript, unless somebody wrote that by hand.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.audit import record
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetText, CaptionTrack
from workers.media.video.shapes import Cue, Span, SpokenCue

from .texts import LONGEST, TRANSCRIPT

GIVEN, EMBEDDED, HEARD, EDITED = SOURCES = ("given", "embedded", "heard", "edited")
MOST_TRACKS = 60
"""Of one video: languages times sources."""
READER = "captions"
"""Who wrote a transcript that consists of captions."""


@dataclass(frozen=True)
class Track:
    """What is to be kept of one language from one source."""

    language: str
    source: str
    cues: tuple[Cue, ...]
    reader: str = ""
    words: tuple[Cue, ...] = ()
    """Each word by itself, where the reader knows when it is said."""


def keep_track(hub: Hub, session: Session, asset: Asset, track: Track, *, actor: Actor) -> CaptionTrack:
    """Keep a track in the caller's transaction, which holds the lock of the asset's texts.

    What people give or edit counts from then on; what programs found only where nothing else does.
    """
    rows = rows_of(session, asset.id)
    row = next((one for one in rows if (one.language, one.source) == (track.language, track.source)), None)
    plain, words = _plain(track.cues), _plain(track.words) or None
    first = not any(one.counts for one in rows if one.language == track.language)
    counts = first or track.source in (GIVEN, EDITED)
    same = row is not None and (row.cues, row.words, row.reader) == (plain, words, track.reader)
    if row is not None and same and (row.counts or not counts):
        return row
    if row is None:
        if len(rows) >= MOST_TRACKS:
            raise Invalid(f"A video has at most {MOST_TRACKS} tracks. Remove one first.")
        row = CaptionTrack(asset_id=asset.id, language=track.language, source=track.source, version=0, counts=False)
    row.cues, row.words, row.version, row.reader = plain, words, row.version + 1, track.reader
    row.changed_by, row.changed_at = actor.user_id, hub.now()
    session.add(row)
    if counts:
        count(session, row)
    session.flush()
    record(session, hub.now(), "captions.kept", asset.id, actor=actor.user_id, cues=len(plain), **named(row))
    transcribe(hub, session, asset)
    return row


def cues_for(session: Session, asset_id: str, language: str | None = None) -> tuple[Cue, ...]:
    """Return what is said in a video, in a language: those captions that count, without what cannot be shown.

    `pt` finds `pt-BR` where there is nothing nearer, and the other way round. None: the language of the asset, else
    the one whose captions were there first. Nothing where there are none.
    """
    row = track_for(session, asset_id, language)
    return shown(_spoken(cues_of(row), _words_of(session, row))) if row is not None else ()


def _words_of(session: Session, row: CaptionTrack) -> list[Span]:
    """Return when words are said in the language of a track: heard once, and true of what was edited since."""
    heard = row if row.words else session.get(CaptionTrack, (row.asset_id, row.language, HEARD))
    spans = [Span(float(start), float(end)) for start, end, _ in (heard.words or [] if heard is not None else [])]
    return sorted(spans, key=lambda span: span.start_s + span.end_s)


def _spoken(cues: Iterable[Cue], words: Sequence[Span]) -> list[Cue]:
    """Return cues with those of the words of which more than half is said while they are shown."""
    middles = [(word.start_s + word.end_s) / 2 for word in words]
    found = []
    for cue in cues:
        first, last = bisect_left(middles, cue.start_s), bisect_left(middles, cue.end_s)
        said = tuple(words[first:last])
        found.append(SpokenCue(cue.start_s, cue.end_s, cue.text, said) if said else cue)
    return found


def track_for(session: Session, asset_id: str, language: str | None = None) -> CaptionTrack | None:
    """Return the track of which `cues_for` returns the cues."""
    rows = [row for row in rows_of(session, asset_id) if row.counts]
    wanted = language
    if language is None:
        asset = session.get(Asset, asset_id)
        wanted = asset.language if asset is not None else ""
    near = [row for row in rows if wanted and row.language.split("-")[0] == wanted.split("-")[0].lower()]
    exact = [row for row in near if row.language.lower() == (wanted or "").lower()]
    return next(iter([*exact, *near, *(rows if language is None else [])]), None)


def shown(cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """Return the cues that say something for a while."""
    return tuple(cue for cue in cues if cue.text.strip() and cue.end_s > cue.start_s)


def rows_of(session: Session, asset_id: str) -> Sequence[CaptionTrack]:
    """Return the tracks of an asset: by language, what counts before what does not."""
    wanted = select(CaptionTrack).where(CaptionTrack.asset_id == asset_id)
    order = (CaptionTrack.language, CaptionTrack.counts.desc(), CaptionTrack.source)
    return session.scalars(wanted.order_by(*order)).all()


def count(session: Session, row: CaptionTrack) -> None:
    """Let this track be the one that counts for its language."""
    for one in rows_of(session, row.asset_id):
        if one.language == row.language:
            one.counts = one is row
    row.counts = True


def named(row: CaptionTrack) -> dict[str, str]:
    """Return which track it is, not what it says: words may name people, and an entry can never be erased."""
    return {"language": row.language, "source": row.source}


def transcribe(hub: Hub, session: Session, asset: Asset) -> None:
    """Let the words of the captions that count be found as what is said, unless somebody wrote that down by hand."""
    text = session.get(AssetText, (asset.id, TRANSCRIPT))
    if text is not None and text.by_hand:
        return
    tracks = [row for row in rows_of(session, asset.id) if row.counts]
    if not tracks:
        if text is not None:
            session.delete(text)
        return
    words = "\n\n".join(" ".join(cue.text.replace("\n", " ") for cue in cues_of(row) if cue.text) for row in tracks)
    text = text or AssetText(asset_id=asset.id, kind=TRANSCRIPT)
    language = tracks[0].language.split("-")[0] if len(tracks) == 1 else ""
    text.words, text.language = words[:LONGEST], language if len(language) == 2 else ""
    readers = {row.reader for row in tracks if row.source == HEARD}
    text.reader = readers.pop() if len(readers) == 1 and len(tracks) == 1 else READER
    text.confidence, text.by_hand, text.changed_at = None, False, hub.now()
    session.add(text)


def _plain(cues: Iterable[Cue]) -> list[list[float | str]]:
    return [[cue.start_s, cue.end_s, cue.text] for cue in cues]


def cues_of(row: CaptionTrack) -> tuple[Cue, ...]:
    """Return the cues of a track."""
    return tuple(Cue(float(start), float(end), str(words)) for start, end, words in row.cues)
