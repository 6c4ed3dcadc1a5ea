"""Judging several files at once: each answer is that of its own file, and the first error ends the work."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workers.media import clips
from workers.media.shapes import Box
from workers.media.video import judging
from workers.media.video.measure import measure, sha256_of
from workers.media.video.shapes import Measured, SoundPlan, VideoPlan, VideoRecipe

PLAN = VideoPlan(
    160, 90, Box(0, 0, 160, 90), Box(0, 0, 160, 90), 0, 15, (30, 1), VideoRecipe("h264.test", 1),
    sound=SoundPlan(loudness_lufs=None),
)  # fmt: skip
QUIETER = (0, 10, 20)
"""Decibels."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, VideoPlan, bool]]:
    """The same half second three times, each quieter than the one before."""
    folder, made = tmp_path_factory.mktemp("judged"), []
    for number, quieter in enumerate(QUIETER):
        path = clips.made(
            folder / f"{quieter}.mp4", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=30:d=0.5", "-f", "lavfi", "-i",
            f"sine=frequency=500:sample_rate=48000:duration=0.5,volume=-{quieter}dB", *clips.X264, "-c:a", "aac",
        )  # fmt: skip
        made.append((path, replace(PLAN, first=number), True))
    return made


def test_each_file_is_told_what_was_found_of_it_while_others_are_measured(
    files: list[tuple[Path, VideoPlan, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two that begin meet: one after the other, the first would wait in vain."""
    met, begun = threading.Barrier(2), iter((True, True))

    def meeting(path: Path) -> Measured:
        if next(begun, False):
            met.wait(10)
        return measure(path)

    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(judging, "measure", meeting)
    judged = judging.judge(files)
    assert [made.digest for made, _ in judged] == [plan.digest() for _, plan, _ in files]
    assert [made.sha256 for made, _ in judged] == [sha256_of(path) for path, _, _ in files]
    loud = [made.loudness.integrated_lufs or 0 if made.loudness else 0 for made, _ in judged]
    assert [loud[0] - one for one in loud] == pytest.approx(QUIETER, abs=0.5)


def test_a_file_that_nobody_can_read_ends_the_judging(
    files: list[tuple[Path, VideoPlan, bool]], tmp_path: Path
) -> None:
    (tmp_path / "none.mp4").write_bytes(b"no video at all")
    with pytest.raises(Exception, match="Invalid data"):
        judging.judge([files[0], (tmp_path / "none.mp4", PLAN, True), *files[1:]])
    assert not [one for one in threading.enumerate() if one.name.startswith("judge")]
