"""Where crops lie: chosen focal points, faces, and the measured point."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ugc_hub.framing import Choice, plan
from ugc_hub.framing.geometry import Extent
from ugc_hub.framing.subject import with_air
from ugc_hub.presets import Preset
from workers.media.shapes import Box, MediaFacts, Point

SQUARE = Preset.from_custom({"id": "custom.square", "name": "Square", "channel": "web", "width": 500, "height": 500})
WIDE = Preset.from_custom({"id": "custom.wide", "name": "Wide", "channel": "web", "width": 1000, "height": 250})


def facts_of(width: int, height: int, *faces: Box, focal: Point | None = None) -> MediaFacts:
    return MediaFacts(
        "image",
        "jpeg",
        "image/jpeg",
        ".jpg",
        width,
        height,
        width,
        height,
        faces=faces,
        focal_point=focal or Point(0.5, 0.5),
    )


def crop_of(facts: MediaFacts, preset: Preset = SQUARE, focal: Point | None = None) -> Box:
    crop = plan(facts, preset, Choice(focal_point=focal)).crop
    assert crop is not None
    return crop


def holds(crop: Box, box: Box) -> bool:
    return (
        crop.x <= box.x
        and crop.y <= box.y
        and box.x + box.width <= crop.x + crop.width
        and box.y + box.height <= crop.y + crop.height
    )


def test_without_a_subject_the_middle_is_cut_out() -> None:
    assert crop_of(facts_of(2000, 1000)) == Box(500, 0, 1000, 1000)


@pytest.mark.parametrize(("x", "left"), [(0.0, 0), (0.3, 100), (0.5, 500), (0.74, 980), (1.0, 1000)])
def test_the_crop_is_centred_on_the_chosen_point_as_far_as_the_picture_reaches(x: float, left: int) -> None:
    assert crop_of(facts_of(2000, 1000), focal=Point(x, 0.5)) == Box(left, 0, 1000, 1000)


def test_the_measured_focal_point_is_used_when_nobody_chose_one() -> None:
    assert crop_of(facts_of(2000, 1000, focal=Point(0.9, 0.5))).x == 1000


def test_faces_go_before_the_measured_focal_point() -> None:
    face = Box(100, 300, 200, 200)
    assert holds(crop_of(facts_of(2000, 1000, face, focal=Point(0.9, 0.5))), face)


def test_a_chosen_point_goes_before_faces() -> None:
    face = Box(100, 300, 200, 200)
    assert crop_of(facts_of(2000, 1000, face), focal=Point(1.0, 0.5)).x == 1000


def test_a_face_near_the_top_keeps_its_headroom() -> None:
    face = Box(900, 200, 150, 150)
    crop = crop_of(facts_of(2000, 3000, face), WIDE)
    assert crop.y <= 200 - 0.4 * 150
    assert holds(crop, face)


def test_all_faces_are_kept_where_they_fit_together() -> None:
    faces = (Box(200, 400, 150, 150), Box(900, 350, 150, 150), Box(560, 420, 140, 140))
    crop = crop_of(facts_of(2000, 1000, *faces))
    assert all(holds(crop, face) for face in faces)


def test_the_largest_face_is_kept_where_not_all_fit() -> None:
    small, large = Box(100, 400, 100, 100), Box(1700, 400, 200, 200)
    crop = crop_of(facts_of(2000, 1000, small, large))
    assert holds(crop, large)
    assert not holds(crop, small)


def test_of_equal_faces_the_most_central_is_kept() -> None:
    outer, inner = Box(50, 400, 200, 200), Box(1300, 400, 200, 200)
    crop = crop_of(facts_of(2000, 1000, outer, inner))
    assert holds(crop, inner)


def test_a_neighbour_that_fits_with_the_largest_face_is_kept_too() -> None:
    far, large, near = Box(50, 400, 100, 100), Box(1500, 300, 300, 300), Box(1300, 400, 90, 90)
    crop = crop_of(facts_of(2000, 1000, far, large, near))
    assert holds(crop, large)
    assert holds(crop, near)


def test_a_face_larger_than_the_crop_is_centred() -> None:
    face = Box(500, 1000, 1000, 1000)
    crop = crop_of(facts_of(2000, 3000, face), WIDE)
    assert crop.height == 500
    assert face.y < crop.y + crop.height / 2 < face.y + face.height


def test_a_face_outside_the_picture_is_ignored() -> None:
    assert crop_of(facts_of(2000, 1000, Box(5000, 5000, 10, 10), Box(3, 3, 0, 0))).x == 500


@pytest.mark.parametrize("point", [Point(math.nan, math.inf), Point(-4, 0.5), Point(7, 0.5)])
def test_a_point_outside_the_picture_is_pushed_in(point: Point) -> None:
    crop = crop_of(facts_of(2000, 1000), focal=point)
    assert 0 <= crop.x <= 1000


@settings(deadline=None)
@given(
    width=st.integers(1000, 4000),
    height=st.integers(1000, 4000),
    x=st.floats(0, 1),
    y=st.floats(0, 1),
    side=st.integers(20, 400),
)
def test_one_face_that_fits_is_always_whole_with_its_air(
    width: int, height: int, x: float, y: float, side: int
) -> None:
    face = Box(int(x * (width - side)), int(y * (height - side)), side, side)
    crop = crop_of(facts_of(width, height, face))
    airy = with_air(face, Extent(width, height))
    assume(airy.width <= crop.width and airy.height <= crop.height)
    assert holds(crop, airy)
