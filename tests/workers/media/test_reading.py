"""Words in pictures: the shipped reader on drawn text, and plug-ins."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.tools import need
from tests.waiting import alive, wait_until
from workers.media import tesseract
from workers.media.errors import Cancelled, ChildFailed, MediaError
from workers.media.reading import MOST_CHARACTERS, load, title, usable
from workers.media.sandbox import Sandbox
from workers.media.shapes import TextRead

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def sign(text: str, size: tuple[int, int] = (1200, 600), letters: int = 72) -> Image.Image:
    """Return a picture of dark words on a light ground."""
    picture = Image.new("RGB", size, (236, 231, 214))
    ImageDraw.Draw(picture).multiline_text(
        (letters, letters), text, font=ImageFont.truetype(FONT, letters), fill=(25, 40, 70)
    )
    return picture


def read(folder: Path, picture: Image.Image, *languages: str, reader: str = "", **how: object) -> TextRead:
    source = folder / str(how.pop("name", "a.png"))
    picture.save(source, **how)  # type: ignore[arg-type]
    (folder / "work").mkdir(exist_ok=True)
    with Sandbox(reader=reader) as box:
        return box.read(source, folder / "work", languages)


def test_what_is_written_in_a_picture_is_read_line_by_line(tmp_path: Path) -> None:
    need("tesseract")
    found = read(tmp_path, sign("SUMMER SALE\nonly this week"), "en")
    assert found.words.split("\n") == ["SUMMER SALE", "only this week"]
    assert found.confidence is not None
    assert 0.8 < found.confidence <= 1


def test_letters_of_another_language_are_read_where_it_is_asked_for(tmp_path: Path) -> None:
    need("tesseract")
    assert "de" in usable("", ["de"])
    assert read(tmp_path, sign("Größe für Füße"), "de").words == "Größe für Füße"


def test_small_letters_are_read(tmp_path: Path) -> None:
    need("tesseract")
    assert read(tmp_path, sign("terms apply", (500, 120), 15), "en").words == "terms apply"


def test_a_picture_that_lies_on_its_side_is_read_upright(tmp_path: Path) -> None:
    need("tesseract")
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = sign("new arrivals").transpose(Image.Transpose.ROTATE_90)
    assert read(tmp_path, lying, "en", name="a.jpg", exif=exif, quality=90).words == "new arrivals"


def test_a_picture_of_nothing_has_no_words(tmp_path: Path) -> None:
    need("tesseract")
    assert read(tmp_path, Image.new("RGB", (800, 600), (119, 119, 119)), "en") == TextRead("", None)


def test_a_language_without_data_is_a_picture_that_was_not_read(tmp_path: Path) -> None:
    need("tesseract")
    with pytest.raises(MediaError) as caught:
        read(tmp_path, sign("a"), "xx")
    assert (caught.value.code, caught.value.retry) == ("unreadable_text", False)


def test_a_video_is_read_at_several_moments_and_what_stays_counts_once(tmp_path: Path) -> None:
    need("tesseract")
    ffmpeg = need("ffmpeg")
    for number, words in enumerate(("first scene", "second scene")):
        sign(f"{words}\nalways there").save(tmp_path / f"{number}.png")
    lists = tmp_path / "list"
    lists.write_text("".join(f"file {number}.png\nduration 2\n" for number in (0, 1, 1)))
    source = tmp_path / "a.mp4"
    coding = ["-r", "10", "-g", "10", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast"]
    command = [ffmpeg, "-v", "error", "-f", "concat", "-i", str(lists), *coding, str(source)]
    subprocess.run(command, check=True, timeout=60)
    (tmp_path / "work").mkdir()
    with Sandbox() as box:
        found = box.read(source, tmp_path / "work", ["en"])
    assert found.words.split("\n") == ["first scene", "always there", "second scene"]


def test_a_plug_in_gets_upright_pixels_and_words_that_it_does_not_trust_are_left_out(tmp_path: Path) -> None:
    picture = Image.new("L", (4800, 1200), 200)
    found = read(tmp_path, picture, "en", "de", reader="tests.reader:Tells")
    assert found == TextRead("Summer sale\nRGB2400x600 en de", 0.8)


def test_a_plug_in_that_gives_up_says_so(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be read"):
        read(tmp_path, Image.new("RGB", (64, 64)), "en", reader="tests.reader:GivesUp")


def test_what_a_careless_plug_in_tells_is_bounded_and_can_be_kept(tmp_path: Path) -> None:
    found = read(tmp_path, Image.new("RGB", (64, 64)), "en", reader="tests.reader:Careless")
    first, second, third = found.words.split("\n")
    assert (first, second) == ("Caf\u00e9", "two words")
    assert {*third} == {"a"}
    assert len(found.words) == MOST_CHARACTERS


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, *lines: str) -> Path:
    """Put a program called tesseract before all others, which does what the lines of shell say; return its folder."""
    work = folder / "work"  # the only place from which the child runs what is no part of the system
    work.mkdir()
    made = work / "tesseract"
    made.write_text("\n".join(("#!/bin/sh", *lines, "")))
    made.chmod(0o755)
    monkeypatch.setenv("PATH", f"{work}:{os.environ['PATH']}")
    return work


ANSWER = r"printf 'level\tblock_num\tpar_num\tline_num\tconf\ttext\n5\t1\t1\t1\t91.5\t%s\n'"


def test_the_program_is_asked_for_words_anywhere_in_a_picture_encoded_anew_and_twice_as_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = program(tmp_path, monkeypatch, 'cat > "$TMPDIR/given"', f'{ANSWER} "$4,$6,$OMP_THREAD_LIMIT"')
    found = read(tmp_path, sign("a", (500, 120), 15), "de", "en", name="a.jpg")
    assert found == TextRead("deu+eng,11,1", 0.915)
    with Image.open(work / "given") as given:
        assert (given.format, given.mode, given.size) == ("PNG", "L", (1000, 240))


@pytest.mark.req("R31")
def test_a_program_that_hangs_is_gone_with_the_child_that_started_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = ('echo $$ > "$TMPDIR/pid.new"', 'mv "$TMPDIR/pid.new" "$TMPDIR/pid"')
    work = program(tmp_path, monkeypatch, *tell, "exec sleep 600")
    source = tmp_path / "a.png"
    sign("a").save(source)
    with Sandbox() as box, pytest.raises(Cancelled):
        box.read(source, work, ["en"], cancelled=(work / "pid").exists)
    wait_until(lambda: not alive(int((work / "pid").read_text())))


@pytest.mark.req("R31")
def test_a_program_that_answers_without_end_is_a_picture_that_was_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, monkeypatch, "exec cat /dev/zero")
    with pytest.raises(MediaError) as caught:
        read(tmp_path, sign("a"), "en")
    assert caught.value.code == "unreadable_text"


def test_a_plug_in_says_who_it_is_and_what_it_can() -> None:
    assert title("tests.reader:Tells", ["en", "de"]) == "tells/3 de+en"
    assert usable("tests.reader:Tells", ["fr", "en"]) == ("en",)
    assert usable("tests.reader:Absent", ["en"]) == ()
    assert title("", ["en"]) == "tesseract/1 en"


def test_a_name_with_a_blank_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 60 letters"):
        load("tests.workers.media.test_reading:Blank")


class Blank:
    name = "a b"
    version = 1


def test_without_the_program_there_are_no_languages_and_reading_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    tesseract._installed.cache_clear()
    try:
        assert usable("", ["en"]) == ()
        with pytest.raises(ChildFailed):
            tesseract.Tesseract().read(sign("a"), ["en"])
    finally:
        tesseract._installed.cache_clear()


def test_lines_of_the_answer_that_are_no_words_are_passed_over() -> None:
    names = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
    place = "\t0\t0\t9\t9"
    lines = [
        names,
        f"4\t1\t1\t1\t1\t0{place}\t-1\t",
        f'5\t1\t1\t1\t1\t1{place}\t96.5\t"quoted',
        f"5\t1\t1\t1\t1\t2{place}\t95\t ",
        f"5\t1\t1\t1\t2\t1{place}\t50\tnext",
    ]
    found = tesseract.words_of("\n".join(lines))
    assert [(word.text, word.confidence, word.line) for word in found] == [('"quoted', 0.965, 0), ("next", 0.5, 1)]
