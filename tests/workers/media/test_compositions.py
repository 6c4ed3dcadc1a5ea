"""Compositions: found and read unrun, played in a child process, and looked at picture by picture."""

from __future__ import annotations

import importlib.util
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.sandboxes import lent
from tests.tools import unavailable
from tests.workers.media import clips
from workers.media import filming
from workers.media.composition.finding import Found, find
from workers.media.composition.running import Score, Take, compose
from workers.media.composition.shapes import Composed, Wrong
from workers.media.errors import Cancelled, MediaError
from workers.media.filming import Watching
from workers.media.sandbox import Sandbox
from workers.media.video.measure import measure

SIDE = 180
HEAD = "from workers.media.composition import SHAPE, About, Stage\n"
ABOUT = "ABOUT = About('Mine', 'Does something.', clips=(1, 1), parameters=(SHAPE,))\n"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    if importlib.util.find_spec("moviepy") is None:
        unavailable("MoviePy")
    with lent(Sandbox()) as opened:
        yield opened


@pytest.fixture(scope="module")
def takes(box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> list[Take]:
    """A red and a blue clip of a second, 16:9 and 9:16, with tones of 440 and 880 Hz."""
    made = []
    for colour, size, tone in (("red", "320x180", 440), ("blue", "180x320", 880)):
        folder = tmp_path_factory.mktemp(colour)
        path = clips.made(
            folder / "clip.mp4",
            *("-filter_complex", f"color={colour}:s={size}:r=25:d=1[v];sine=f={tone}:d=1:r=48000[a]"),
            *("-map", "[v]", "-map", "[a]", "-pix_fmt", "yuv420p"),
        )
        work = folder / "work"
        work.mkdir()
        found = filming.normalise(box, path, box.inspect(path, work).facts, work)
        made.append(Take(work / found.path, found.clip, f"@{colour}"))
    return made


def shipped(name: str) -> Found:
    return next(one for one in find() if one.name == name)


def house(folder: Path, body: str, about: str = ABOUT, name: str = "mine") -> Found:
    """A composition of the house whose `compose` has this body."""
    folder.mkdir(exist_ok=True)
    text = f"{HEAD}{about}\n\ndef compose(stage: Stage):\n{textwrap.indent(textwrap.dedent(body), '    ')}\n"
    (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return next(one for one in find(folder) if one.name == name)


def played(
    box: Sandbox, found: Found, takes: list[Take], tmp_path: Path, *, patience_s: float = 30.0, **values: object
) -> Composed:
    assert found.about is not None, found.fault
    work = tmp_path / "out"
    work.mkdir(exist_ok=True)
    return compose(box, Score(found, takes, found.about.read(values), SIDE, (patience_s, patience_s)), work)


def pictures(tmp_path: Path, made: Composed) -> np.ndarray:
    return clips.colours(tmp_path / "out" / made.path, (made.width, made.height)).astype(int)


def near(pixel: np.ndarray, colour: tuple[int, int, int], within: int = 14) -> bool:
    return bool(np.abs(pixel - np.array(colour)).max() <= within)


DEAF = """
while True:
    try:
        while True:
            __import__("time").sleep(0.01)
    except BaseException:
        pass
"""
ENDLESS_SOUND = """
from moviepy import AudioClip
def at(times):
    while max(times, default=0) > 0.5 if hasattr(times, "__len__") else False:
        pass
    return 0 * times
return stage.card("#ff0000", 1).with_audio(AudioClip(at, duration=1, fps=48000))
"""
"""Bodies of `compose`: one catches whatever interrupts it, the sound of the other never ends."""

RED, BLUE = (255, 0, 0), (0, 0, 255)


def test_those_that_are_shipped_say_what_they_are() -> None:
    found = find()
    assert [one.name for one in found] == ["beforeafter", "testimonials", "titlecard"]
    assert all(one.about is not None and one.about.sentence and not one.fault for one in found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def compose(stage: (", "Line 1 is no Python"),
        ("x = 1\n", "ABOUT = About(…) is missing"),
        (HEAD + "ABOUT = About('A', 'A.')\n", "no function compose(stage)"),
        (HEAD + "ABOUT = About('A', 'A.')\n\ndef compose():\n    pass\n", "no function compose(stage)"),
        (HEAD + "ABOUT = About('A', open('x').read())\n\ndef compose(stage):\n    pass\n", "plain values alone"),
        (HEAD + "ABOUT = About('A', 'A.', clips=(2, 1))\n\ndef compose(stage):\n    pass\n", "takes 1 to 12"),
        (HEAD + "ABOUT = About('A', 'A.', colour='x')\n\ndef compose(stage):\n    pass\n", "colour"),
        (HEAD + "import no_such\nABOUT = About('A', 'A.')\n\ndef compose(stage):\n    pass\n", "package no_such"),
        (HEAD + "ABOUT = About('A', 'A.', parameters=(SHAPE, SHAPE))\n\ndef compose(stage):\n    pass\n", "same name"),
        (f"x = {'-' * 20_000}1\n", "nested too deeply"),
    ],
)
def test_a_broken_one_is_listed_with_its_fault_and_holds_up_no_other(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(text, encoding="utf-8")
    (tmp_path / "_part.py").write_text("nonsense(", encoding="utf-8")
    house(tmp_path, "return None", name="sound")
    found = {one.name: one for one in find(tmp_path)}
    assert said in found["broken"].fault
    assert found["broken"].about is None
    assert found["sound"].about is not None
    assert "_part" not in found
    assert "-part" not in found


@pytest.mark.parametrize("line", ["from _part import GROUND", "import parts.letters", "import loaded"])
def test_what_lies_beside_a_composition_and_what_is_loaded_is_there(
    line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "loaded", ModuleType("loaded"))
    (tmp_path / "_part.py").write_text("GROUND = '#ff0000'\n", encoding="utf-8")
    (tmp_path / "parts").mkdir()
    text = f"{line}\n{HEAD}{ABOUT}\n\ndef compose(stage):\n    pass\n"
    (tmp_path / "mine.py").write_text(text, encoding="utf-8")
    assert next(one for one in find(tmp_path) if one.name == "mine").fault == ""


def test_a_composition_uses_its_parts(box: Sandbox, takes: list[Take], tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "_part.py").write_text("GROUND = '#00ff00'\n", encoding="utf-8")
    found = house(tmp_path / "house", "return stage.card(GROUND, 0.2)", f"from _part import GROUND\n{ABOUT}")
    assert near(pictures(tmp_path, played(box, found, takes[:1], tmp_path))[2, 90, 90], (0, 255, 0))


def test_reading_a_composition_runs_nothing_of_it(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    (tmp_path / "sly.py").write_text(
        f"open({str(mark)!r}, 'w')\n{HEAD}{ABOUT}\n\ndef compose(stage):\n    pass\n", encoding="utf-8"
    )
    assert next(one for one in find(tmp_path) if one.name == "sly").about is not None
    assert not mark.exists()


def test_a_name_that_is_shipped_and_a_folder_that_is_gone_are_told(tmp_path: Path) -> None:
    text = f"{HEAD}{ABOUT}\n\ndef compose(stage):\n    pass\n"
    (tmp_path / "titlecard.py").write_text(text, encoding="utf-8")
    assert [one.fault for one in find(tmp_path) if not one.shipped] == [
        "A composition that comes with the hub has this name. Give the file another one."
    ]
    assert "is not there" in find(tmp_path / "gone")[-1].fault


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("title", "x" * 61, "at most 60 letters"),
        ("title", "a\nb", "one line"),
        ("title", "a\x07", "cannot be shown"),
        ("background", "red", "such as #1a2b3c"),
        ("seconds", "nan", "from 1 to 8 seconds"),
        ("seconds", "99", "from 1 to 8 seconds"),
        ("shape", "3:2", "one of 9:16, 4:5, 1:1, 16:9, as the first video"),
        ("nothing", "x", "no parameter nothing"),
    ],
)
def test_a_value_that_a_parameter_does_not_take_is_told(name: str, given: str, said: str) -> None:
    about = shipped("titlecard").about
    assert about is not None
    with pytest.raises(Wrong, match=said):
        about.read({name: given})


@pytest.mark.parametrize(
    ("shape", "size"), [("9:16", (180, 320)), ("1:1", (180, 180)), ("4:5", (180, 224)), ("16:9", (320, 180))]
)
def test_a_title_card_gives_way_to_the_clip_in_each_shape(
    shape: str, size: tuple[int, int], box: Sandbox, takes: list[Take], tmp_path: Path
) -> None:
    values: dict[str, Any] = {"title": "Hello", "background": "#00aa00", "seconds": 1.0, "shape": shape}
    made = played(box, shipped("titlecard"), takes[:1], tmp_path, **values)
    assert (made.width, made.height, made.frames, made.has_sound) == (*size, 38, True)
    seen = pictures(tmp_path, made)
    wide, high = size
    assert near(seen[10][4, 4], (0, 170, 0))
    assert near(seen[-1][high // 2, wide // 2], RED)
    words = (np.abs(seen[11] - np.array((0, 170, 0))).sum(axis=2) > 120).sum()
    assert words > 200, "a title is drawn on the card"
    across = seen[:, high // 2, wide - 3, 0]
    assert (np.diff(across[12:26]) >= -2).all(), "the clip comes up and does not flicker"


def test_before_and_after_stand_side_by_side_and_one_above_the_other(
    box: Sandbox, takes: list[Take], tmp_path: Path
) -> None:
    beside = pictures(tmp_path, played(box, shipped("beforeafter"), takes, tmp_path, shape="16:9"))[5]
    assert near(beside[90, 20], RED)
    assert near(beside[90, 240], BLUE)
    assert near(beside[90, 159], (255, 255, 255), 40)
    above = pictures(tmp_path, played(box, shipped("beforeafter"), takes, tmp_path, shape="9:16"))[5]
    assert near(above[70, 90], RED)
    assert near(above[240, 90], BLUE)
    plates = (above[100:160, :90].sum(axis=2) < 120).sum()
    assert plates > 150, "the words stand on a dark plate in the corner"


def test_testimonials_fade_into_one_another_with_name_and_sound(
    box: Sandbox, takes: list[Take], tmp_path: Path
) -> None:
    values: dict[str, Any] = {"shape": "1:1", "fade": 0.3, "names": "Ana\n", "quotes": "\nIt works"}
    made = played(box, shipped("testimonials"), takes, tmp_path, **values)
    assert made.frames == round((2 - 0.3) * 25)
    seen = pictures(tmp_path, made)
    assert near(seen[2][90, 90], RED)
    assert near(seen[-2][90, 90], BLUE)
    mixed = seen[21][90, 90]
    assert mixed[0] > 60
    assert mixed[2] > 60
    plates = [(np.abs(one - np.array((0xFC, 0xA3, 0x11))).max(axis=2) < 30).sum() for one in (seen[12], seen[-4])]
    assert min(plates) > 100, "a name stands on a plate in each clip, the second one is who made it"
    assert [tone(tmp_path, made, at) for at in (0.3, 1.4)] == [440, 880]


def tone(tmp_path: Path, made: Composed, at_s: float) -> int:
    """The loudest tone of a fifth of a second, to 20 Hz."""
    heard = clips.sound(tmp_path / "out" / made.path)[round(at_s * 48_000) :][:9600]
    return round(int(np.argmax(np.abs(np.fft.rfft(heard)))) * 5 / 20) * 20


def test_sound_keeps_its_distance_to_the_picture(box: Sandbox, takes: list[Take], tmp_path: Path) -> None:
    """The clip, and with it its tone, begins half a second before the card of a second is over."""
    made = played(box, shipped("titlecard"), takes[:1], tmp_path, seconds=1.0)
    heard = np.abs(clips.sound(tmp_path / "out" / made.path))
    assert abs(int(np.argmax(heard > 500)) / 48_000 - 0.5) < 0.04
    found = measure(tmp_path / "out" / made.path)
    assert abs(found.offset_s) < 0.04
    assert abs((found.audio_s or 0) - found.video_s) < 0.05


def test_the_same_composition_gives_the_same_bytes(box: Sandbox, takes: list[Take], tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made.append(played(box, shipped("beforeafter"), takes, tmp_path / name, sound="none"))
    assert made[0] == made[1]
    assert not made[0].has_sound


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ("raise ValueError('too blue')", "composition_failed", "in line 6: ValueError: too blue"),
        ("raise SystemExit(3)", "composition_failed", "SystemExit: 3"),
        ("import time; time.sleep(60)", "composition_slow", "took too long in line 6"),
        ("while True: pass", "composition_slow", "took too long"),
        (DEAF, "composition_slow", "would not be interrupted"),
        (ENDLESS_SOUND, "composition_slow", "took too long in line 9"),
        ("import os; os._exit(3)", "composition_failed", "ended the process that it runs in (exit 3)"),
        ("import os; os.kill(os.getpid(), 11)", "composition_failed", "ended the process that it runs in (signal 11)"),
        ("x = bytearray(10 ** 11)", "too_much_memory", "The composition mine needs more memory"),
        ("return stage.clips[0].image_transform(lambda f: 1 / 0)", "composition_failed", "ZeroDivisionError"),
        ("return 5", "composition_invalid", "no clip of MoviePy"),
        ("return stage.clips[0]", "composition_invalid", "320 x 180 pixels; the canvas has 180 x 320"),
        ("return stage.card('#ff0000', 900)", "composition_invalid", "900 seconds"),
        ("return stage.card('#ff0000', 1).with_duration(None)", "composition_invalid", "lasts no time"),
        ("from moviepy import VideoClip; return VideoClip(duration=1)", "composition_invalid", "without pictures"),
        ("c = stage.card('#ff0000', 1); c.duration = 'long'; return c", "composition_failed", "TypeError"),
        ("import moviepy.no_such", "composition_failed", "ModuleNotFoundError"),
        (
            "return stage.letters('\u4f60', height=20, width=100)",
            "letters_missing",
            "no \u4f60 in the font",
        ),
        ("return stage.letters('x' * 900, height=20, width=100)", "words_do_not_fit", "do not fit"),
    ],
)
def test_whatever_a_composition_does_wrong_becomes_a_sentence(
    body: str, code: str, said: str, box: Sandbox, takes: list[Take], tmp_path: Path
) -> None:
    found = house(tmp_path / "house", body)
    with pytest.raises(MediaError) as caught:
        played(box, found, takes[:1], tmp_path, patience_s=1.5)
    assert caught.value.code == code
    assert said in caught.value.message
    assert not caught.value.retry


def test_a_copy_of_itself_that_a_composition_makes_answers_nobody(
    box: Sandbox, takes: list[Take], tmp_path: Path
) -> None:
    body = "import os\nif os.fork() == 0:\n    pass\nreturn stage.fitted(stage.clips[0])"
    made = played(box, house(tmp_path / "house", body), takes[:1], tmp_path)
    assert made.frames == 25


@pytest.mark.req("R51")
def test_a_composition_reaches_no_network_and_writes_nowhere_else(
    box: Sandbox, takes: list[Take], tmp_path: Path
) -> None:
    level = box.level().split("+")
    body = "import socket; socket.create_connection(('127.0.0.1', 9), timeout=2)"
    with pytest.raises(MediaError, match="Error") as caught:
        played(box, house(tmp_path / "house", body), takes[:1], tmp_path)
    assert caught.value.code == "composition_failed"
    outside = tmp_path / "outside"
    body = f"open({str(outside)!r}, 'w').write('x'); return stage.fitted(stage.clips[0])"
    found = house(tmp_path / "house", body.replace("; ", "\n"))
    if "files" not in level:
        pytest.skip("this kernel does not confine files")
    with pytest.raises(MediaError, match="PermissionError") as caught:
        played(box, found, takes[:1], tmp_path)
    assert caught.value.code == "composition_failed"
    assert not outside.exists()


def test_too_few_clips_and_a_broken_file_are_told_before_anything_runs(
    box: Sandbox, takes: list[Take], tmp_path: Path
) -> None:
    with pytest.raises(MediaError, match="takes 2 clips, not 1"):
        played(box, shipped("beforeafter"), takes[:1], tmp_path)
    broken = Found("mine", tmp_path / "mine.py", False, None, "Line 1 is no Python: x.")
    with pytest.raises(MediaError, match="is broken"):
        compose(box, Score(broken, takes, {}), tmp_path)


@pytest.mark.req("R29")
def test_cancelling_a_composition_leaves_nothing_that_runs(box: Sandbox, takes: list[Take], tmp_path: Path) -> None:
    heard: list[float] = []
    found, work = shipped("testimonials"), tmp_path / "out"
    work.mkdir()
    assert found.about is not None
    watching = Watching(cancelled=lambda: bool(heard), progress=lambda part, _: heard.append(part))
    with pytest.raises(Cancelled):
        compose(box, Score(found, takes, found.about.read({}), SIDE), work, watching=watching)
    assert heard[0] < 1
