"""Makes of the records what the index knows of assets, for many of them at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.licensing import kept_channels, words_now
from ugc_hub.models import (
    Asset,
    AssetClearance,
    AssetRights,
    Campaign,
    ClearanceBox,
    Creator,
    Submission,
    SubmissionForm,
)
from ugc_hub.search.documents import Document, Said

from .fields import FieldView
from .sayings import NOTHING, Sayings, sayings
from .texts import OCR, TRANSCRIPT, words_in

AT_ONCE = 1000
"""Assets of one call at most: some databases take few values in a statement."""
READ: Mapping[str, Callable[[str], Said]] = {"number": float, "date": date.fromisoformat, "choice": str, "yes_no": str}
"""By kind of a field: what it says, as the index takes it."""
WORDS = frozenset({"text", "choice"})
"""Kinds of fields that say something in words."""
FOR_EVER = 2**63 - 1
"""How a box says that it does not end."""


def documents(hub: Hub, session: Session, ids: Collection[str]) -> list[Document]:
    """Return what is to be found of some assets, in a fixed number of statements; none that was erased or trashed.

    What a legal order hides is found by its names (title, file, creator, campaign) and by nothing that tells what it
    shows: neither by colours and words in it nor by what people say of it.
    """
    rows = [_Read._make(row) for row in session.execute(_wanted(ids)).all()]
    shown = [row.id for row in rows if not row.legal_order]
    situations = {row.clearance_id for row in rows if row.clearance_id is not None}
    around = _Around(
        int(hub.now().timestamp() * 1000),
        _ends(session, situations),
        kept_channels(hub, session, situations),
        words_now(hub, session, situations),
        sayings(session, shown),
        words_in(session, shown),
    )
    return [_document(row, around) for row in rows]


class _Read(NamedTuple):
    """What is read of an asset in one statement: a row of the library gives its columns out at ten times the cost."""

    id: str
    created_at: datetime
    status: str
    file_name: str
    kind: str
    creator_id: str | None
    width: int | None
    height: int | None
    duration_s: float | None
    palette: list[str] | None
    title: str
    description: str
    language: str
    niche: str | None
    handle: str | None
    display_name: str | None
    campaign: str | None
    rights: str | None
    legal_order: bool | None
    has_audio: bool | None
    clearance_id: int | None
    submitted_at: datetime | None


class _Around(NamedTuple):
    """What is read of many assets at once."""

    now: int
    """In milliseconds since 1970."""
    ends: Mapping[int | None, int]
    channels: Mapping[int, tuple[str, ...]]
    allowed: Mapping[int, tuple[str, ...]]
    said: Mapping[str, Sayings]
    texts: Mapping[str, Mapping[str, str]]


def _wanted(ids: Iterable[str]) -> Select[Any]:
    columns = (
        *(Asset.id, Asset.created_at, Asset.status, Asset.file_name, Asset.kind, Asset.creator_id),
        *(Asset.width, Asset.height, Asset.duration_s, Asset.facts["palette"]),
        *(Asset.title, Asset.description, Asset.language, Creator.niche),
        *(Creator.handle, Creator.display_name, Campaign.name),
        *(AssetRights.status, AssetRights.legal_order, AssetRights.has_audio),
        AssetClearance.clearance_id,
        # What is sent by a form counts as submitted when it is handed in, which may be never.
        case((SubmissionForm.submission_id.is_(None), Submission.created_at), else_=SubmissionForm.handed_in_at),
    )
    shown = (Asset.status != "erased") & Asset.trashed_at.is_(None)
    wanted = select(*columns).where(Asset.id.in_(list(ids)), shown)
    wanted = wanted.outerjoin(Creator, Asset.creator_id == Creator.id)
    wanted = wanted.outerjoin(Campaign, Asset.campaign_id == Campaign.id)
    wanted = wanted.outerjoin(AssetRights, AssetRights.asset_id == Asset.id)
    wanted = wanted.outerjoin(Submission, Submission.id == Asset.submission_id)
    wanted = wanted.outerjoin(SubmissionForm, SubmissionForm.submission_id == Asset.submission_id)
    return wanted.outerjoin(AssetClearance, AssetClearance.asset_id == Asset.id)


def _ends(session: Session, numbers: Collection[int]) -> dict[int | None, int]:
    """Until when anything is allowed in some situations, in milliseconds since 1970; without those that do not end."""
    last = func.max(ClearanceBox.ends_at)
    wanted = select(ClearanceBox.clearance_id, last).where(ClearanceBox.clearance_id.in_(list(numbers)))
    wanted = wanted.group_by(ClearanceBox.clearance_id).having(last < FOR_EVER)
    return {number: end // 1000 for number, end in session.execute(wanted)} if numbers else {}


def _document(row: _Read, around: _Around) -> Document:
    number = row.clearance_id
    ends = around.ends.get(number)
    said, texts = around.said.get(row.id, NOTHING), around.texts.get(row.id, {})
    known: dict[str, float | None] = {
        "width": row.width,
        "height": row.height,
        "duration": row.duration_s,
        "expires": ends,
        "ending": ends if ends is not None and ends > around.now else None,
        "submitted": int(row.submitted_at.timestamp() * 1000) if row.submitted_at else None,
    }
    return Document(
        id=row.id,
        viewers=(row.creator_id,) if row.creator_id else (),
        created=int(row.created_at.timestamp() * 1000),
        title=" ".join(filter(None, (row.title, row.file_name))),
        description="" if row.legal_order else row.description,
        ocr=texts.get(OCR, ""),
        transcript=texts.get(TRANSCRIPT, ""),
        language=row.language,
        creator_name=row.display_name or "",
        keywords={name: values for name, values in _keywords(row, said).items() if values},
        numbers={name: value for name, value in known.items() if value is not None},
        fields=_countable(said.fields) if said.fields else {},
        said=_words(said.fields) if said.fields else (),
        clearance=number,
        channels=() if number is None else around.channels.get(number, ()),
        allowed=() if number is None else around.allowed.get(number, ()),
    )


def _keywords(row: _Read, said: Sayings) -> dict[str, tuple[str, ...]]:
    return {
        "kind": (row.kind,),
        "orientation": _orientation(row.width, row.height),
        "creator": (row.handle,) if row.handle else (),
        "niche": (row.niche,) if row.niche else (),
        "campaign": (row.campaign,) if row.campaign else (),
        "status": (row.status if row.status != "ready" else row.rights or "pending_review",),
        "colour": () if row.legal_order else tuple(row.palette or ()),
        "has": ("audio",) if row.has_audio else (),
        "tag": said.tags,
        "custom": _said(said.fields) if said.fields else (),
        "is": _states(row, said),
    }


def _states(row: _Read, said: Sayings) -> tuple[str, ...]:
    incomplete = any(field.missing for field in said.fields)
    return (*(("ready",) if row.status == "ready" else ()), *(("incomplete",) if incomplete else ()))


def _said(fields: Iterable[FieldView]) -> tuple[str, ...]:
    """What fields say, as it is asked for; a quotation mark cannot stand in a question."""
    values = ((one.name, one.value) for one in fields if one.value is not None)
    return tuple(f"{name}={value}".replace('"', " ") for name, value in values)


def _countable(fields: Iterable[FieldView]) -> dict[str, Said]:
    """Numbers, days and choices of fields; texts are only asked for."""
    found: dict[str, Said] = {}
    for one in fields:
        if one.value is not None and one.kind in READ:
            found[one.name] = READ[one.kind](one.value)
    return found


def _words(fields: Iterable[FieldView]) -> tuple[str, ...]:
    return tuple(one.value for one in fields if one.value is not None and one.kind in WORDS)


def _orientation(width: int | None, height: int | None) -> tuple[str, ...]:
    if not width or not height:
        return ()
    return ("square",) if width == height else ("landscape",) if width > height else ("portrait",)
