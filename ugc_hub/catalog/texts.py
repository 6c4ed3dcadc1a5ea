"""The words in an asset: those that can be seen, which a reader finds, and those that can be heard."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import AssetText

from .captions import is_track, spoken
from .describing import clean_words
from .view import load_shown

OCR, TRANSCRIPT = "ocr", "transcript"
KINDS = (OCR, TRANSCRIPT)
LONGEST = 100_000
"""Characters of one text: what is said in about two hours."""
LONGEST_TRACK = 300_000
"""Characters of a caption track, with its times and marks."""


@dataclass(frozen=True)
class TextView:
    """What can be read or heard in an asset; `confidence` (0..1) and `reader` are there where a program read it."""

    kind: str
    words: str
    language: str
    confidence: float | None
    reader: str
    by_hand: bool
    changed_at: datetime


def texts(hub: Hub, actor: Actor, asset_id: str) -> list[TextView]:
    """Return the words in an asset, at most one text of each kind; a kind that nobody has looked for is not there.

    Raises:
        LegalOrder: only legal and administrators may look at it.
        NotFound, Gone: as for `get`.
    """
    with hub.database.read() as session:
        load_shown(session, actor, asset_id)
        rows = session.scalars(select(AssetText).where(AssetText.asset_id == asset_id).order_by(AssetText.kind))
        return [_view(row) for row in rows]


def set_text(hub: Hub, actor: Actor, asset_id: str, kind: str, *, words: str, language: str = "") -> TextView:
    """Keep words that somebody has written down; from then on no reader changes them. Empty: there are none.

    Of a caption track (SubRip, WebVTT), given as a transcript, what is said in it is kept.

    Raises:
        Invalid: they are too long, or the language is no code of two letters.
        LegalOrder: only legal and administrators may look at the asset.
        NotFound: there is no such kind of words; and NotFound, Gone, Forbidden as for `get`.
    """
    if kind not in KINDS:
        raise NotFound(f"Words are of the kind {OCR} or {TRANSCRIPT}.")
    text = unicodedata.normalize("NFC", words).replace("\r\n", "\n").replace("\x00", "").strip()
    if kind == TRANSCRIPT and len(text) <= LONGEST_TRACK and is_track(text):
        text = spoken(text)
    if len(text) > LONGEST:
        raise Invalid(f"The words of an asset have at most {LONGEST:,} characters.", extra={"field": "words"})
    tongue = clean_words({"language": language})["language"]
    with hub.database.write() as session:
        hub.database.serialise(session, f"texts:{asset_id}")
        require(actor, "asset.edit", load_shown(session, actor, asset_id))
        row = session.get(AssetText, (asset_id, kind)) or AssetText(asset_id=asset_id, kind=kind)
        if (row.by_hand, row.words, row.language) != (True, text, tongue):
            row.words, row.language, row.by_hand = text, tongue, True
            row.confidence, row.reader, row.changed_at = None, "", hub.now()
            session.add(row)
            # Which, not what they say: words may name people, and an entry can never be erased.
            record(session, hub.now(), "asset.words_written", asset_id, actor=actor.user_id, text=kind)
        return _view(row)


def words_in(session: Session, ids: Collection[str]) -> Mapping[str, Mapping[str, str]]:
    """Return the words in some assets by id and kind, for the index; the caller leaves out what is hidden."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    wanted = select(AssetText.asset_id, AssetText.kind, AssetText.words).where(AssetText.asset_id.in_(list(ids)))
    for asset_id, kind, words in session.execute(wanted):
        found[asset_id][kind] = words
    return found


def _view(row: AssetText) -> TextView:
    known = (row.kind, row.words, row.language, row.confidence, row.reader, row.by_hand, row.changed_at)
    return TextView(*known)
