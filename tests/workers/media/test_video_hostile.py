"""Work on videos believes no header, keeps its limits, and touches nothing but the file that it was given.

What is refused when it is looked at never comes this far. Here it does: with the facts of an honest clip.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sandboxes import lent
from tests.tools import need
from tests.workers.media import clips, traps
from workers.media import filming
from workers.media.errors import MediaError, TooLarge
from workers.media.limits import MIB, Limits
from workers.media.sandbox import Sandbox
from workers.media.shapes import Box, MediaFacts
from workers.media.video.shapes import Clip, Made, VideoPlan, VideoRecipe

ROOT = Path(__file__).resolve().parents[3]
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with lent(Sandbox()) as made:
        yield made


@pytest.fixture(scope="module")
def honest(box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, MediaFacts]:
    """A second of picture and tone, and what was measured of it."""
    folder = tmp_path_factory.mktemp("honest")
    tone = ("-f", "lavfi", "-i", "sine=duration=1")
    path = clips.pattern(folder / "clip.mp4", *tone, *X264, "-c:a", "aac", "-movflags", "+faststart", size="192x144")
    return path, box.inspect(path, folder).facts


def plan(clip: Clip) -> VideoPlan:
    whole = Box(0, 0, clip.width, clip.height)
    return VideoPlan(clip.width, clip.height, whole, whole, 0, clip.frames, clip.rate, VideoRecipe("h264.test", 1))


def refused(box: Sandbox, path: Path, facts: MediaFacts, work: Path) -> MediaError:
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    with pytest.raises(MediaError) as caught:
        filming.normalise(box, path, facts, work)
    return caught.value


@pytest.mark.req("R50")
def test_a_header_that_lies_about_time_and_size_changes_no_clip(
    box: Sandbox, honest: tuple[Path, MediaFacts], tmp_path: Path
) -> None:
    path = tmp_path / "lies.mp4"
    path.write_bytes(traps.lying(honest[0].read_bytes()))
    found = filming.normalise(box, path, box.inspect(path, tmp_path).facts, tmp_path).clip
    assert (found.width, found.height, found.frames) == (192, 144, 30)


@pytest.mark.req("R50")
def test_a_thousand_streams_are_refused_before_anything_is_decoded(
    box: Sandbox, honest: tuple[Path, MediaFacts], tmp_path: Path
) -> None:
    path, work = tmp_path / "many.mp4", tmp_path / "work"
    path.write_bytes(traps.with_streams(honest[0].read_bytes(), 1_000))
    found = refused(box, path, honest[1], work)
    assert isinstance(found, TooLarge)  # by their number, or by the memory that opening them takes
    assert list(work.iterdir()) == []


@pytest.mark.req("R50")
@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(streams=1), "too_many_streams"),
        (Limits(video_pixels=100 * 100), "too_many_pixels"),
        (Limits(video_side=150), "too_many_pixels"),
        (Limits(wall_s=0.001), "too_slow"),
        (Limits(file_bytes=8 * 1024), "output_too_large"),
        (Limits(memory_bytes=96 * MIB), "too_much_memory"),
    ],
)
def test_every_limit_holds_for_normalising_too(
    limits: Limits, code: str, honest: tuple[Path, MediaFacts], tmp_path: Path
) -> None:
    with Sandbox(limits) as strict:
        found = refused(strict, *honest, tmp_path / "work")
    assert isinstance(found, TooLarge), found.detail
    assert found.code == code
    assert not found.retry


@pytest.mark.req("R51")
def test_files_that_point_elsewhere_give_no_clip_and_nothing_is_fetched(
    box: Sandbox, honest: tuple[Path, MediaFacts], tmp_path: Path
) -> None:
    with traps.listening() as (port, hits):
        for name, data in traps.crafted(port, honest[0]).items():
            path = tmp_path / name
            path.write_bytes(data)
            for form in ("mp4", "mkv", "avi", "mts"):
                assert not refused(box, path, replace(honest[1], format=form), tmp_path / "work").retry
        assert hits == []


@pytest.mark.req("R51")
@pytest.mark.parametrize("name", ["-i.mp4", "concat:a|b", "-", "http:x", "a\nb.mp4", "%d.mp4", "file:x", "ä 日'.mp4"])
def test_a_name_is_neither_an_option_nor_a_protocol_nor_a_pattern(
    name: str, box: Sandbox, honest: tuple[Path, MediaFacts], tmp_path: Path
) -> None:
    path, work = tmp_path / name, tmp_path / "work"
    work.mkdir()
    shutil.copy(honest[0], path)
    found = filming.normalise(box, path, honest[1], work)
    assert found.clip.frames == 30
    kept = tmp_path / f"{name}.clip"
    (work / found.path).rename(kept)
    (made,) = filming.film(box, kept, (found.clip, [plan(found.clip)]), work)
    assert isinstance(made, Made)
    assert made.measured.frames == 30


@pytest.mark.req("R51")
def test_work_on_a_video_opens_no_other_file_and_no_socket(honest: tuple[Path, MediaFacts], tmp_path: Path) -> None:
    need("strace")
    other, path, work, log = (tmp_path / name for name in ("other.mp4", "given.mp4", "work", "log"))
    work.mkdir()
    for copy in (other, path):
        shutil.copy(honest[0], copy)
    script = (
        "import sys; from pathlib import Path\n"
        "from workers.media import filming; from workers.media.sandbox import Sandbox\n"
        "from tests.workers.media.test_video_hostile import plan\n"
        "path, work = map(Path, sys.argv[1:])\n"
        "with Sandbox() as box:\n"
        "    found = filming.normalise(box, path, box.inspect(path, work).facts, work)\n"
        "    made = filming.film(box, work / found.path, (found.clip, [plan(found.clip)]), work)\n"
        "    print(made[0].measured.frames)\n"
    )
    traced = ["strace", "-f", "-qq", "-e", "trace=open,openat,openat2,creat,connect", "-o", str(log)]
    said = subprocess.run(
        [*traced, sys.executable, "-c", script, str(path), str(work)],
        check=True, cwd=ROOT, timeout=300, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert said.strip() == "30"
    lines = log.read_text().splitlines()
    assert not [line for line in lines if "connect(" in line and "AF_INET" in line]
    ours = [line for line in lines if str(tmp_path) in line and "ENOENT" not in line]
    assert any("given.mp4" in line for line in ours)
    assert any("clip.mov" in line for line in ours)
    assert not [line for line in ours if "given.mp4" not in line and str(work) not in line and f'{tmp_path}"' not in line]  # fmt: skip  # noqa: E501
