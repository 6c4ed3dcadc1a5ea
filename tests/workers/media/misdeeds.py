"""Tasks that do in a child what a hostile file might make a decoder do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from workers.media.child import Progress, Voice
from workers.media.errors import Damaged
from workers.media.plugins import plugin

Request = dict[str, Any]


def echo(request: Request, workdir: Path, progress: Progress) -> Request:
    progress(0.5, "half")
    return {"said": request["say"], "where": os.getcwd(), "environment": dict(os.environ), "umask": os.umask(0)}


def hand_over(request: Request, workdir: Path, voice: Voice) -> Request:
    voice.part({"first": "x" * int(request["length"])})
    (workdir / "pid").write_text(str(os.getpid()))
    voice(0.5, "half")
    if request["waits"]:
        time.sleep(60)
    voice.part({"second": 2})
    return {"third": 3}


def refuse(request: Request, workdir: Path, progress: Progress) -> Request:
    raise Damaged("The file is broken.", code="corrupt", detail="by intent")


def fail(request: Request, workdir: Path, progress: Progress) -> Request:
    return {"never": 1 / int(request["zero"])}


def hog(request: Request, workdir: Path, progress: Progress) -> Request:
    kept = [bytearray(16 * 1024 * 1024) for _ in range(1024)]
    return {"kept": len(kept)}


def burn(request: Request, workdir: Path, progress: Progress) -> Request:
    while True:
        pass


def fill(request: Request, workdir: Path, progress: Progress) -> Request:
    with (workdir / "large").open("wb") as file:
        while True:
            file.write(bytes(1024 * 1024))


def sleep(request: Request, workdir: Path, progress: Progress) -> Request:
    children = [subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) for _ in range(2)]
    (workdir / "pids").write_text(" ".join(str(child.pid) for child in children))
    progress(0.1, "started")
    time.sleep(60)
    return {}


class Helped:
    """A plug-in that starts a helper while it is loaded, and tells of it by its name."""

    def __init__(self) -> None:
        self.name = f"helped-by-{subprocess.Popen(['sleep', '60'], start_new_session=True).pid}"


def helper(request: Request, workdir: Path, progress: Progress) -> Request:
    return {"pid": int(plugin(f"{__name__}:Helped").name.rpartition("-")[2])}


def leave_children(request: Request, workdir: Path, progress: Progress) -> Request:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    return {"pid": child.pid}


def leave_strangers(request: Request, workdir: Path, progress: Progress) -> Request:
    script = "import subprocess; print(subprocess.Popen(['sleep', '60'], start_new_session=True).pid, flush=True)"
    command = [sys.executable, "-c", f"{script}; import time; time.sleep(60)"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert child.stdout is not None
    return {"pids": [child.pid, int(child.stdout.readline())]}


def die(request: Request, workdir: Path, progress: Progress) -> Request:
    os.kill(os.getpid(), getattr(signal, request["signal"]))
    return {}


def flood(request: Request, workdir: Path, progress: Progress) -> Request:
    while True:
        progress(0.5, "x" * 200)


def babble(request: Request, workdir: Path, progress: Progress) -> Request:
    for descriptor in range(3, 32):
        try:
            os.write(descriptor, b"this is not JSON\n")
        except OSError:
            continue
    return {}


def connect(request: Request, workdir: Path, progress: Progress) -> Request:
    try:
        socket.create_connection(("127.0.0.1", request["port"]), timeout=2).close()
    except OSError as error:
        return {"outcome": type(error).__name__}
    return {"outcome": "connected"}


def read(request: Request, workdir: Path, progress: Progress) -> Request:
    try:
        return {"text": Path(request["path"]).read_text()}
    except OSError as error:
        return {"text": None, "error": type(error).__name__}


def open_descriptors(request: Request, workdir: Path, progress: Progress) -> Request:
    return {"open": sorted(os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")[:-1])}
