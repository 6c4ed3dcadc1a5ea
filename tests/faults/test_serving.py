"""The running hub as a whole: nothing of it outlives a kill, and no second one shares its port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.serving import free_port
from tests.support import ROOT
from tests.waiting import alive, wait_until
from ugc_hub.settings import Settings, at_kept_address
from workers.queue.process import descendants

WAIT_S = 120.0


@contextmanager
def serving(folder: Path, port: int, database_url: str = "", *, workers: str = "1") -> Iterator[subprocess.Popen[str]]:
    """Run `ugc-hub serve` and kill it with all it started when the block ends; without `workers` as many as usual."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("UGC_HUB_")}
    environ |= {"UGC_HUB_DATA_DIR": str(folder / "var"), "UGC_HUB_MIN_FREE_BYTES": "0", "UGC_HUB_TEXT_READER": "off"}
    environ |= {"UGC_HUB_WORKERS": workers} if workers else {}
    environ |= {"UGC_HUB_DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    environ["PYTHONDONTWRITEBYTECODE"] = ""  # as where it is installed: compiled once, not at every start
    words = [sys.executable, "-m", "ugc_hub", "serve", "--port", str(port)]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, cwd=ROOT, env=environ, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            left = [process.pid, *(below.pid for below in descendants(process.pid))] if process.poll() is None else []
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            return True
    except OSError:
        return False


def wait_until_it_answers(process: subprocess.Popen[str], port: int) -> None:
    wait_until(lambda: answers(port) or process.poll() is not None)
    assert process.poll() is None


def test_no_process_outlives_a_supervisor_that_was_killed(tmp_path: Path, database_url: str) -> None:
    port = free_port()
    with serving(tmp_path, port, database_url) as process:
        wait_until_it_answers(process, port)
        # The server, its worker that listens, a worker of the queue: the last may start after the first answer.
        wait_until(lambda: len(descendants(process.pid)) >= 3)
        below = [known.pid for known in descendants(process.pid)]
        try:
            process.kill()
            process.wait()
            wait_until(lambda: not any(map(alive, below)))
            assert not answers(port)
        finally:
            for pid in filter(alive, below):
                os.kill(pid, signal.SIGKILL)


def test_the_hub_starts_again_on_its_port_right_after_it_was_stopped(tmp_path: Path, database_url: str) -> None:
    port = free_port()
    for _ in range(2):
        with serving(tmp_path, port, database_url) as process:
            wait_until_it_answers(process, port)
            # A connection that the server closes first keeps the port waiting for a while.
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                while client.recv(4096):
                    pass
            process.terminate()
            assert process.wait(WAIT_S) == 0
    assert not answers(port)
    assert at_kept_address(Settings(data_dir=tmp_path / "var")).address == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("options", [[], [socket.SO_REUSEADDR], [socket.SO_REUSEPORT, socket.SO_REUSEADDR]])
def test_a_port_that_somebody_listens_on_is_told_in_one_line(tmp_path: Path, options: list[int]) -> None:
    with socket.socket() as listener:
        for option in options:
            listener.setsockopt(socket.SOL_SOCKET, option, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with serving(tmp_path, port) as process:
            _, told = process.communicate(timeout=WAIT_S)
    assert process.returncode == 1
    words = f"Port {port} of 127.0.0.1 is in use; choose another with --port or UGC_HUB_PORT. [port_in_use]"
    assert told == f"Error: {words}\n"
    assert not (tmp_path / "var").exists()  # told before anything is made
