"""A small HTTP proxy in front of an S3 server that can answer wrongly on demand."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class Reply:
    """What goes back to the client; `cut` sends only so many bytes of the body and hangs up."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None


@dataclass
class Request:
    """What came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def failure(status: int, code: str) -> Reply:
    """An error as S3 words it."""
    body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
    return Reply(status, {"Content-Type": "application/xml"}, body)


class Proxy:
    """Forwards to `target`; `before` may answer itself or change the request, `after` may change the reply."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.before: Callable[[Request], Reply | None] = lambda request: None
        self.after: Callable[[Request, Reply], None] = lambda request, reply: None
        self.requests: list[Request] = []
        self.address = ""

    def handle(self, request: Request) -> Reply:
        """Return what the client gets."""
        self.requests.append(request)
        answer = self.before(request)
        if answer is None:
            answer = self.forward(request)
        self.after(request, answer)
        return answer

    def forward(self, request: Request) -> Reply:
        """Ask the real server; the signed Host header goes along."""
        connection = http.client.HTTPConnection(urlsplit(self.target).netloc, timeout=20)
        try:
            connection.request(request.method, request.path, request.body or None, request.headers)
            reply = connection.getresponse()
            return Reply(reply.status, dict(reply.getheaders()), reply.read())
        finally:
            connection.close()


@contextmanager
def running(target: str) -> Iterator[Proxy]:
    """Run a proxy on a free port of 127.0.0.1."""
    proxy = Proxy(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply = proxy.handle(Request(self.command, self.path, dict(self.headers), body))
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                if name.lower() not in {"content-length", "connection", "transfer-encoding"}:
                    self.send_header(name, value)
            known = {name.lower(): value for name, value in reply.headers.items()}
            length = known.get("content-length", "0") if self.command == "HEAD" else str(len(reply.body))
            self.send_header("Content-Length", length)
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else reply.body[: reply.cut])
            self.close_connection = self.close_connection or reply.cut is not None

        do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = answer  # noqa: N815 - names of http.server

        def log_message(self, *args: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
