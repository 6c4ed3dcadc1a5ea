"""Inside the child process: lock the door, run one task, answer in JSON.

The child is forked from `zygote`, so the libraries are loaded and it has one thread. It answers on a pipe with one
JSON object a line: `{"progress": 0..1, "message": text}` and `{"part": object}`, what is finished before the rest, any
number of times, then `{"result": object}` or `{"error": {"class", "code", "message", "detail"}}`.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import resource
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workers.media import kernel
from workers.media.errors import ChildFailed, MediaError, TooLarge
from workers.media.limits import Limits

Progress = Callable[[float, str], None]


class Voice:
    """How a task speaks while it works, from any of its threads: called, it says how far it is."""

    def __init__(self, answer: int) -> None:
        self._answer = answer
        self._one_at_a_time = threading.Lock()

    def __call__(self, fraction: float, message: str = "") -> None:
        """Say how far the work is (0..1), in a sentence."""
        self.say({"progress": min(1.0, max(0.0, fraction)), "message": message[:200]})

    def part(self, plain: dict[str, Any]) -> None:
        """Hand over what is finished, as plain JSON; its files are no longer the task's."""
        self.say({"part": plain})

    def say(self, message: dict[str, Any]) -> None:
        """Write one line."""
        line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
        with self._one_at_a_time:
            _write_all(self._answer, line)


Task = Callable[[dict[str, Any], Path, Voice], dict[str, Any]]
"""A task takes its request, its work folder and a way to speak; it returns plain JSON."""

_SYSTEM_FOLDERS = ("/usr", "/lib", "/lib64", "/etc", "/proc", "/sys")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full")
_SOURCES = ("/dev/random", "/dev/urandom")
"""Of the devices these alone are read: beside them lies `/dev/shm`, where other programs keep what they share."""


def run(order: dict[str, Any], answer: int) -> int:
    """Carry out `order` (task, request, workdir, reads, limits) and return the exit status of the process."""
    voice = Voice(answer)
    try:
        workdir = Path(order["workdir"])
        level = _enter(Limits.load(order["limits"]), workdir, [Path(path) for path in order["reads"]])
        task = _find(order["task"])
        voice.say({"result": task(order["request"] | {"level": level}, workdir, voice)})
    except BrokenPipeError:
        return 1
    except BaseException as error:  # noqa: BLE001 - the parent gets it, whatever it is; nothing is lost
        voice.say({"error": _describe(error)})
        return 1
    return 0


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _find(name: str) -> Task:
    module, _, function = name.partition(":")
    found: Task = getattr(importlib.import_module(module), function)
    return found


def _enter(limits: Limits, workdir: Path, reads: list[Path]) -> str:
    """Apply every limit to this process and return the level that is in force.

    The order matters: the network namespace writes to /proc, which Landlock then forbids.
    """
    kernel.die_with_parent()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.umask(0o077)
    os.chdir(workdir)
    _scrub_environment(workdir)
    kernel.no_new_privileges()
    level = ["limits"]
    if kernel.leave_network():
        level.append("network")
    if kernel.confine(_readable(reads), [workdir, *map(Path, _DEVICES)]):
        level.append("files")
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_AS, limits.memory_bytes),
    ):
        _, hard = resource.getrlimit(kind)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # A second more for the hard limit: the soft one tells by its signal what happened, the hard one just kills.
        spare = kind == resource.RLIMIT_CPU and bound == value
        resource.setrlimit(kind, (bound, bound + 1 if spare and hard != bound else bound))
    return "+".join(level)


def _readable(reads: list[Path]) -> list[Path]:
    """What any task may read: the system, the interpreter, this package and the given originals."""
    tools = [Path(found).parent for name in ("IMAGEIO_FFMPEG_EXE",) if (found := os.environ.get(name))]
    own = Path(__file__).resolve().parent.parent
    prefixes = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix)}
    return [*map(Path, (*_SYSTEM_FOLDERS, *_SOURCES)), *prefixes, *tools, own, *reads]


def _scrub_environment(workdir: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "IMAGEIO_FFMPEG_EXE") if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, LANG="C.UTF-8", LC_ALL="C.UTF-8", TMPDIR=str(workdir), HOME=str(workdir), TZ="UTC")
    tempfile.tempdir = str(workdir)


def _describe(error: BaseException) -> dict[str, str]:
    """Return what crosses the pipe; only our own errors keep their words."""
    known = _as_media_error(error)
    return {
        "class": type(known).__name__,
        "code": known.code,
        "message": known.message,
        "detail": known.detail[:2000],
    }


def _as_media_error(error: BaseException) -> MediaError:
    if isinstance(error, MediaError):
        return error
    if isinstance(error, MemoryError):
        return TooLarge(
            "The file needs more memory than one file may use; send a smaller export of it.",
            code="too_much_memory",
        )
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return TooLarge("What this file would become is larger than allowed.", code="output_too_large")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ChildFailed("There is no room left to work on this file. Try again later.", code="no_space")
    text = "".join(traceback.format_exception(error))
    return ChildFailed("Something went wrong while working on this file. Try again.", detail=text[-2000:])
