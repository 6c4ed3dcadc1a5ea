"""Real servers for tests: the hub as people run it, in a folder of its own, on a free port."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support import ROOT
from ugc_hub import accounts
from ugc_hub.accounts import SignedIn
from ugc_hub.hub import Hub, open_hub
from ugc_hub.settings import Settings

START_S = 120.0
STOP_S = 60.0
LANES = 16


@dataclass(frozen=True)
class Served:
    """A running hub: its address, and the same hub opened in this process."""

    address: str
    hub: Hub
    log: Path

    def sign_in(self, role: str = "admin", email: str = "") -> SignedIn:
        """Return a session of a user with the role, made where there is none."""
        email = email or f"{role}@example.org"
        known = {user.email for user in accounts.list_users(self.hub)}
        if email not in known:
            accounts.create_user(self.hub, email, role, role.replace("_", " ").title())
        link = accounts.request_link(self.hub, email)
        assert link is not None
        return accounts.sign_in_with_link(self.hub, link.rsplit("/", 1)[1])


def free_port() -> int:
    """Return a port that nobody listens on, and that nobody is given before the caller listens on it.

    One that the kernel chooses may be given to any connection in the meantime. So these come from below the range that
    it chooses from, each once, and tests that run side by side take every other one.
    """
    for port in _PORTS:
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def _ports() -> Iterator[int]:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    lane = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % LANES
    ports = [port for port in range(max(1024, lowest - 20_000), lowest) if port % LANES == lane]
    random.shuffle(ports)  # so that two runs on one machine do not meet
    yield from ports


_PORTS = _ports()


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[Served]:
    """Run `ugc-hub serve`, web server and workers, until the block ends."""
    port = int(settings.get("port") or free_port())
    chosen = {"data_dir": str(folder / "var"), "port": str(port), "min_free_bytes": "0", "workers": "1"}
    chosen |= {"text_reader": "off"} | settings  # tests say what they wait for; most of them not for words
    environ = {name: value for name, value in os.environ.items() if not name.startswith("UGC_HUB_")}
    environ |= {f"UGC_HUB_{name.upper()}": value for name, value in chosen.items()}
    environ["PYTHONPATH"] = str(ROOT)  # this checkout, whichever the environment knows
    log = folder / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "ugc_hub", "serve"],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process, log)
        hub = open_hub(Settings(**chosen))  # type: ignore[arg-type]
        try:
            yield Served(address, hub, log)
        finally:
            hub.close()
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the hub did not start:\n{log.read_text()}")
