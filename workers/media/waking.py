"""Starts the process that keeps the libraries loaded (`zygote`), and does without a plug-in that holds it up.

A plug-in is a program of somebody else: importing it may wait for a network that is not there, never come back, or end
the process. So the zygote says what it imports, one after the other; whoever takes longer than `Limits.load_s` is
refused from then on, by name and in words, and another zygote is started that leaves it out.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from workers.media import zygote

START_S = 60.0
"""What the engine's own libraries may take to be loaded."""

_MALLOC = f"glibc.malloc.mmap_threshold={64 << 20}:glibc.malloc.trim_threshold={1 << 30}"
"""Each child is fresh, so the kernel has to bring in every page of its pixels: a quarter of the time of taking in.
Memory that is used again instead of being given back saves a quarter of that; large pages (`hugetlb=1`) saved faults
but no time. The limit on the address space holds all the same. For the GNU C library; another one ignores it."""


def spawn(plugins: Sequence[str], refused: Mapping[str, str], idle_s: float) -> tuple[subprocess.Popen[bytes], Any]:
    """Start a zygote that imports these plug-ins but for the refused ones; return it and the socket to it."""
    ours, theirs = socket.socketpair()
    with theirs:
        words = [str(theirs.fileno()), str(idle_s), json.dumps(dict(refused)), *plugins]
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", zygote.__name__, *words],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=_environment(),
        )
    return process, ours


def held_up(connection: socket.socket, load_s: float) -> tuple[str, str]:
    """Wait until a new zygote is ready: two empty words; else the plug-in that holds it up, and what that did.

    Raises:
        BrokenPipeError: it did not get as far as plug-ins, within a minute.
    """
    name, within_s = "", START_S
    while True:
        began = time.monotonic()
        line = receive_line(connection, within_s)
        if line is None and not name:
            raise BrokenPipeError("no zygote")
        if line is None:
            slow = time.monotonic() - began >= within_s
            return name, f"took longer than {load_s:g} seconds" if slow else "ended the process"
        if "ready" in line:
            return "", ""
        name, within_s = str(line["loading"]), load_s


def receive_line(connection: socket.socket, timeout_s: float) -> dict[str, Any] | None:
    """Read one line of JSON from the zygote; None when it has gone."""
    line = bytearray()
    deadline = time.monotonic() + timeout_s
    while not line.endswith(b"\n"):
        if not zygote.readable([connection.fileno()], max(0.0, deadline - time.monotonic())):
            return None
        try:
            part = connection.recv(1)
        except ConnectionResetError:
            return None
        if not part:
            return None
        line += part
    message: dict[str, Any] = json.loads(line)
    return message


def _environment() -> dict[str, str]:
    """Nothing of the caller's environment but what finds programs: it may hold secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "IMAGEIO_FFMPEG_EXE") if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "OPENCV_LOG_LEVEL": "SILENT",
        "GLIBC_TUNABLES": _MALLOC,
        **threads,
        **kept,
    }
