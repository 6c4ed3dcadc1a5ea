"""Running ffmpeg: what no command may hold goes by a file, to whichever version is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools import need
from workers.media.shapes import Box
from workers.media.video import filters, tool
from workers.media.video.shapes import Aim, Clip, VideoPlan, VideoRecipe

LIVELY = tuple(Aim(number / 100, 0.3 + number % 5 / 10, 0.5) for number in range(3000))
"""As a window follows what moves for some minutes."""


@pytest.fixture(params=["shipped", "installed"])
def _ffmpeg(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The ffmpeg that comes with the project, then that of the machine, which may be years older."""
    if request.param == "installed":
        path = need("ffmpeg")
        monkeypatch.setattr(tool, "program", lambda: path)
    tool.graph_from_file.cache_clear()
    yield
    tool.graph_from_file.cache_clear()


@pytest.mark.usefixtures("_ffmpeg")
def test_a_window_that_moves_all_the_time_is_more_than_a_command_may_hold(tmp_path: Path) -> None:
    clip = Clip(160, 90, 5, (10, 1))
    plan = VideoPlan(
        90, 90, Box(0, 0, 90, 90), Box(0, 0, 90, 90), 0, 5, clip.rate, VideoRecipe("h264.test", 1), path=LIVELY
    )
    graph = f"[0:v]{filters.window(plan, clip)}[out]"
    assert len(graph) > 1 << 17
    words = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=10:d=0.5", "-filter_complex", graph, "-map", "[out]"]
    tool.run([*words, "-f", "rawvideo", "-pix_fmt", "gray", "out.raw"], tmp_path / "run.log")
    assert (tmp_path / "out.raw").stat().st_size == 5 * 90 * 90
