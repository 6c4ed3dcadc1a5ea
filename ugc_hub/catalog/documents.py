"""Makes of the records what the index knows of assets, for many of them at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, case, func, select
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
from .sayings import NOTHING, sayings
from .texts import OCR, TRANSCRIPT, words_in

AT_ONCE = 1000
"""Assets of one call at most: some databases take few values in a statement."""
READ: Mapping[str, Callable[[str], Said]] = {"number": float, "date": date.fromisoformat, "choice": str, "yes_no": str}
"""By kind of a field: what it says, as the index takes it."""
FOR_EVER = 2**63 - 1
"""How a box says that it does not end."""


def documents(hub: Hub, session: Session, ids: Collection[str]) -> list[Document]:
    """Return what is to be found of some assets, in a fixed number of statements; none that was erased or trashed.

    What a legal order hides is found by its names and by nothing that tells what it shows.
    """
    rows = session.execute(_wanted(ids)).all()
    now = int(hub.now().timestamp() * 1000)
    situations = {row.clearance_id for row in rows if row.clearance_id is not None}
    ends, channels = _ends(session, situations), kept_channels(hub, session, situations)
    allowed = words_now(hub, session, situations)
    found = sayings(session, ids)
    said = {row.id: found.get(row.id, NOTHING) for row in rows}
    words = {one: {"tag": known.tags, "custom": _said(known.fields)} for one, known in said.items()}
    incomplete = {one for one, known in said.items() if any(field.missing for field in known.fields)}
    texts = words_in(session, [row.id for row in rows if not row.legal_order])
    return [
        replace(
            _document(
                row, (ends.get(row.clearance_id), now), words[row.id] | {"is": _states(row, row.id in incomplete)}
            ),
            fields=_countable(said[row.id].fields),
            ocr=texts.get(row.id, {}).get(OCR, ""),
            transcript=texts.get(row.id, {}).get(TRANSCRIPT, ""),
            channels=channels.get(row.clearance_id, ()),
            allowed=allowed.get(row.clearance_id, ()),
        )
        for row in rows
    ]


def _wanted(ids: Iterable[str]) -> Select[Any]:
    columns = (
        *(Asset.id, Asset.created_at, Asset.status, Asset.file_name, Asset.kind, Asset.creator_id),
        *(Asset.width, Asset.height, Asset.duration_s, Asset.facts["palette"].label("palette")),
        *(Asset.title, Asset.description, Asset.language, Creator.niche),
        *(Creator.handle, Creator.display_name, Campaign.name.label("campaign")),
        *(AssetRights.status.label("rights"), AssetRights.legal_order, AssetRights.has_audio),
        AssetClearance.clearance_id,
        # What is sent by a form counts as submitted when it is handed in, which may be never.
        case((SubmissionForm.submission_id.is_(None), Submission.created_at), else_=SubmissionForm.handed_in_at).label(
            "submitted_at"
        ),
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


def _document(row: Row[Any], end: tuple[int | None, int], words: Mapping[str, tuple[str, ...]]) -> Document:
    ends, now = end
    known: dict[str, float | None] = {
        "width": row.width,
        "height": row.height,
        "duration": row.duration_s,
        "expires": ends,
        "ending": ends if ends is not None and ends > now else None,
        "submitted": int(row.submitted_at.timestamp() * 1000) if row.submitted_at else None,
    }
    return Document(
        id=row.id,
        viewers=(row.creator_id,) if row.creator_id else (),
        created=int(row.created_at.timestamp() * 1000),
        title=" ".join(filter(None, (row.title, row.file_name))),
        description=row.description,
        language=row.language,
        creator_name=row.display_name or "",
        keywords={name: values for name, values in (*_keywords(row), *words.items()) if values},
        numbers={name: value for name, value in known.items() if value is not None},
        clearance=row.clearance_id,
    )


def _keywords(row: Row[Any]) -> Iterable[tuple[str, tuple[str, ...]]]:
    yield "kind", (row.kind,)
    yield "orientation", _orientation(row.width, row.height)
    yield "creator", (row.handle,) if row.handle else ()
    yield "niche", (row.niche,) if row.niche else ()
    yield "campaign", (row.campaign,) if row.campaign else ()
    yield "status", (row.status if row.status != "ready" else row.rights or "pending_review",)
    yield "colour", () if row.legal_order else tuple(row.palette or ())
    yield "has", ("audio",) if row.has_audio else ()


def _states(row: Row[Any], incomplete: bool) -> tuple[str, ...]:
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


def _orientation(width: int | None, height: int | None) -> tuple[str, ...]:
    if not width or not height:
        return ()
    return ("square",) if width == height else ("landscape",) if width > height else ("portrait",)
