"""Signatures in the form of Standard Webhooks (pure).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: HMAC-SHA256 over
`id.timestamp.body`, in base64 with `v1,` before it; a secret is written as `whsec_` and base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping

MARK = "whsec_"
TOLERANCE_S = 300
"""How far the clock of a sender may be from that of the receiver."""


def secret_text(key: bytes) -> str:
    """Return a secret as people copy it."""
    return MARK + base64.b64encode(key).decode()


def _signature(secret: str, said: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(MARK))
    return "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()


def sign(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers of a message; with several secrets each signs, so that a receiver may know either."""
    said = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(secret, said) for secret in secrets),
    }


def verify(secret: str, headers: Mapping[str, str], body: bytes, *, now: int) -> bool:
    """Whether a message was signed with the secret and is not older or newer than five minutes."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isascii() or not timestamp.isdecimal() or abs(int(timestamp) - now) > TOLERANCE_S:
        return False
    try:
        expected = _signature(secret, f"{message_id}.{timestamp}.".encode() + body)
    except binascii.Error:
        return False
    sent = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(one.encode(), expected.encode()) for one in sent)
