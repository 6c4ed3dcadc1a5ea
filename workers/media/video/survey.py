"""What is to be seen and heard in a clip: cuts, motion, faces, loudness, silence; measured while it is normalised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workers.media.features import faces as finder
from workers.media.shapes import Point
from workers.media.video.shapes import Clip, Loudness, Seen, Span

GRID, GRID_SIDE = "grid.gray", 96
"""Every picture of the clip, small: what changes between them tells cuts and motion."""
FACES, FACES_SIDE, FACES_RATE = "faces.gray", finder.SIDE, 4
"""Four pictures a second, as large as the face finder wants them."""
_QUIET_DB, _QUIET_S = -45, 0.25
_CLICK_S = 0.05
LOUD, _LOUD_S = "loud.txt", 0.1
"""Momentary loudness ten times a second, each of the 400 ms that end with its tenth (EBU R 128)."""
LISTENING = (
    "ebur128=peak=true:framelog=quiet:metadata=1,"
    f"ametadata=mode=print:key=lavfi.r128.M:file={LOUD},silencedetect=n={_QUIET_DB}dB:d={_QUIET_S}"
)

_CUT_LEAST = 0.10
"""Mean change of brightness (of 1) from one picture to the next that can be a cut at all."""
_CUT_TIMES = 4.0
"""It must be so many times what changes around it: a shaken camera changes much all the time."""
_CUT_AROUND = 8
_SAME = 0.002
_STANDING = 0.25
"""Of the pictures around: where fewer move, the camera stands still, and what moves are other cuts."""
_BRIGHT, _DIM = 0.3, 0.35
"""Mean brightness from which a cut changes so much; in the dark it changes less, but no less than this part of it."""
_FLASH_S, _ALIKE = 0.2, 0.5
"""What lasts no longer may be a flash; and of its change at most so much is left when it is over."""
_STILL = 6.0
"""A change of brightness (of 255) below which a place counts as still: noise of the sensor."""
_QUIETEST = -70.0
"""LUFS of the absolute gate: nothing is reported below it."""

_NUMBER = r"(-?inf|-?\d+(?:\.\d+)?)"
_SUMMARY = re.compile(rf"I:\s+{_NUMBER} LUFS.*?LRA:\s+{_NUMBER} LU.*?Peak:\s+{_NUMBER} dBFS", re.DOTALL)
_MOMENT = re.compile(rf"pts_time:{_NUMBER}\s+lavfi\.r128\.M={_NUMBER}")
_SILENCE = re.compile(rf"silence_(start|end): {_NUMBER}")

Grey = NDArray[np.uint8]


def complete(
    clip: Clip, workdir: Path, log: str, *, grid: tuple[int, int], faces: tuple[int, int], share: float = 1.0
) -> Clip:
    """Return the clip with everything that was seen and heard; the files of small pictures are read and removed.

    `share`: how many of its pictures the original gave, 0..1; the others show one of those again.
    """
    pictures = _pictures(workdir / GRID, grid)
    changes = _changes(pictures)
    jumps = _cuts(changes, _levels(pictures), share)
    begins = _scenes(jumps, changes, pictures, round(_FLASH_S * clip.frame_rate))
    cuts = tuple(round(index / clip.frame_rate, 4) for index in begins)
    looks = _pictures(workdir / FACES, faces)
    found = [_faces(picture) for picture in looks]
    details = [_detail(picture) for picture in looks]
    loud = _moments(workdir / LOUD)
    seen = tuple(
        replace(
            _seen(number, faces_in, (pictures, frozenset(jumps)), clip),
            detail=details[number],
            loud_lufs=loud.get(number),
        )
        for number, faces_in in enumerate(found)
    )
    (workdir / GRID).unlink()
    (workdir / FACES).unlink()
    heard = loudness(log) if clip.has_sound else None
    quiet = silences(log, clip.duration_s) if clip.has_sound else ()
    return replace(clip, cuts=cuts, seen=seen, loudness=heard, silences=quiet)


def _pictures(path: Path, size: tuple[int, int]) -> Grey:
    if not path.stat().st_size:
        return np.zeros((0, size[1], size[0]), np.uint8)
    return np.memmap(path, np.uint8, "r").reshape(-1, size[1], size[0])


def _changes(pictures: Grey) -> NDArray[np.float32]:
    """Mean change of brightness, 0..1, from each picture to the next; the first did not change."""
    moved = [0.0, *(float(cv2.absdiff(one, other).mean()) / 255 for one, other in _pairs(pictures))]
    return np.asarray(moved[: len(pictures)], np.float32)


def _pairs(pictures: Grey) -> Iterator[tuple[Grey, Grey]]:
    return pairwise(pictures)


def _levels(pictures: Grey) -> NDArray[np.float32]:
    """Mean brightness of each picture, 0..1."""
    return np.asarray([float(picture.mean()) / 255 for picture in pictures], np.float32)


def _cuts(changes: NDArray[np.float32], levels: NDArray[np.float32], share: float) -> list[int]:
    """Pictures that another scene begins with: they differ from the one before far more than those around them do."""
    found: list[int] = []
    lit = np.maximum(levels, np.roll(levels, 1))
    for index in np.flatnonzero(changes >= _CUT_LEAST * np.clip(lit / _BRIGHT, _DIM, 1)):
        around = np.concatenate(
            (changes[max(1, index - _CUT_AROUND) : index], changes[index + 1 : index + 1 + _CUT_AROUND])
        )
        moving = around[around > _SAME]  # a picture that is shown twice says nothing about the camera
        if moving.size <= _STANDING * share * around.size or changes[index] >= _CUT_TIMES * float(np.median(moving)):
            found.append(int(index))
    return found


def _scenes(cuts: list[int], changes: NDArray[np.float32], pictures: Grey, most: int) -> list[int]:
    """Leave out what lasts for at most so many pictures and ends with the scene before it: the light of a camera."""
    kept: list[int] = []
    for index in cuts:
        if kept and index - kept[-1] <= most:
            apart = float(cv2.absdiff(pictures[kept[-1] - 1], pictures[index]).mean()) / 255
            if apart < _ALIKE * min(changes[kept[-1]], changes[index]):
                kept.pop()
                continue
        kept.append(index)
    return kept


def _faces(picture: Grey) -> tuple[tuple[float, float, float, float], ...]:
    height, width = picture.shape[:2]
    boxes = finder.find(Image.fromarray(np.ascontiguousarray(picture)))
    return tuple(
        (round(box.x / width, 4), round(box.y / height, 4), round(box.width / width, 4), round(box.height / height, 4))
        for box in boxes
    )


def _detail(picture: Grey) -> float:
    """Return how much a picture changes from pixel to pixel, 0..1: little where it is blurred, dark or empty."""
    return round(float(np.abs(cv2.Laplacian(picture, cv2.CV_16S)).mean()) / 255, 4)


def _seen(number: int, faces: Any, shown: tuple[Grey, frozenset[int]], clip: Clip) -> Seen:
    """Motion between this look and the next one; `shown` are the pictures, and those that a scene begins with.

    From one scene to the next everything changes, and nothing of that is motion.
    """
    pictures, begins = shown
    at_s = number / FACES_RATE
    first = min(len(pictures) - 1, round(at_s * clip.frame_rate))
    last = min(len(pictures) - 1, round((at_s + 1 / FACES_RATE) * clip.frame_rate))
    moved = np.zeros(pictures.shape[1:], np.float32)
    pairs = [index for index in range(first, last) if index + 1 not in begins]
    for index in pairs:
        moved += cv2.absdiff(pictures[index], pictures[index + 1])
    moved /= max(1, len(pairs))
    moved[moved < _STILL] = 0
    total = float(moved.sum())
    if total <= 0:
        return Seen(at_s, faces)
    height, width = pictures.shape[1:]
    rows, columns = np.indices((height, width))
    centre = Point(
        round(float((moved * (columns + 0.5)).sum()) / total / width, 4),
        round(float((moved * (rows + 0.5)).sum()) / total / height, 4),
    )
    return Seen(at_s, faces, centre, round(total / moved.size / 255, 4))


def _moments(path: Path) -> dict[int, float]:
    """Return the greatest momentary loudness in each look, by its number, and remove the file; nothing of silence."""
    if not path.exists():
        return {}
    found: dict[int, float] = {}
    for moment, value in _MOMENT.findall(path.read_text("ascii")):
        look = int(max(0.0, float(moment) - _LOUD_S) * FACES_RATE)
        if float(value) > _QUIETEST:
            found[look] = max(found.get(look, _QUIETEST), round(float(value), 1))
    path.unlink()
    return found


def loudness(log: str) -> Loudness:
    """Return the summary of `ebur128` at the end of what ffmpeg said."""
    found = list(_SUMMARY.finditer(log))
    if not found:
        return Loudness(None, 0.0, None)
    integrated, spread, peak = (float(value) for value in found[-1].groups())
    heard = integrated > _QUIETEST
    return Loudness(integrated if heard else None, spread, peak if peak > float("-inf") else None)


def silences(log: str, duration_s: float) -> tuple[Span, ...]:
    """Return the silences; a click between two of them does not part them."""
    moments = [(kind, min(max(0.0, float(value)), duration_s)) for kind, value in _SILENCE.findall(log)]
    if moments and moments[-1][0] == "start":
        moments.append(("end", duration_s))
    spans: list[Span] = []
    for (_, start), (_, end) in zip(moments[::2], moments[1::2], strict=True):
        if spans and start - spans[-1].end_s < _CLICK_S:
            start = spans.pop().start_s
        spans.append(Span(round(start, 3), round(end, 3)))
    return tuple(span for span in spans if span.end_s > span.start_s)  # others lie behind the last picture
