"""The answer by a link: what is shown, what was agreed to in exactly those words, and no more than was asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.accounts import SYSTEM
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Gone, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import keep_text
from ugc_hub.models import RightsRequest

from .granting import Said, write_grants
from .links import by_token, digest, token_of
from .people import called, clean
from .requesting import assets_of, post
from .scope import Choice, narrow
from .sealing import Trace, sealed
from .states import WORDS, locked, move
from .terms import text_of


@dataclass(frozen=True)
class Opened:
    """A request as whoever is asked sees it."""

    row: RightsRequest
    purpose: str
    """What the link is for: `ask` or `receipt`."""
    name: str
    asset_ids: list[str]
    text: str
    """The full text for all that is asked, or for what was accepted."""


@dataclass(frozen=True)
class Answer:
    """A yes: to what, by whom, after having seen which text."""

    choice: Choice
    name: str
    agreed: bool
    text_sha256: str


def opened(hub: Hub, token: str) -> Opened:
    """Return the request of a link, and note that it was shown.

    Raises:
        NotFound: the link is unknown or was replaced.
        Gone: the time is over, or the request was taken back.
    """
    with hub.database.read() as session:
        row, purpose = by_token(hub, session, token)
        found = Opened(
            row,
            purpose,
            called(hub, session, row),
            assets_of(session, row.id),
            text_of(hub, session, row, row.answer or row.asked),
        )
    if row.state == "sent" and row.seen_at is None:
        with hub.database.write() as session:
            seen = locked(hub, session, row.id)
            if seen.seen_at is None:
                seen.seen_at = hub.now()
                record(session, hub.now(), "rights_request.seen", row.id, text_sha256=text_digest(found.text))
    return found


def pictured(hub: Hub, token: str, number: int) -> str:
    """Return the id of the asset, counted from 0, that a request is about; only as long as it waits for an answer.

    Raises:
        NotFound: the link is unknown or was replaced, or there are not so many assets.
        Gone: the time is over, or the request was answered or taken back.
    """
    found = opened(hub, token)
    if found.purpose != "ask" or found.row.state != "sent":
        raise Gone(WORDS[found.row.state], code="answered")
    if not 0 <= number < len(found.asset_ids):
        raise NotFound("There is no such picture.")
    return found.asset_ids[number]


def preview(hub: Hub, token: str, choice: Choice) -> tuple[dict[str, Any], str]:
    """Return what is left of a request after a choice, and the full text for exactly that.

    Raises:
        Invalid: see `scope.narrow`.
        Conflict: it was answered already.
        NotFound, Gone: see `opened`.
    """
    with hub.database.read() as session:
        row = _asked(hub, session, token)
        scope = narrow(row.asked, choice, hub.now())
        return scope, text_of(hub, session, row, scope)


def text_digest(text: str) -> str:
    """Return the SHA-256 under which a text is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def accept(hub: Hub, token: str, answer: Answer, trace: Trace) -> RightsRequest:
    """Write what was agreed to: the text, the grants, the evidence; and mail a receipt.

    Raises:
        Invalid: no name, no tick, or more than was asked (code `wider_than_asked`); nothing is written.
        Conflict: it was answered already, or the text is not the one that was shown (code `text_changed`).
        NotFound, Gone: see `opened`.
    """
    name = clean(answer.name, 200).replace("\n", " ")
    if not name:
        raise Invalid("Type your name.", extra={"field": "name"})
    if not answer.agreed:
        raise Invalid("Tick the box to agree.", extra={"field": "agreed"})
    scope, text = preview(hub, token, answer.choice)
    _same_text(text, answer.text_sha256)
    keep_text(hub, text)
    with hub.database.write() as session:
        row = _asked(hub, session, token, lock=True)
        _same_text(text_of(hub, session, row, scope), answer.text_sha256)
        row.answer, row.answered_at = scope, hub.now()
        move(hub, session, row, "answered", actor=SYSTEM, narrowed=scope != row.asked, text_sha256=answer.text_sha256)
        said = Said(scope, name, answer.text_sha256, trace)
        grants = write_grants(hub, session, row, said)
        row.receipt_sha256 = digest(token_of(hub, row.id, "receipt", row.links))
        move(hub, session, row, "granted", actor=SYSTEM, grants=grants)
        post(hub, session, row, "receipt")
    hub.ring()
    return row


def decline(hub: Hub, token: str, words: str, trace: Trace) -> RightsRequest:
    """Keep a no, with the words that came with it.

    Raises:
        Conflict: it was answered already.
        NotFound, Gone: see `opened`.
    """
    with hub.database.write() as session:
        row = _asked(hub, session, token, lock=True)
        row.words, row.answered_at = clean(words, 2000), hub.now()
        move(hub, session, row, "answered", actor=SYSTEM, trace=sealed(hub, session, row, trace))
        move(hub, session, row, "declined", actor=SYSTEM)
    return row


def _asked(hub: Hub, session: Session, token: str, *, lock: bool = False) -> RightsRequest:
    """Return the request that a link may still answer."""
    row, purpose = by_token(hub, session, token)
    if lock:
        locked(hub, session, row.id)
        row, purpose = by_token(hub, session, token)
    if purpose != "ask" or row.state != "sent":
        raise Conflict(WORDS[row.state], code="wrong_state", extra={"state": row.state})
    return row


def _same_text(text: str, sha256: str) -> None:
    if text_digest(text) != sha256:
        words = "The text is not the one that was shown. Read it again, and then agree."
        raise Conflict(words, code="text_changed")


def accepted(row: RightsRequest) -> Mapping[str, Any]:
    """Return the uses of a request as they stand: those accepted, or those asked."""
    return row.answer or row.asked
