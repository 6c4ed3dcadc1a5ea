"""A time stamp authority (RFC 3161) on this machine, for tests: openssl behind a small web server."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.tools import need

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/leaf.pem
signer_key = {folder}/leaf.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
"""


@dataclass
class Authority:
    """Where it listens, whom it leads to, and how it answers: `status` other than 200 refuses."""

    folder: Path
    url: str = ""
    status: int = 200
    asked: list[bytes] = field(default_factory=list)

    @property
    def roots(self) -> Path:
        """PEM of its root."""
        return self.folder / "root.pem"

    def answer(self, request: bytes) -> bytes:
        """Return the time stamp that a request asks for."""
        self.asked.append(request)
        query, reply = self.folder / "query.tsq", self.folder / "reply.tsr"
        query.write_bytes(request)
        _openssl(self.folder, "ts", "-reply", "-queryfile", str(query), "-out", str(reply))
        return reply.read_bytes()


def _openssl(folder: Path, *words: str) -> None:
    command = [need("openssl"), words[0], "-config", str(folder / "openssl.cnf"), *words[1:]]
    if words[0] == "x509":
        command.remove("-config")
        command.remove(str(folder / "openssl.cnf"))
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def _certificates(folder: Path) -> None:
    config = folder / "openssl.cnf"
    config.write_text(CONFIG.format(folder=folder, name="Test root"), encoding="utf-8")
    (folder / "serial").write_text("01", encoding="ascii")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    root = ("-x509", "-days", "30", "-extensions", "root")
    _openssl(folder, "req", *root, *key, "-keyout", f"{folder}/root.key", "-out", f"{folder}/root.pem")
    config.write_text(CONFIG.format(folder=folder, name="Test authority"), encoding="utf-8")
    _openssl(folder, "req", *key, "-keyout", f"{folder}/leaf.key", "-out", f"{folder}/leaf.csr")
    issuer = ("-CA", f"{folder}/root.pem", "-CAkey", f"{folder}/root.key", "-CAcreateserial")
    extensions = ("-extfile", str(config), "-extensions", "leaf", "-days", "30")
    _openssl(folder, "x509", "-req", "-in", f"{folder}/leaf.csr", *issuer, *extensions, "-out", f"{folder}/leaf.pem")


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    """Make certificates in a folder and listen as long as the block runs."""
    folder.mkdir(parents=True)
    _certificates(folder)
    kept = Authority(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            body = kept.answer(request) if kept.status == 200 else b""
            self.send_response(kept.status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/tsa"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
