"""How pictures look: the shipped descriptor, plug-ins, and the nearest among many."""

from __future__ import annotations

import base64
import math
import random
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from tests.pictures import encoded, jpeg, picture
from workers.media.embedding import dimensions, load, look, title
from workers.media.nearest import Limits, Row, Shelf
from workers.media.sandbox import Sandbox


def vector(image: Image.Image) -> bytes:
    return base64.b64decode(look("", image).vector)


def test_what_the_shipped_one_says_without_being_loaded_is_what_it_says() -> None:
    made = load("")
    assert (title(""), dimensions("")) == (f"{made.name}/{made.version}", made.dimensions)


def test_copies_of_a_picture_are_nearer_than_any_other_picture() -> None:
    origin = picture(640, 480, 1)
    copies = {
        "smaller": origin.resize((320, 240)),
        "paler": ImageEnhance.Contrast(origin).enhance(0.8),
        "brighter": ImageEnhance.Brightness(origin).enhance(1.15),
        "blurred": origin.filter(ImageFilter.GaussianBlur(2)),
    }
    rows = [Row(name, vector(image), b"") for name, image in copies.items()]
    rows += [Row(str(seed), vector(picture(640, 480, seed)), b"") for seed in range(2, 60)]
    shelf = Shelf(dimensions("")).added([*rows, Row("origin", vector(origin), b"")])
    assert {name for name, _ in shelf.look("origin", Limits(4))} == set(copies)


def test_a_picture_of_nothing_has_no_vector_and_is_like_none() -> None:
    grey = vector(Image.new("RGB", (64, 64), (119, 119, 119)))
    shelf = Shelf(dimensions("")).added([Row("a", b"", b""), Row("b", vector(picture()), b"")])
    assert shelf.look("a", Limits(5)) == [] == shelf.look("b", Limits(5))
    assert len(grey) in (0, 128)


def test_the_nearest_are_those_that_a_loop_finds() -> None:
    chance = random.Random(3)
    rows = [
        Row(f"a{n}", bytes(chance.randrange(256) for _ in range(16)), chance.randbytes(3 * chance.randrange(6)))
        for n in range(300)
    ]
    shelf = Shelf(16).added(rows[:100]).added([*rows[100:], rows[7]])
    assert len(shelf) == 300

    def signed(row: Row) -> list[int]:
        return [value - 256 if value > 127 else value for value in row.vector]

    mine = signed(rows[0])
    hidden, own = {"a3", "a4"}, {f"a{n}" for n in range(0, 300, 2)}
    for limits, allowed in (
        (Limits(25, hidden), {row.id for row in rows} - hidden),
        (Limits(25, hidden, own), own - hidden),
        (Limits(1000), {row.id for row in rows}),
    ):
        apart = {
            row.id: math.sqrt(
                max(
                    0.0,
                    1
                    - sum(a * b for a, b in zip(mine, signed(row), strict=True))
                    / (math.hypot(*mine) * math.hypot(*signed(row))),
                )
                / 2
            )
            for row in rows
            if row.id in allowed - {"a0"}
        }
        found = shelf.look("a0", limits)
        assert [far for _, far in found] == pytest.approx(sorted(apart.values())[: limits.count], abs=2e-4)
        assert {name for name, _ in found} <= allowed
        assert {name for name, _ in shelf.colours(rows[1].id, limits)} <= allowed - {"a1"}


def test_colours_are_compared_in_both_directions_and_the_most_covering_count_most() -> None:
    red, white, blue = b"\xe4\x00\x2b", b"\xff\xff\xff", b"\x10\x20\xc0"
    shelf = Shelf(8).added(
        [
            Row("mine", b"", red + white),
            Row("same", b"", red + white),
            Row("turned", b"", white + red),
            Row("more", b"", red + white + blue),
            Row("other", b"", blue),
            Row("none", b"", b""),
        ]
    )
    found = shelf.colours("mine", Limits(9))
    assert [name for name, _ in found] == ["same", "turned", "more", "other"]
    assert found[0][1] == 0
    assert shelf.colours("none", Limits(9)) == []


def test_a_plug_in_runs_with_the_pixels_that_are_decoded_anyway(tmp_path: Path) -> None:
    source = tmp_path / "a.jpg"
    source.write_bytes(jpeg())
    (tmp_path / "work").mkdir()
    with Sandbox(embedder="tests.embedder:Means") as box:
        seen = box.inspect(source, tmp_path / "work")
    assert seen.look is not None
    assert seen.look.embedder == "means/3"
    assert len(base64.b64decode(seen.look.vector)) == 8
    assert seen.facts.warnings == ()


def test_a_plug_in_that_fails_costs_the_look_and_nothing_else(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(encoded(picture(), "PNG"))
    (tmp_path / "work").mkdir()
    with Sandbox(embedder="tests.embedder:Broken") as box:
        seen = box.inspect(source, tmp_path / "work")
    assert seen.look is None
    assert seen.facts.warnings == ("embedding_failed",)
    assert len(seen.previews) == 2
