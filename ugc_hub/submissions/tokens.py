"""Addresses that need no account: a token says which thing it is for, and a signature that the hub made it."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

from ugc_hub.errors import NotFound
from ugc_hub.hub import Hub

BODY = 22
"""Characters of the random part of a submission link: 132 bits."""
PREFIXES = {"form": "sub", "confirm": "sub", "withdraw": "cns", "guardian": "cns"}


def _mac(hub: Hub, purpose: str, text: str, characters: int = BODY) -> str:
    mac = hmac.new(hub.secret, f"ugc-hub {purpose}:{text}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(mac).decode()[:characters]


def sign(hub: Hub, purpose: str, thing_id: str) -> str:
    """Return the token of one thing for one purpose; it is not stored, and good for nothing else."""
    tail = thing_id.partition("_")[2]
    return f"{tail}.{_mac(hub, purpose, tail)}"


def read(hub: Hub, purpose: str, token: str) -> str:
    """Return the id of the thing that a token is for.

    Raises:
        NotFound: the hub did not make it, or for another purpose.
    """
    tail, _, mac = token.partition(".")
    if not token.isascii() or not hmac.compare_digest(mac, _mac(hub, purpose, tail)):
        raise NotFound("This link is not valid. Open it again from the mail, whole.")
    return f"{PREFIXES[purpose]}_{tail}"


def new_link_token(hub: Hub) -> str:
    """Return a new random token with a signature, so that guesses are told apart without asking the database."""
    body = hub.token()[:BODY]
    return f"{body}{_mac(hub, 'link', body, 11)}"


def link_digest(hub: Hub, token: str) -> str | None:
    """Return the SHA-256 under which a link's token is stored; None where the hub never made it."""
    body = token[:BODY]
    if not token.isascii() or not hmac.compare_digest(token[BODY:], _mac(hub, "link", body, 11)):
        return None
    return hashlib.sha256(token.encode()).hexdigest()
