"""A window follows faces and motion calmly, jumps only with the picture, and never shows what is not there."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ugc_hub.framing.following import FASTEST, Part, by_hand, follow
from ugc_hub.framing.geometry import Extent
from workers.media.shapes import Point
from workers.media.video.shapes import Aim, Clip, Seen

UPRIGHT = Extent(608, 1080)
"""9:16 of 1920 x 1080."""


def clip(seen: tuple[Seen, ...], seconds: float = 8, **changes: object) -> Clip:
    made = Clip(1920, 1080, round(seconds * 30), (30, 1), seen=seen)
    return replace(made, **changes)  # type: ignore[arg-type]


def face(at_s: float, x: float, y: float = 0.4, side: float = 0.1) -> Seen:
    return Seen(at_s, ((x - side / 2, y - side / 2, side, side),))


def looks(seconds: float = 8) -> list[float]:
    return [index / 4 for index in range(int(seconds * 4))]


def place(path: tuple[Aim, ...], at_s: float) -> float:
    """Where the window looks, across: straight between two aims, at once where it jumps."""
    before = [aim for aim in path if aim.at_s <= at_s] or [path[0]]
    after = next((aim for aim in path if aim.at_s > at_s), None)
    here = before[-1]
    if after is None or after.jump:
        return here.x
    return here.x + (after.x - here.x) * (at_s - here.at_s) / (after.at_s - here.at_s)


def test_a_face_that_stays_is_framed_without_moving() -> None:
    jitter = clip(tuple(face(at, 0.62 + 0.01 * (index % 3)) for index, at in enumerate(looks())))
    path = follow(jitter, UPRIGHT, Part(0, 240))
    assert len(path) == 1
    assert path[0].x == pytest.approx(0.63, abs=0.011)
    assert (path[0].at_s, path[0].y) == (0.0, 0.5)


def test_somebody_who_walks_is_kept_in_view() -> None:
    walking = clip(tuple(face(at, 0.2 + 0.07 * at) for at in looks()))
    path = follow(walking, UPRIGHT, Part(0, 240))
    half = UPRIGHT.width / 1920 / 2
    for at in looks():
        assert abs(place(path, at) - (0.2 + 0.07 * at)) < half
    assert not any(aim.jump for aim in path)


def test_a_window_jumps_at_a_cut_and_nowhere_else() -> None:
    scenes = clip(tuple(face(at, 0.25 if at < 4 else 0.75) for at in looks()), cuts=(4.0,))
    path = follow(scenes, UPRIGHT, Part(0, 240))
    assert [(aim.at_s, aim.jump) for aim in path] == [(0.0, False), (4.0, True)]
    assert place(path, 3.99) == pytest.approx(0.25, abs=0.01)
    assert place(path, 4.0) == pytest.approx(0.75, abs=0.01)


def test_a_window_stays_where_a_scene_ends_before_it_was_looked_at() -> None:
    seen = tuple(Seen(index / 4, ((0.8, 0.4, 0.1, 0.2),)) for index in range(12))
    flashed = Clip(1920, 1080, 90, (30, 1), cuts=(1.3, 1.4), seen=seen)
    assert len(follow(flashed, Extent(606, 1080), Part(0, 90))) == 1


def test_motion_is_followed_where_there_is_no_face_and_the_middle_where_nothing_moves() -> None:
    moving = clip(tuple(Seen(at, (), Point(0.8, 0.5), 0.05) for at in looks()))
    assert follow(moving, UPRIGHT, Part(0, 240))[0].x == pytest.approx(0.8, abs=0.01)
    still = clip(tuple(Seen(at) for at in looks()))
    assert follow(still, UPRIGHT, Part(0, 240)) == (Aim(0.0, 0.5, 0.5),)


def test_faces_that_fit_together_are_shown_together_and_else_the_largest() -> None:
    near = clip(tuple(Seen(at, ((0.4, 0.3, 0.1, 0.2), (0.55, 0.3, 0.08, 0.16))) for at in looks()))
    assert follow(near, UPRIGHT, Part(0, 240))[0].x == pytest.approx((0.4 + 0.63) / 2, abs=0.001)
    far = clip(tuple(Seen(at, ((0.7, 0.3, 0.1, 0.2), (0.1, 0.3, 0.08, 0.16))) for at in looks()))
    assert follow(far, UPRIGHT, Part(0, 240))[0].x == pytest.approx(0.75, abs=0.001)


def test_a_face_that_the_finder_misses_now_and_then_is_looked_at_still() -> None:
    waving = Point(0.8, 0.5)
    seen = [face(at, 0.3) if index % 3 else Seen(at, (), waving, 0.05) for index, at in enumerate(looks())]
    (only,) = follow(clip(tuple(seen)), UPRIGHT, Part(0, 240))
    assert only.x == pytest.approx(0.3, abs=0.001)
    gone = [look if look.at_s < 2 else Seen(look.at_s, (), waving, 0.05) for look in seen]
    path = follow(clip(tuple(gone)), UPRIGHT, Part(0, 240))
    assert place(path, 0.5) == pytest.approx(0.3, abs=0.02)
    assert place(path, 7.5) == pytest.approx(0.8, abs=0.02)


def test_of_two_faces_alike_one_is_shown_and_not_the_wall_between_them() -> None:
    def two(at_s: float, left: float, right: float) -> Seen:
        faces = ((0.15, 0.3, left, left), (0.75, 0.3, right, right))
        return Seen(at_s, tuple(sorted(faces, key=lambda one: -one[2])))

    seen = tuple(two(at, *((0.1, 0.105) if index % 2 else (0.105, 0.1))) for index, at in enumerate(looks()))
    (only,) = follow(clip(seen), UPRIGHT, Part(0, 240))
    assert only.x == pytest.approx(0.2, abs=0.01)
    nearer = tuple(two(at, 0.1, 0.1 if at < 4 else 0.2) for at in looks())
    assert place(follow(clip(nearer), UPRIGHT, Part(0, 240)), 7.5) == pytest.approx(0.83, abs=0.03)


def test_times_count_from_the_beginning_of_the_part() -> None:
    scenes = clip(tuple(face(at, 0.25 if at < 4 else 0.75) for at in looks()), cuts=(4.0,))
    path = follow(scenes, UPRIGHT, Part(90, 120))
    assert [(aim.at_s, aim.jump) for aim in path] == [(0.0, False), (1.0, True)]
    (only,) = follow(scenes, UPRIGHT, Part(150, 60))
    assert (only.at_s, round(only.x, 2)) == (0.0, 0.75)


def test_a_window_as_large_as_the_picture_goes_nowhere() -> None:
    assert follow(clip((face(0, 0.3),)), Extent(1920, 1080), Part(0, 240)) == ()


def test_places_set_by_hand_are_pushed_into_the_picture_and_shifted() -> None:
    path = by_hand([Aim(3.0, 1.0, 0.5), Aim(2.0, 0.0, 0.2, jump=True)], clip(()), UPRIGHT, Part(30, 90))
    least = UPRIGHT.width / 1920 / 2
    assert path == (Aim(1.0, least, 0.5, jump=True), Aim(2.0, 1 - least, 0.5))


FRACTION = st.floats(0, 1, allow_nan=False)
FACES = st.lists(st.tuples(FRACTION, FRACTION), max_size=3)


@given(
    st.lists(FACES, min_size=4, max_size=24),
    st.lists(st.integers(1, 170), max_size=4, unique=True),
    st.integers(100, 1920),
    st.integers(0, 60),
)
def test_no_way_leaves_the_picture_or_runs(
    faces: list[list[tuple[float, float]]], cuts: list[int], width: int, first: int
) -> None:
    seen = tuple(
        Seen(index / 4, tuple((x * 0.9, y * 0.9, 0.1, 0.1) for x, y in some)) for index, some in enumerate(faces)
    )
    made = clip(seen, seconds=6, cuts=tuple(sorted(cut / 30 for cut in cuts)))
    window = Extent(width, 1080)
    path = follow(made, window, Part(first, 180 - first))
    assert path == follow(made, window, Part(first, 180 - first))
    least = min(0.5, width / 1920 / 2)
    for aim in path:
        assert least - 1e-4 <= aim.x <= 1 - least + 1e-4
        assert aim.at_s >= 0
    within = {round(cut / 30 - first / 30, 4) for cut in cuts}
    for before, after in pairwise(path):
        assert after.at_s > before.at_s or after.jump
        if after.jump:
            assert after.at_s in within
        else:
            assert abs(after.x - before.x) <= FASTEST * width / 1920 * (after.at_s - before.at_s) + 1e-3


def steps(path: tuple[Aim, ...], every_s: float = 0.05) -> list[float]:
    """By how much the window moves across, each twentieth of a second of eight."""
    places = [place(path, index * every_s) for index in range(round(8 / every_s))]
    return [after - before for before, after in pairwise(places)]


def test_a_window_goes_smoothly_after_somebody_whose_face_jitters() -> None:
    """Each look finds the face a little to one side and then to the other of its way."""
    walking = clip(tuple(face(at, 0.2 + 0.07 * at + 0.025 * (-1) ** index) for index, at in enumerate(looks())))
    path = follow(walking, UPRIGHT, Part(0, 240))
    moved = steps(path)
    assert min(moved) >= 0
    assert max(moved) <= 1.5 * 0.07 * 0.05
    assert place(path, 6.0) - place(path, 2.0) == pytest.approx(0.28, abs=0.02)


def test_a_window_is_never_faster_than_people_like_to_look_and_sets_out_early_instead() -> None:
    """Six tenths of its own length a second; half of the way to where somebody dashes lies before the dash."""
    dashing = clip(tuple(face(at, 0.2 if at < 4 else 0.8) for at in looks()))
    path = follow(dashing, UPRIGHT, Part(0, 240))
    fastest = 0.6 * UPRIGHT.width / 1920
    assert max(steps(path)) / 0.05 == pytest.approx(fastest, rel=0.02)
    assert place(path, 4.0) == pytest.approx(0.5, abs=0.05)
    assert place(path, 0.0) == pytest.approx(0.2, abs=0.01)
    assert place(path, 7.9) == pytest.approx(0.8, abs=0.01)
