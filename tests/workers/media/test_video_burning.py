"""Captions in the picture: inside what the platform leaves free, readable, and of the colours that were asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.sandboxes import lent
from tests.tools import unavailable
from tests.workers.media import clips
from tests.workers.media.test_video_normalise import normalised
from workers.media import filming, fonts
from workers.media.contrast import contrast
from workers.media.errors import PlanImpossible
from workers.media.layers import MATERIALS
from workers.media.sandbox import Sandbox
from workers.media.shapes import Box
from workers.media.video import burning
from workers.media.video.shapes import Captions, CaptionStyle, Clip, Cue, Made, VideoPlan, VideoRecipe

SAFE = Box(20, 60, 140, 160)
CUES = (Cue(0.2, 0.6, "What a lovely oat drink this is"), Cue(0.6, 0.9, "{\\\\b1}brave\\\\N"))


@pytest.fixture(scope="module", autouse=True)
def font() -> None:
    if burning.font_file("DejaVu Sans", bold=True) is None:
        unavailable("the font DejaVu Sans (fonts-dejavu-core)")


@pytest.fixture(scope="module")
def grey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Clip, Path]]:
    folder = tmp_path_factory.mktemp("grey")
    source = "color=0x808080:s=180x320:r=10:d=1"
    path = clips.made(folder / "grey.mp4", "-f", "lavfi", "-i", source, "-c:v", "libx264", "-pix_fmt", "yuv420p")
    with lent(Sandbox()) as box:
        found, clip = normalised(box, path, folder)
        yield box, found.clip, clip


def plan(clip: Clip, **changes: object) -> VideoPlan:
    whole = Box(0, 0, 180, 320)
    made = VideoPlan(180, 320, whole, whole, 0, clip.frames, clip.rate, VideoRecipe("x", 1, quality=12))
    return replace(made, captions=Captions(CUES, SAFE), **changes)  # type: ignore[arg-type]


def test_words_lie_in_the_safe_part_and_only_while_they_are_said(
    grey: tuple[Sandbox, Clip, Path], tmp_path: Path
) -> None:
    box, clip, path = grey
    (made,) = filming.film(box, path, (clip, [plan(clip)]), tmp_path)
    assert isinstance(made, Made)
    pictures = clips.colours(tmp_path / made.path, (180, 320)).astype(int)
    drawn = [np.abs(picture - pictures[0]).max(axis=2) > 40 for picture in pictures]
    assert [index for index, one in enumerate(drawn) if one.any()] == list(range(6, 27))
    rows, columns = np.nonzero(drawn[12])
    assert SAFE.x <= columns.min() <= columns.max() < SAFE.x + SAFE.width
    assert SAFE.y + SAFE.height / 2 < rows.min() <= rows.max() < SAFE.y + SAFE.height
    inside = pictures[12][rows.min() : rows.max(), columns.min() : columns.max()]
    assert inside.max() > 200
    assert inside.min() < 60


def own_font(folder: Path, named: str = "Brand Letter", *, bold: bool = False) -> str:
    """Lay letters of another family under a name that the machine does not know into a work folder; say their hash."""
    data = fonts.house_file("DejaVu Serif", bold=bold).read_bytes()
    for encoding in ("utf-16-be", "ascii"):
        data = data.replace("DejaVu Serif".encode(encoding), named.encode(encoding))
    found = fonts.face(data)
    assert (found.family, found.bold) == ("" if "," in named else named, bold)
    (folder / MATERIALS).mkdir(exist_ok=True)
    name = hashlib.sha256(data).hexdigest()
    (folder / MATERIALS / name).write_bytes(data)
    return name


def test_words_are_written_in_the_font_of_a_kit(grey: tuple[Sandbox, Clip, Path], tmp_path: Path) -> None:
    box, clip, path = grey
    folder = tmp_path / "Oat, 'and' [more]: x"  # what a graph of filters takes for its own
    folder.mkdir()
    looks = [CaptionStyle(own_font(folder)), CaptionStyle("DejaVu Serif", bold=False)]
    # A bold file of a family that the machine has as well is neither thickened nor exchanged for the plain one.
    looks += [CaptionStyle(own_font(folder, "DejaVu Serif", bold=True)), CaptionStyle("DejaVu Serif")]
    plans = [replace(plan(clip), captions=Captions(CUES, SAFE, style)) for style in looks]
    made = [one for one in filming.film(box, path, (clip, plans), folder) if isinstance(one, Made)]
    own, serif, bold, known = (clips.colours(folder / one.path, (180, 320))[12].astype(int) for one in made)
    assert np.abs(own - serif).max() < 30
    assert np.abs(bold - known).max() < 30
    assert np.abs(own - bold).max() > 100


@pytest.mark.parametrize(
    ("named", "said", "code", "words"),
    [
        ("Brand,Letter", "Hi", "no_font", "has no name"),
        ("Brand Letter", "\u4f60", "letters_missing", "no \u4f60 in the font of the brand kit"),
        ("", "Hi", "no_material", "Upload it again"),
    ],
)
def test_a_font_of_a_kit_that_cannot_be_used_is_refused_in_words(
    grey: tuple[Sandbox, Clip, Path], tmp_path: Path, named: str, said: str, code: str, words: str
) -> None:
    style = CaptionStyle(own_font(tmp_path, named) if named else "0" * 64)
    wanted = replace(plan(grey[1]), captions=Captions((Cue(0, 1, said),), SAFE, style))
    with pytest.raises(PlanImpossible, match=words) as problem:
        burning.write(wanted, tmp_path)
    assert problem.value.code == code


def test_a_line_in_hebrew_ends_at_its_left(grey: tuple[Sandbox, Clip, Path], tmp_path: Path) -> None:
    box, clip, path = grey
    plans = [replace(plan(clip), captions=Captions((Cue(0, 1, said),), SAFE)) for said in ("\u05d0!", "!\u05d0")]
    plans.append(replace(plan(clip), captions=Captions((Cue(0, 1, "\u200f\u05d0!\u200f"),), SAFE)))
    made = [one for one in filming.film(box, path, (clip, plans), tmp_path) if isinstance(one, Made)]
    ends, begins, marked = (clips.colours(tmp_path / one.path, (180, 320))[5].astype(int) for one in made)
    assert np.abs(ends - marked).max() < 30
    assert np.abs(ends - begins).max() > 100


def test_a_command_in_a_caption_is_words(grey: tuple[Sandbox, Clip, Path], tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    burning.write(plan(grey[1]), tmp_path / "x")
    script = next((tmp_path / "x").iterdir()).read_text(encoding="utf-8")
    said = [line.split(",,", 2)[2].split(",", 4) for line in script.split("\n") if line.startswith("Dialogue")]
    assert not any("{" in "".join(one) for one in said)
    assert "\\b1" not in script


@pytest.mark.parametrize(("captions", "code"), [
    (Captions(CUES, SAFE, CaptionStyle(colour="#777777", box="#666666")), "low_contrast"),
    (Captions(CUES, SAFE, CaptionStyle(box="#767676")), "low_contrast"),
    (Captions(CUES, SAFE, CaptionStyle(font="No Such Font")), "no_font"),
    (Captions((Cue(0, 1, "unbreakable" * 9),), SAFE), "captions_do_not_fit"),
    (Captions((Cue(0, 1, "many words " * 200),), SAFE), "captions_do_not_fit"),
    (Captions(tuple(Cue(0, 1, f"All {n} at once\nin two lines") for n in range(9)), SAFE), "captions_do_not_fit"),
    (Captions((Cue(0, 1, "Oats"), Cue(1, 2, "\u65e5\u672c")), SAFE), "letters_missing"),
])  # fmt: skip
def test_captions_that_nobody_could_read_are_refused_and_hold_up_no_other(
    grey: tuple[Sandbox, Clip, Path], tmp_path: Path, captions: Captions, code: str
) -> None:
    box, clip, path = grey
    plain = replace(plan(clip), captions=None)
    refused, made = filming.film(box, path, (clip, [replace(plain, captions=captions), plain]), tmp_path)
    assert isinstance(refused, PlanImpossible)
    assert refused.code == code
    assert "choose a font" not in refused.message, "nobody is asked for one"
    assert isinstance(made, Made)


def test_of_ten_thousand_captions_one_that_does_not_fit_is_drawn_at_each_size_and_not_all(
    grey: tuple[Sandbox, Clip, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def wrapped(text: str, _signs: int) -> str:
        asked.append(text)
        return text

    monkeypatch.setattr(burning, "wrapped", wrapped)
    cues = tuple(Cue(at, at + 1, f"unbreakable-{'x' * 60}") for at in range(10_000))
    with pytest.raises(PlanImpossible):
        burning.write(replace(plan(grey[1]), captions=Captions(cues, SAFE)), tmp_path)
    assert len(asked) < 300


def test_signs_that_are_not_drawn_themselves_need_no_letters(grey: tuple[Sandbox, Clip, Path], tmp_path: Path) -> None:
    said = "\u200fcafe\u0301\u00a0\u263a\ufe0f\u200d \u0645\u0631\u062d\u0628\u0627\u2069"
    burning.write(replace(plan(grey[1]), captions=Captions((Cue(0, 1, said),), SAFE)), tmp_path)
    assert said in next(tmp_path.iterdir()).read_text(encoding="utf-8")


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
