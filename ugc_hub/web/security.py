"""Headers of every answer, and the proof that a changing request comes from our own pages."""

from __future__ import annotations

import contextlib
import hmac
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import SecurityError

from ugc_hub.errors import Forbidden
from ugc_hub.hub import Hub
from ugc_hub.settings import Settings

from .context import identity, the_hub
from .hidden import holds_secret
from .scopes import large_form

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # What is about to be sent is looked at before.
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
BY_LINK = ("/s/", "/h/", "/c/", "/g/", "/w/")
"""Addresses that hold a secret of their own and never act as whoever is signed in: no other site can know them."""
FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""For bytes that strangers made: even opened as a page, nothing in them runs or loads."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Content-Security-Policy": PAGE_POLICY,
    "Cache-Control": "private, no-cache",
}
REFERRER_BY_LINK = "strict-origin"
"""For pages whose address is a secret: nobody is told more than the host, but forms still say where they come from
(under `no-referrer` browsers send `Origin: null`, which proves nothing)."""
TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105 - the name of a header
TOKEN_FIELD = "csrf"  # noqa: S105 - the name of a form field
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
WITH_FILE = frozenset(
    {
        "pages.add_proof",
        "pages.confirm_takedown",
        "pages.fulfil_duty",
        "pages.keep_release",
        "pages.keep_reply",
        "pages.sign_partnership",
    }
)
"""Forms that hold a file: without scripts their token stands in the same body, so that all of it is read for it."""


def trusted_hosts(settings: Settings) -> list[str]:
    """Return the host names that requests may carry; one with a dot before it stands for all below it as well."""
    if settings.trusted_hosts:
        return settings.trusted_hosts
    own = urlsplit(settings.address).hostname or settings.host
    return sorted({own, settings.host, "localhost", "127.0.0.1", "::1"})


def host_name(host: str) -> str:
    """Return a host without its port, as it is compared: names as the network knows them, addresses at their shortest.

    Nothing for what is no host (RFC 3986, section 3.2.2).
    """
    bare = host.strip().lower()
    with contextlib.suppress(ValueError):
        return str(ip_address(bare))
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
        with contextlib.suppress(ValueError):
            return str(ip_address(bare))
        return ""
    try:
        return bare.partition(":")[0].encode("idna").decode()
    except UnicodeError:
        return ""


def is_trusted(host: str, trusted: Iterable[str]) -> bool:
    """Tell whether a `Host` header names one of these hosts, on whatever port.

    Werkzeug's own list cannot name an address of IPv6: it cuts what it compares at the first colon.
    """
    name = host_name(host)
    for one in trusted:
        known = host_name(one.removeprefix("."))
        if name and (name == known or (one.startswith(".") and known and name.endswith(f".{known}"))):
            return True
    return False


def same_origin(hub: Hub) -> bool:
    """Tell whether the browser says that the request comes from a page of this hub.

    `Sec-Fetch-Site` decides where it is sent. Browsers send it only to https and to this very machine, and old ones
    not at all: then `Origin` decides, or `Referer`. None of them: not proven.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if origin is None:
        # Old browsers send neither with a form, but say which page it was on.
        page = urlsplit(request.headers.get("Referer", ""))
        origin = f"{page.scheme}://{page.netloc}"
    return origin in {request.host_url.rstrip("/"), hub.settings.address}


def check_origin() -> None:
    """Refuse a changing request that another site may have caused.

    A request with a session must also carry its CSRF token; sign-in forms have no session yet; tokens are exempt,
    because a browser never sends them by itself.

    Raises:
        Forbidden: the origin or the token is missing or wrong.
    """
    if request.method in SAFE_METHODS:
        return
    who = identity()
    if who is not None and who.how == "token":
        return
    if who is None and request.path.startswith("/api/"):
        return  # Nobody is signed in, so there is nothing to abuse; the route asks for a sign-in.
    if not same_origin(the_hub()):
        raise Forbidden("This request did not come from a page of the hub, so it was not carried out.", code="csrf")
    if who is None or request.path.startswith(BY_LINK):
        return
    sent = request.headers.get(TOKEN_HEADER)
    if sent is None and request.mimetype in FORM_TYPES and not request.path.startswith("/api/"):
        if request.endpoint in WITH_FILE:
            large_form()
        sent = request.form.get(TOKEN_FIELD)
    if not hmac.compare_digest((sent or "").encode(), who.csrf.encode()):
        raise Forbidden("The page was open too long. Reload it and try again.", code="csrf")


def guard(app: Flask, hub: Hub) -> None:
    """Check the origin before, and add the headers after each request."""
    https = hub.settings.address.startswith("https://")
    trusted = trusted_hosts(hub.settings)

    @app.before_request
    def check_host() -> None:
        if not is_trusted(request.host, trusted):
            raise SecurityError(f"Host {request.host!r} is not trusted.")

    app.before_request(check_origin)

    @app.after_request
    def headers(response: Response) -> Response:
        if holds_secret(request.path):
            response.headers["Referrer-Policy"] = REFERRER_BY_LINK
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response
