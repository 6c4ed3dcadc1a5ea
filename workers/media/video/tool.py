"""Runs ffmpeg: the one that comes with the project, without a shell, a terminal or a network."""

from __future__ import annotations

import functools
import re
import signal
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from workers.media.errors import ChildFailed, Damaged, TooLarge

Progress = Callable[[float, str], None]

_LOG_BYTES = 1 << 20
"""Of what ffmpeg says, the end counts: summaries and reasons stand there."""
_BROKEN = ("Invalid data found", "Error while decoding", "moov atom not found", "No decoder", "Nothing was written")
_FULL = "No space left on device"
_LARGE = "File too large"
_GRAPH = "-filter_complex"
_LONGEST = 100_000
"""Bytes of a graph of filters that may stand in the command itself: Linux takes 128 KiB for one of its words."""
_FROM_FILE = 7
"""The version of ffmpeg since which any word may be read from a file."""


@functools.cache
def program() -> str:
    """Return the path of ffmpeg; `IMAGEIO_FFMPEG_EXE` names another one."""
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


@functools.cache
def graph_from_file() -> str:
    """Return the word after which ffmpeg takes the name of a file with a graph: each version knows another one."""
    done = subprocess.run([program(), "-version"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    version = re.match(rb"ffmpeg version n?(\d+)\.", done.stdout)
    old = version is not None and int(version[1]) < _FROM_FILE
    return f"{_GRAPH}_script" if old else f"-/{_GRAPH[1:]}"


def opening(path: Path, demuxer: str, codecs: Iterable[str]) -> list[str]:
    """Return the words that open a file which a stranger sent: one demuxer, some decoders, nothing but this file."""
    bounds = {"protocol": "file,pipe", "format": demuxer, "codec": ",".join(sorted(codecs))}
    words = [word for name, value in bounds.items() for word in (f"-{name}_whitelist", value)]
    return [*words, "-f", demuxer, "-i", f"file:{path}"]


def run(
    words: Sequence[str],
    log: Path,
    *,
    seconds: float = 0.0,
    pictures: int = 0,
    tell: Progress | None = None,
    until: str = "",
) -> str:
    """Run ffmpeg to its end and return the end of what it said, which is also written into the file `log`.

    It is ended before that where it says `until`. It works in the folder of `log`: names without a folder lie there.

    `tell` hears how far it is, as a fraction of `seconds` of output, or of the `pictures` of its first file: how many
    seconds there are is not told before each file has some.

    Raises `Damaged` where it could not read its input, `ChildFailed` (`no_space`, `ffmpeg_failed`) otherwise.
    """
    arguments = [program(), "-hide_banner", "-nostdin", "-nostats", "-y", "-v", "info"]
    arguments += ["-stats_period", "0.25", "-progress", "pipe:1", *_short(words, log)]
    counted, whole = (b"frame=", pictures) if pictures else (b"out_time_us=", seconds * 1e6)
    with log.open("wb") as said:
        running = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, cwd=log.parent
        )
        with running:
            assert running.stdout is not None  # noqa: S101 - asked for above
            for line in running.stdout:
                if tell is not None and whole > 0 and line.startswith(counted):
                    tell(_fraction(line, whole), "")
                if until and line.startswith(b"progress=") and until in _end(log):
                    running.kill()
    text = _end(log)
    if running.returncode and not (until and until in text):
        raise _reason(text, running.returncode)
    return text


def _short(words: Sequence[str], log: Path) -> list[str]:
    """Put graphs that are too long for a command into files beside `log`, which are named instead."""
    short = list(words)
    for place, word in enumerate(words[:-1]):
        graph = words[place + 1]
        if word == _GRAPH and len(graph.encode()) > _LONGEST:
            path = log.with_name(f"{log.name}-{place}.graph")
            path.write_text(graph, encoding="utf-8")
            short[place : place + 2] = graph_from_file(), path.name
    return short


def _fraction(line: bytes, whole: float) -> float:
    value = line.partition(b"=")[2].strip()
    return min(1.0, int(value) / whole) if value.lstrip(b"-").isdigit() else 0.0


def _end(log: Path) -> str:
    with log.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _LOG_BYTES))
        return file.read().decode("utf-8", "replace")


def _reason(text: str, status: int) -> Exception:
    detail = text[-2000:]
    if status in (-signal.SIGXFSZ, -signal.SIGXCPU) or _LARGE in text:
        slow = status == -signal.SIGXCPU
        words = "The video takes too long to work on" if slow else "What this video would become is larger than allowed"
        return TooLarge(f"{words}; send a shorter or smaller one.", code="too_slow" if slow else "output_too_large")
    if _FULL in text:
        return ChildFailed("There is no room left to work on this file. Try again later.", code="no_space")
    if "Cannot allocate memory" in text:
        return TooLarge(
            "The video needs more memory than one file may use; send a smaller export of it.", code="too_much_memory"
        )
    if any(words in text for words in _BROKEN):
        return Damaged(
            "The video is damaged and cannot be played. Export it again and send that.", code="corrupt", detail=detail
        )
    return ChildFailed(
        "The video could not be worked on. Try again.", code="ffmpeg_failed", detail=f"status {status}: {detail}"
    )
