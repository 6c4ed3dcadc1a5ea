"""URLs that carry their own permission, for backends whose objects are served by the web process.

Form: `PREFIX KEY ? expires=UNIX_SECONDS [& filename=NAME] [& type=TYPE] & signature=HEX`. The signature is the
HMAC-SHA256 (RFC 2104) of a JSON list of method, key, expiry, file name and type: JSON leaves no two readings.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from storage.errors import BadSignature, Expired, InvalidKey
from storage.keys import check_content_type, check_key

MAX_EXPIRY_S = 604_800
"""Seven days, the limit of S3 signature version 4; the same everywhere."""
MIN_SECRET_BYTES = 16
_PURPOSE = "storage-get-v1"
"""Part of every signature, so that the secret may serve other purposes as well."""
_UNSAFE_IN_NAME = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff/\\"\u202a-\u202e\u2066-\u2069]')


@dataclass(frozen=True)
class Ticket:
    """What one signed URL allows: to GET one object, until a time, under a name and with a type."""

    key: str
    expires_at: int
    """Unix time in seconds."""
    filename: str | None = None
    content_type: str | None = None


class Signer:
    """Signs and verifies URLs with one secret (at least 16 bytes) for paths that begin with `prefix`.

    `clock` returns Unix time in seconds.
    """

    def __init__(self, secret: str | bytes, prefix: str = "/files/", clock: Callable[[], float] = time.time) -> None:
        self._secret = secret.encode() if isinstance(secret, str) else secret
        if len(self._secret) < MIN_SECRET_BYTES:
            raise ValueError(f"a signing secret has at least {MIN_SECRET_BYTES} bytes")
        self.prefix = prefix
        self._clock = clock

    def url(self, key: str, expires_s: int, filename: str | None = None, content_type: str | None = None) -> str:
        """Return the URL that allows GET of `key` for `expires_s` seconds, 1 to 604800."""
        check_expiry(expires_s)
        ticket = Ticket(
            check_key(key),
            int(self._clock()) + expires_s,
            clean_filename(filename),
            check_content_type(content_type),
        )
        query = {"expires": str(ticket.expires_at)}
        if ticket.filename is not None:
            query["filename"] = ticket.filename
        if ticket.content_type is not None:
            query["type"] = ticket.content_type
        return f"{self.prefix}{quote(key)}?{urlencode(query | {'signature': self._signature('GET', ticket)})}"

    def verify(self, key: str, query: Mapping[str, str], method: str = "GET") -> Ticket:
        """Return what a signed URL allows, given its decoded key and query; HEAD counts as GET.

        `BadSignature` when anything was changed (compared in constant time), `Expired` when it is too late.
        """
        known = {"expires", "filename", "type", "signature"}
        expires = query.get("expires", "")
        if not set(query) <= known or not re.fullmatch(r"[0-9]{1,12}", expires, re.ASCII):
            raise BadSignature("The link is incomplete or was changed.")
        ticket = Ticket(key, int(expires), query.get("filename"), query.get("type"))
        expected = self._signature("GET" if method == "HEAD" else method, ticket)
        given = query.get("signature", "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(expected.encode(), given):
            raise BadSignature("The link is incomplete or was changed.")
        if self._clock() >= ticket.expires_at:
            raise Expired("The link is no longer valid.")
        return ticket

    def verify_url(self, url: str, method: str = "GET") -> Ticket:
        """Return what a whole signed URL (path and query, with or without host) allows; errors as in `verify`."""
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        query = dict(pairs)
        if not parts.path.startswith(self.prefix) or len(pairs) != len(query):
            raise BadSignature("The link is incomplete or was changed.")
        key = unquote(parts.path.removeprefix(self.prefix))
        try:
            return self.verify(check_key(key), query, method)
        except InvalidKey:
            raise BadSignature("The link is incomplete or was changed.") from None

    def _signature(self, method: str, ticket: Ticket) -> str:
        signed = [_PURPOSE, method, ticket.key, ticket.expires_at, ticket.filename, ticket.content_type]
        return hmac.new(self._secret, json.dumps(signed).encode(), hashlib.sha256).hexdigest()


def check_expiry(expires_s: int) -> None:
    """Raise `ValueError` unless a signed URL may live so long."""
    if not 1 <= expires_s <= MAX_EXPIRY_S:
        raise ValueError(f"a signed URL lives 1 to {MAX_EXPIRY_S} seconds, not {expires_s}")


def clean_filename(name: str | None) -> str | None:
    """Return a file name without path separators, quotes, control and direction characters (each becomes `_`)."""
    if name is None:
        return None
    return _UNSAFE_IN_NAME.sub("_", name)[:200] or "file"


def disposition(filename: str) -> str:
    """Return the value of a Content-Disposition header that downloads under `filename` (RFC 6266, RFC 8187)."""
    name = clean_filename(filename) or "file"
    plain = "".join(char if 32 <= ord(char) < 127 and char != "%" else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
