"""Plays a composition inside the child process, and hands its pictures and sound to our own ffmpeg.

What somebody else wrote runs here: it sees the clips it was given and its own folder, no network, and its time is
bounded picture by picture. Whatever it does wrong becomes a sentence that names the composition and the line.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import numpy as np
from PIL import Image

from workers.media.child import Progress
from workers.media.composition import hearing, writing
from workers.media.composition.finding import ENTRY
from workers.media.composition.shapes import SIZES, Composed
from workers.media.composition.stage import Stage
from workers.media.errors import MediaError
from workers.media.video.shapes import Clip

MISSING = (
    "Compositions need MoviePy, which is not installed here. In a checkout: make compose. With the wheel: "
    "pip install --require-hashes --no-deps -r requirements-compose.lock."
)


_INTERRUPTIONS, _AGAIN_S = 5, 0.2
"""How often a composition that takes too long is interrupted, and how many seconds it has each time to give in."""


class _Stalled(BaseException):
    """A composition took too long; no composition catches this by accident."""


@dataclass(frozen=True)
class _Part:
    """A file that goes in: a clip, or a picture that is shown for as long as one."""

    path: Path
    clip: Clip
    name: str
    still: bool


@dataclass(frozen=True)
class _Order:
    """What a composition is played with."""

    name: str
    path: Path
    clips: list[_Part]
    values: dict[str, Any]
    side: int
    patience: tuple[float, float]
    process: int
    """Which one plays it."""

    @property
    def rate(self) -> Fraction:
        return Fraction(*self.clips[0].clip.rate)

    @property
    def size(self) -> tuple[int, int]:
        shape = SIZES.get(str(self.values.get("shape", "")))
        if shape is None:
            return self.clips[0].clip.width, self.clips[0].clip.height
        scale = self.side / min(shape)
        return round(shape[0] * scale / 2) * 2, round(shape[1] * scale / 2) * 2


def play(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Make the clip of a composition; answers a `Composed`. Requests are made by `running.compose`."""
    clips = [
        _Part(Path(one["path"]), Clip.load(one["clip"]), str(one["name"]), bool(one["still"]))
        for one in request["clips"]
    ]
    first, each = request["patience"]
    path, side = Path(request["path"]), int(request["side"])
    patience = float(first), float(each)
    order = _Order(request["name"], path, clips, request["values"], side, patience, os.getpid())
    try:
        return _play(order, workdir, progress).dump()
    finally:
        _end_copy(order)


def _end_copy(order: _Order) -> None:
    """End a copy of the process that the composition made: it has nobody to answer, and would write the same files."""
    if os.getpid() != order.process:
        os._exit(1)


def _play(order: _Order, workdir: Path, progress: Progress) -> Composed:
    moviepy = _moviepy()
    with contextlib.ExitStack() as stack:
        opened = []
        for number, one in enumerate(order.clips):
            film = _shown(moviepy, one) if one.still else moviepy.VideoFileClip(str(one.path), audio=False)
            stack.callback(film.close)
            opened.append(film.with_audio(hearing.heard(one.path, workdir, number)) if one.clip.has_sound else film)
        names = [one.name for one in order.clips]
        stage = Stage(opened, names, order.values, order.size, float(order.rate))
        with _told(order), _within(order.patience[0]):
            made = getattr(_loaded(order), ENTRY)(stage)
        _end_copy(order)
        target = writing.Target(order.name, order.size, order.rate)
        with _told(order):
            target.check(made)
            pictures = _pictures(order, made, target, progress)
            within = partial(_within, order.patience[1])
            path = writing.write(made, target, workdir, pictures=pictures, within=within)
    found = writing.measured(path, target, made)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Composed(
        path=path.name,
        sha256=sha256,
        size_bytes=found.size_bytes,
        width=found.width,
        height=found.height,
        frames=found.frames,
        rate=(order.rate.numerator, order.rate.denominator),
        duration_s=found.video_s,
        has_sound=found.audio_codec is not None,
    )


def _shown(moviepy: ModuleType, part: _Part) -> Any:
    """Return a picture as a clip that stands still."""
    with Image.open(part.path) as picture:
        drawn = np.asarray(picture.convert("RGB"))
    return moviepy.ImageClip(drawn, duration=part.clip.duration_s).with_fps(part.clip.frame_rate)


def _pictures(order: _Order, made: Any, target: writing.Target, progress: Progress) -> Iterator[bytes]:
    """Yield every picture, each within its time."""
    count = target.frames(made)
    for number in range(count):
        with _within(order.patience[1]):
            picture = made.get_frame(float(number / target.rate))
            data = target.bytes_of(picture)
        if number % 10 == 0:
            progress(number / count, f"Picture {number + 1} of {count}")
        yield data


def _moviepy() -> ModuleType:
    """Load MoviePy; it would read a file of settings from any folder above it, and look for a player."""
    from workers.media.video.tool import program

    os.environ.update(PYTHON_DOTENV_DISABLED="1", FFMPEG_BINARY=program(), FFPLAY_BINARY=program())
    try:
        import moviepy
    except ImportError as error:
        raise MediaError(MISSING, code="compose_missing", detail=str(error)) from error
    loaded: ModuleType = moviepy
    return loaded


def _loaded(order: _Order) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"composition_{order.path.stem}", order.path)
    if spec is None or spec.loader is None:
        raise MediaError(f"The composition {order.name} cannot be loaded.", code="composition_failed")
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(order.path.parent))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def _told(order: _Order) -> Iterator[None]:
    """Turn whatever a composition raises into a sentence that names it and the line."""
    try:
        yield
    except (MediaError, MemoryError):
        raise
    except _Stalled as error:
        words = f"The composition {order.name} took too long{_line(order, error)} and was stopped."
        raise MediaError(words, code="composition_slow", detail=_trace(error)) from error
    except BaseException as error:
        said = f"{type(error).__name__}: {error}".strip().removesuffix(":")[:200]
        words = f"The composition {order.name} failed{_line(order, error)}: {said}"
        raise MediaError(f"{words.removesuffix('.')}.", code="composition_failed", detail=_trace(error)) from error


def _line(order: _Order, error: BaseException) -> str:
    """Say in which line of its file it happened; nothing where it was in none."""
    steps = [step for step in traceback.extract_tb(error.__traceback__) if Path(step.filename) == order.path]
    return f" in line {steps[-1].lineno}" if steps else ""


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-2000:]


@contextlib.contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer, again and again where it catches that; the last time ends the process."""
    left = _INTERRUPTIONS

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGALRM)
        raise _Stalled

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
