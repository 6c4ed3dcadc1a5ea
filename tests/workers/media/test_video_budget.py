"""Weight: no version is heavier than its placement takes, however hard its pictures are, or is refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sandboxes import lent
from tests.workers.media import clips
from tests.workers.media.test_video_normalise import normalised
from tests.workers.media.test_video_render import RECIPE, filmed, plan
from workers.media import filming
from workers.media.errors import PlanImpossible
from workers.media.sandbox import Sandbox
from workers.media.video.shapes import Clip, VideoRecipe

Shown = tuple[Clip, Path]


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with lent(Sandbox()) as made:
        yield made


def grain(box: Sandbox, folder: Path, drawn: str) -> Shown:
    found, path = normalised(box, clips.made(folder / "grain.mp4", "-f", "lavfi", "-i", drawn, *clips.X264), folder)
    return found.clip, path


@pytest.fixture(scope="module")
def noise(box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """A second of which no picture tells anything of the next."""
    drawn = "color=gray:s=320x180:r=30:d=1,noise=alls=80:allf=t:all_seed=7"
    return grain(box, tmp_path_factory.mktemp("noise"), drawn)


def test_a_budget_is_never_passed_and_well_used(box: Sandbox, tmp_path: Path) -> None:
    shown = grain(box, tmp_path, "nullsrc=s=320x180:r=30:d=2,geq=random(1)*255:128:128")
    (made,) = filmed(box, shown, [plan(shown[0], 320, 180, max_bytes=400_000)], tmp_path)
    assert 0.75 * 400_000 < made.measured.size_bytes <= 400_000
    assert (tmp_path / made.path).stat().st_size == made.measured.size_bytes


def test_a_budget_holds_where_a_scene_gets_hard_only_at_its_end(box: Sandbox, tmp_path: Path) -> None:
    """What an encoder saved in calm pictures it spends when noise begins, twice what it was asked for and more."""
    late = "color=gray:s=160x90:r=30:d=2,noise=alls=100:allf=t:all_seed=7:enable='gte(t,1.7)'"
    shown, budgets = grain(box, tmp_path, late), [40_000, 60_000]
    made = filmed(box, shown, [plan(shown[0], 160, 90, max_bytes=most) for most in budgets], tmp_path)
    for one, most in zip(made, budgets, strict=True):
        assert 0.3 * most < (tmp_path / one.path).stat().st_size <= most


def test_what_no_bit_rate_brings_under_its_budget_is_refused_in_words_and_leaves_no_file(
    box: Sandbox, noise: Shown, tmp_path: Path
) -> None:
    (refused,) = filming.film(box, noise[1], (noise[0], [plan(noise[0], 320, 180, max_bytes=9_000)]), tmp_path)
    assert isinstance(refused, PlanImpossible)
    assert refused.message == "The video does not fit into 9000 bytes at this size. Make it shorter or smaller."
    assert list(tmp_path.glob("*.mp4")) == []


def test_a_placement_that_refuses_many_bits_gets_fewer(box: Sandbox, noise: Shown, tmp_path: Path) -> None:
    """A short file may pass the rate that its encoder is bounded by, for that holds over two seconds."""
    most = replace(RECIPE, kbps_max=900)
    (free,) = filmed(box, noise, [plan(noise[0], 320, 180, recipe=most)], tmp_path)
    assert free.measured.size_bytes * 8 > 900_000
    (bound,) = filmed(box, noise, [plan(noise[0], 320, 180, recipe=most, max_kbps=900)], tmp_path)
    assert 500_000 < bound.measured.size_bytes * 8 <= 900_000


def test_an_advised_rate_bounds_every_codec(box: Sandbox, noise: Shown, tmp_path: Path) -> None:
    """By quality alone a second of this noise weighs more than a megabyte; the bound holds over two seconds."""
    vp9 = VideoRecipe("vp9.test", 1, "vp9", "webm", "8", 33, profile="", kbps_max=2000)
    av1 = VideoRecipe("av1.test", 1, "av1", "mp4", "12", 34, profile="main", kbps_max=2000)
    made = filmed(box, noise, [plan(noise[0], 320, 180, recipe=one) for one in (vp9, av1)], tmp_path)
    for one in made:
        assert 60_000 < one.measured.size_bytes < 500_000, one.path
