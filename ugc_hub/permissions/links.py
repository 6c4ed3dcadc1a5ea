"""The secret addresses of requests: 128 bits each, kept only as a hash, and made again when a mail needs them.

A token is a keyed hash of the request's id, the purpose and a number, so that the worker that writes a reminder can
say the same address again, while whoever reads the database cannot.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.errors import Gone, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import RightsRequest

TOKEN_BYTES = 16
LONGEST_TOKEN = 64
SPENT = "This link is not valid. It may have been replaced by a newer one; look for the newest mail."


def token_of(hub: Hub, request_id: str, purpose: str, number: int) -> str:
    """Return the token of a request: for its answer (`ask`), or for taking permission back (`receipt`)."""
    words = f"rights request/{purpose}/{request_id}/{number}".encode()
    made = hmac.new(hub.secret, words, hashlib.sha256).digest()[:TOKEN_BYTES]
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def digest(token: str) -> str:
    """Return the SHA-256 of a token in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def address(hub: Hub, row: RightsRequest, purpose: str = "ask") -> str:
    """Return the address that answers a request, or takes permission back."""
    return f"{hub.settings.address}/{'w' if purpose == 'receipt' else 'r'}/{token_of(hub, row.id, purpose, row.links)}"


def by_token(hub: Hub, session: Session, token: str) -> tuple[RightsRequest, str]:
    """Return the request of a token, and what the token is for: `ask` or `receipt`.

    Raises:
        NotFound: no request has it.
        Gone: the time for an answer is over (`request_expired`), or nothing is asked any more (`request_withdrawn`);
            `extra["locale"]` is the language of whoever was asked.
    """
    found = digest(token[: LONGEST_TOKEN + 1])
    for purpose, column in (("ask", RightsRequest.token_sha256), ("receipt", RightsRequest.receipt_sha256)):
        row = session.scalar(select(RightsRequest).where(column == found))
        if row is not None:
            over = row.expires_at is not None and row.expires_at <= hub.now()
            if purpose == "ask" and (row.state == "expired" or (over and row.state == "sent")):
                words = "The time for an answer is over. Ask for a new link."
                raise Gone(words, code="request_expired", extra={"locale": row.locale})
            if row.state == "withdrawn" and row.version_id is None:
                words = "This request was taken back; nothing needs to be answered."
                raise Gone(words, code="request_withdrawn", extra={"locale": row.locale})
            return row, purpose
    raise NotFound(SPENT)


def own_page(hub: Hub, person_id: str) -> str:
    """Return the address at which a person sees where their content runs; it is only ever mailed to them."""
    tail = person_id.removeprefix("prs_")
    return f"{hub.settings.address}/m/{tail}.{_mark(hub, tail)}"


def person_of(hub: Hub, token: str) -> str:
    """Return the id of the person whose page a token opens.

    Raises:
        NotFound: the hub did not make it.
    """
    tail, _, mark = token.partition(".")
    if not token.isascii() or not hmac.compare_digest(mark, _mark(hub, tail)):
        raise NotFound("This link is not valid. Open it again from the mail, whole.")
    return f"prs_{tail}"


def _mark(hub: Hub, tail: str) -> str:
    made = hmac.new(hub.secret, f"own content/{tail}".encode(), hashlib.sha256).digest()[:TOKEN_BYTES]
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
