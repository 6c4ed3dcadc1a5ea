"""Sends one message to an address that somebody typed, and to no other: neither into the house nor wherever it leads.

The name is resolved once and every address of it judged; the connection goes to the address that was judged. No
redirect is followed, no proxy used, and time and size of the answer are bounded.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ugc_hub.errors import Invalid

CONNECT_S = 10.0
TOTAL_S = 20.0
ANSWER_BYTES = 65_536
LONGEST_URL = 2000
Resolve = Callable[[str, int], list[str]]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotSent(Exception):
    """The message did not reach anybody; the sentence says why."""


@dataclass(frozen=True)
class Answer:
    """What the receiver said."""

    status: int
    body: bytes = b""
    """Its beginning, at most `ANSWER_BYTES`."""

    @property
    def taken(self) -> bool:
        """Whether the message was taken."""
        return 200 <= self.status < 300


def checked_url(text: str, *, private: bool) -> SplitResult:
    """Return the parts of an address that messages may be sent to, as far as that can be told without resolving it.

    Raises:
        Invalid: it is no address, not https, carries a password, or names a place inside the house.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    schemes = ("https", "http") if private else ("https",)
    plain = text.isascii() and text.isprintable() and " " not in text and len(text) <= LONGEST_URL
    if not plain or parts.scheme not in schemes or not parts.hostname or port == 0:
        raise Invalid(f"Write an address such as {schemes[0]}://example.org/hook.", extra={"field": "url"})
    if parts.username is not None or parts.password is not None:
        raise Invalid("Leave user name and password out; the signature proves the sender.", extra={"field": "url"})
    with contextlib.suppress(ValueError):
        if not private and not is_public(parts.hostname):
            raise Invalid("This address lies inside a private network.", extra={"field": "url"})
    return parts


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; those that carry another one inside are judged by it.

    Raises:
        ValueError: it is no IP address.
    """
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host.

    Raises:
        OSError: it has none.
    """
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was judged; the name stays that of the host, for TLS and for the server."""

    def __init__(self, host: str, port: int, *, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=CONNECT_S)
        self._address, self._context = address, context

    def connect(self) -> None:
        """Connect to the address, whatever the name leads to by now."""
        self.sock = socket.create_connection((self._address, self.port), CONNECT_S)
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)


@dataclass(frozen=True)
class Sender:
    """How messages are sent; `private` also lets them go to addresses inside the house."""

    private: bool = False
    resolve: Resolve = resolve
    context: ssl.SSLContext | None = None
    total_s: float = TOTAL_S

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a message and return the answer, whatever it says.

        Raises:
            NotSent: nobody was reached, the address must not be used, or the answer took too long.
        """
        try:
            parts = checked_url(url, private=self.private)
        except Invalid as error:
            raise NotSent(error.message) from error
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        connection = self._connection(parts.scheme, host, port)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            with self._bounded(connection):
                connection.request("POST", target, body=body, headers={**headers, "Connection": "close"})
                with contextlib.closing(connection.getresponse()) as response:
                    said = response.read(ANSWER_BYTES)
            return Answer(response.status, said)
        except (OSError, http.client.HTTPException) as error:
            words = "It took too long." if isinstance(error, TimeoutError) else str(error) or type(error).__name__
            raise NotSent(words[:280]) from error
        finally:
            connection.close()

    def _connection(self, scheme: str, host: str, port: int) -> http.client.HTTPConnection:
        address = self._address(host, port)
        context = (self.context or ssl.create_default_context()) if scheme == "https" else None
        return _Pinned(host, port, address=address, context=context)

    def _address(self, host: str, port: int) -> str:
        """Return the first address of a host where all of them may be used."""
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise NotSent("The name of the host has no address.") from error
        if not found:
            raise NotSent("The name of the host has no address.")
        if not self.private and not all(is_public(one.partition("%")[0]) for one in found):
            raise NotSent("The host lies inside a private network.")
        return found[0]

    @contextlib.contextmanager
    def _bounded(self, connection: http.client.HTTPConnection) -> Iterator[None]:
        """End the exchange when its time is over, also where the other side goes on byte by byte."""
        over = threading.Event()

        def end() -> None:
            over.set()
            if connection.sock is not None:
                with contextlib.suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self.total_s, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        except (OSError, http.client.HTTPException) as error:
            if over.is_set():
                raise TimeoutError from error
            raise
        finally:
            timer.cancel()
        if over.is_set():  # the end of the stream may have been taken for that of the headers
            raise TimeoutError
