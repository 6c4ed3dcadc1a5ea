"""Writes the mails of requests and codes; the worker sends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import roles
from ugc_hub.errors import Gone
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, PlatformCode, RightsRequest, User

from .links import address, own_page
from .people import addressee
from .terms import text_of, values_of
from .wording import fill, phrase


@dataclass(frozen=True)
class Letter:
    """One mail, ready to be sent."""

    to: str
    subject: str
    body: str


def write(hub: Hub, session: Session, payload: Mapping[str, Any]) -> list[Letter]:
    """Return the mails that a job asks for; none where what they are about has changed meanwhile."""
    if payload.get("letter") == "code_ending":
        return _code(hub, session, str(payload["code_id"]), int(payload["days"]))
    row = session.get(RightsRequest, str(payload["request_id"]))
    if row is None or row.links != payload["link"]:
        return []
    kind = str(payload["letter"])
    if row.state not in _WHILE.get(kind, {"sent"}):
        return []
    try:
        _, to = addressee(hub, session, row)
    except Gone:
        return []
    if not to:
        return []
    letter = _WRITERS.get(kind, _request)(hub, session, row, to)
    if kind == "reminder":
        return [Letter(to, phrase("mail", "reminder", row.locale, subject=letter.subject), letter.body)]
    return [letter]


def _request(hub: Hub, session: Session, row: RightsRequest, to: str) -> Letter:
    values = {**values_of(hub, session, row, row.asked), "link": address(hub, row)}
    return Letter(to, _line(fill(row.subject, values)), fill(row.message, values))


def _receipt(hub: Hub, session: Session, row: RightsRequest, to: str) -> Letter:
    scope = row.answer or row.asked
    values = values_of(hub, session, row, scope)
    link = address(hub, row, "receipt")
    body = phrase("mail", "receipt_body", row.locale, link=link, text=text_of(hub, session, row, scope), **values)
    if row.role == "creator" and row.person_id:
        body += "\n" + phrase("mail", "receipt_mine", row.locale, link=own_page(hub, row.person_id))
    return Letter(to, _line(phrase("mail", "receipt", row.locale, brand=values["brand"])), body)


def _withdrawn(hub: Hub, session: Session, row: RightsRequest, to: str) -> Letter:
    values = values_of(hub, session, row, row.answer or row.asked)
    body = phrase("mail", "withdrawn_body", row.locale, link=address(hub, row, "receipt"), **values)
    return Letter(to, _line(phrase("mail", "withdrawn", row.locale, brand=values["brand"])), body)


_WHILE: Mapping[str, frozenset[str]] = {
    "receipt": frozenset({"granted"}),
    "withdrawn": frozenset({"granted", "withdrawn"}),
}
"""The states in which a letter is still true; those not named need a request that waits."""
_WRITERS: Mapping[str, Callable[[Hub, Session, RightsRequest, str], Letter]] = {
    "receipt": _receipt,
    "withdrawn": _withdrawn,
}


def _code(hub: Hub, session: Session, code_id: str, days: int) -> list[Letter]:
    row = session.get(PlatformCode, code_id)
    if row is None or row.remote_state != "valid":
        return []
    asset = session.get(Asset, row.asset_id)
    values = {
        "days": str(days),
        "platform": phrase("parts", row.platform, "en"),
        "post": row.post_id,
        "file": asset.file_name if asset else "",
        "link": f"{hub.settings.address}/rights/codes",
    }
    subject = _line(phrase("mail", "code_ending", "en", **values))
    body = phrase("mail", "code_ending_body", "en", **values)
    return [Letter(to, subject, body) for to in _keepers(session, row)]


def _keepers(session: Session, row: PlatformCode) -> list[str]:
    """Return whom the end of a code concerns: who recorded it, or all who ask for rights."""
    recorder = session.get(User, row.created_by) if row.created_by else None
    if recorder is not None and recorder.disabled_at is None:
        return [recorder.email]
    asking = [name for name, role in roles().items() if role.actions & {"*", "rights.request"}]
    rows = select(User.email).where(User.role.in_(asking), User.disabled_at.is_(None)).order_by(User.email)
    return list(session.scalars(rows))


def _line(text: str) -> str:
    """Return a text as one line, for a header."""
    return " ".join(text.split())[:250]
