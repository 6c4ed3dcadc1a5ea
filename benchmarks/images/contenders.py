"""Starts the contenders and lets them work: each is a child process that stays alive between runs."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BENCH_VENV = ROOT / ".venv-bench"
_LOCK = HERE.parent / "requirements-thumbor.lock"
_START_S = 30


class Contender(Protocol):
    """Something that makes all outputs of a task."""

    name: str

    def run(self, folder: Path) -> None:
        """Make all outputs in the folder."""

    def pid(self) -> int:
        """Return the process that does the work, or the parent of those that do."""

    def close(self) -> None:
        """End the process."""


def peak_of(pid: int) -> int:
    """Return the highest resident memory of a process and its children, from /proc."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    status = Path(f"/proc/{pid}/status").read_text()
    own = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(own.split()[1]) * 1024 + sum(peak_of(int(child)) for child in children)


def cpu_of(pid: int) -> float:
    """Return the processor seconds that a process and its children have used so far, from /proc."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(cpu_of(int(child)) for child in children)


class Child:
    """A contender that reads the task and then a folder for each run from its standard input."""

    def __init__(self, name: str, command: list[str], task: dict[str, Any]) -> None:
        self.name = name
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=ROOT
        )
        self._say(json.dumps(task), "ready")

    def _say(self, line: str, expected: str) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        if answer != expected:
            raise RuntimeError(f"{self.name} answered {answer!r}")

    def run(self, folder: Path) -> None:
        self._say(str(folder), "done")

    def pid(self) -> int:
        return self._process.pid

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


class Thumbor:
    """thumbor's own server on the loopback, one process a core, asked by as many connections; no caches."""

    name = "thumbor"

    def __init__(self, task: dict[str, Any], work: Path) -> None:
        self._task = task
        self._cores = len(os.sched_getaffinity(0))
        source = Path(task["source"])
        config = work / "thumbor.conf"
        config.write_text(
            f"LOADER = 'thumbor.loaders.file_loader'\nFILE_LOADER_ROOT_PATH = {str(source.parent)!r}\n"
            "STORAGE = 'thumbor.storages.no_storage'\nRESULT_STORAGE = None\nALLOW_UNSAFE_URL = True\n"
            f"AVIF_SPEED = {task['speed']}\nPROGRESSIVE_JPEG = True\nMAX_WIDTH = 0\nMAX_HEIGHT = 0\n"
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        command = [str(BENCH_VENV / "bin" / "thumbor"), "--ip", "127.0.0.1", "--port", str(self._port)]
        command += ["--conf", str(config), "--processes", str(self._cores), "--log-level", "error"]
        # A session of its own: thumbor does not end its processes when their parent is told to end.
        self._process = subprocess.Popen(command, cwd=work, start_new_session=True)
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + _START_S
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("thumbor did not start")

    def _fetch(self, folder: Path, output: dict[str, Any]) -> None:
        filters = f"filters:format({output['format']}):quality({output['quality']})"
        path = f"/unsafe/{output['width']}x{output['height']}/{filters}/{Path(self._task['source']).name}"
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"thumbor answered {answer.status} for {path}")
        (folder / output["name"]).write_bytes(body)

    def run(self, folder: Path) -> None:
        # The dearest last in the list, so from the end: no core waits for the other.
        with ThreadPoolExecutor(self._cores) as pool:
            list(pool.map(lambda output: self._fetch(folder, output), reversed(self._task["outputs"])))

    def pid(self) -> int:
        return self._process.pid

    def close(self) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(10)


def prepare() -> None:
    """Install the peers, from their lock files, where they are missing."""
    if not (HERE / "node_modules" / "sharp").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    if not (BENCH_VENV / "bin" / "thumbor").exists():
        python = str(BENCH_VENV / "bin" / "python")
        if shutil.which("uv"):
            subprocess.run(
                ["uv", "venv", "--quiet", "--clear", "--python", sys.executable, str(BENCH_VENV)], check=True
            )
            install = ["uv", "pip", "install", "--quiet", "--python", python]
        else:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(BENCH_VENV)], check=True)
            install = [python, "-m", "pip", "install", "--quiet"]
        # The lock file is complete, and newer than what thumbor says of Pillow.
        subprocess.run([*install, "--no-deps", "--require-hashes", "-r", str(_LOCK)], check=True)


def start(task: dict[str, Any], work: Path) -> list[Contender]:
    """Return the running contenders.

    `sharp-own` is sharp with the effort that it takes by itself, `encoding` our encoding of ready pixels alone.
    """
    module = [sys.executable, "-m"]
    return [
        Child("ours", [*module, "benchmarks.images.ours"], task),
        Child("sharp", ["node", str(HERE / "sharp.mjs")], task),
        Child("sharp-own", ["node", str(HERE / "sharp.mjs"), "defaults"], task),
        Thumbor(task, work),
        Child("pillow", [*module, "benchmarks.images.plain"], task),
        Child("encoding", [*module, "benchmarks.images.ours", "encode"], task),
    ]
