"""Byte budgets are never exceeded and, where quality is the limit, used."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.workers.media.pictures import IMPRINT, cover, opened, photo, recipe
from workers.media import imprint
from workers.media.errors import PlanImpossible
from workers.media.image import render_pack
from workers.media.image.budget import MOST_ENCODES, Search
from workers.media.shapes import ImageFormat, Rendered

SIZE = (640, 480)
LOSSY: tuple[ImageFormat, ...] = ("jpeg", "webp", "avif")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("budget") / "photo.png"
    photo(*SIZE).save(path)
    return path


MARK = replace(
    IMPRINT,
    licensor_url=None,
    data_mining=None,
    model_release=None,
    property_release=None,
    credit_required=None,
    license_end=None,
    usage_id=None,
)
"""What is written while rendering; what belongs to a use is not known yet."""


def render(source: Path, name: ImageFormat, max_bytes: int | None, **settings_of: object) -> Rendered:
    wanted = recipe(name, **{"quality": 92, "min_quality": 10, **settings_of})
    plan = cover(SIZE, 320, 240, name, recipe=wanted, max_bytes=max_bytes, imprint=MARK)
    return render_pack(source, [plan], source.parent)[0]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=some.floats(0.25, 1.2), name=some.sampled_from(LOSSY))
def test_any_budget_is_kept_and_at_least_nine_tenths_used(source: Path, share: float, name: ImageFormat) -> None:
    free = render(source, name, None)
    # A format may not reach a quarter at all: then the lightest file that it can make is the hardest budget there is.
    lightest = render(source, name, None, quality=10)
    limit = max(int(free.size_bytes * share), lightest.size_bytes)
    made = render(source, name, limit)
    assert made.size_bytes <= limit
    assert made.encodes <= MOST_ENCODES
    if free.size_bytes > limit - imprint.room(limit):
        assert made.quality is not None
        assert made.quality < 92
        if made.size_bytes < 0.9 * limit:
            # Where the steps of a format are wider than a tenth, the next better file is the one that does not fit.
            sizes = (render(source, name, None, quality=better).size_bytes for better in range(made.quality + 1, 93))
            assert next(size for size in sizes if size > made.size_bytes) > limit - imprint.room(limit)
    else:
        assert (made.size_bytes, made.quality, made.encodes) == (free.size_bytes, 92, 1)


class Weighs(bytes):
    """A file of so many bytes without them: millions of zeros for each guess took most of the time of the test."""

    size = 0

    def __len__(self) -> int:
        return self.size


def weighing(size: int) -> Weighs:
    made = Weighs()
    made.size = size
    return made


@settings(max_examples=200, deadline=None)
@given(
    base=some.floats(500, 50_000),
    slope=some.floats(0.005, 0.12),
    bend=some.floats(-0.4, 0.4),
    limit=some.integers(300, 5_000_000),
    low=some.integers(1, 60),
    span=some.integers(0, 60),
)
def test_the_search_ends_within_its_runs_on_any_growing_curve(
    base: float, slope: float, bend: float, limit: int, low: int, span: int
) -> None:
    high = min(100, low + span)

    def weigh(level: int) -> int:
        return int(base * math.exp(slope * level + bend * math.sin(level / 17) / 4)) + level

    search = Search(lambda level: weighing(weigh(level)), limit, low, high)
    found = search.run()
    assert len(search.sizes) <= MOST_ENCODES
    assert all(low <= level <= high for level in search.sizes)
    assert (found is not None) == (weigh(low) <= limit)
    if found:
        level, data = found
        assert len(data) <= limit
        nothing_better = level == high or weigh(level + 1) > limit
        assert nothing_better or len(data) >= 0.9 * limit


def test_an_impossible_budget_names_the_smallest_size_that_was_reached(source: Path) -> None:
    smallest = render(source, "webp", None, quality=40)
    with pytest.raises(PlanImpossible, match=f"{smallest.size_bytes:,} bytes"):
        render(source, "webp", 2_000, quality=92, min_quality=40)


def test_a_jpeg_gives_up_chroma_before_it_gives_up(source: Path) -> None:
    least = render(source, "jpeg", None, quality=60, subsampling="4:4:4").size_bytes
    made = render(source, "jpeg", least - 500, quality=92, min_quality=60, subsampling="4:4:4")
    assert made.size_bytes <= least - 500
    assert made.quality is not None
    assert made.quality >= 60


@pytest.mark.parametrize("name", ["png", "gif"])
def test_png_and_gif_lose_colours_to_meet_a_budget(source: Path, name: ImageFormat) -> None:
    free = render(source, name, None)
    made = render(source, name, free.size_bytes // 2)
    assert made.size_bytes <= free.size_bytes // 2
    assert made.quality is None
    colours = opened(source.parent / made.path).convert("RGB").getcolors(1 << 20)
    assert colours is not None
    assert 8 <= len(colours) <= 256


def test_a_lossless_recipe_never_loses_colours(source: Path) -> None:
    with pytest.raises(PlanImpossible):
        render(source, "png", 30_000, lossless=True)


def test_the_metadata_counts_towards_the_budget(source: Path) -> None:
    limit = render(source, "jpeg", None, quality=70).size_bytes
    made = render(source, "jpeg", limit)
    assert (source.parent / made.path).stat().st_size <= limit
    assert b"Ana" in (source.parent / made.path).read_bytes()


@pytest.mark.parametrize("name", LOSSY)
def test_an_advised_budget_that_nothing_meets_gives_the_lightest_file(source: Path, name: ImageFormat) -> None:
    wanted = recipe(name, quality=92, min_quality=40)
    plan = cover(SIZE, 320, 240, name, recipe=wanted, max_bytes=1500, imprint=MARK)
    with pytest.raises(PlanImpossible):
        render_pack(source, [plan], source.parent)
    made = render_pack(source, [replace(plan, advised=True)], source.parent)[0]
    lightest = render_pack(source, [replace(plan, recipe=replace(wanted, quality=40), max_bytes=None)], source.parent)[
        0
    ]
    assert (made.quality, made.size_bytes) == (40, lightest.size_bytes)
