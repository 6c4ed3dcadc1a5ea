"""Caption tracks: read as players read them, checked for readers, cut with the clip, written for others."""

from __future__ import annotations

import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools import need
from workers.media.video.cues import LINE, Unreadable, faults, read, srt, vtt, wrapped
from workers.media.video.shapes import Cue

SUBRIP = """\ufeff1
00:00:01,500 --> 00:00:03,000
{\\an8}<i>Hello</i> there,
friends &amp; all

2
00:00:03,000 --> 00:00:05,250 X1:10 X2:20
Second
"""
WEBVTT = """WEBVTT - made by hand

NOTE this is --> not a time

STYLE
::cue { color: red }

intro
00:01.500 --> 00:03.000 line:0
<v Ana>Hello there,
friends &amp; all

1:00:03.000 --> 1:00:05.250
Second
"""


def test_both_forms_are_read_without_their_marks() -> None:
    first = Cue(1.5, 3.0, "Hello there,\nfriends & all")
    assert read(SUBRIP) == (first, Cue(3.0, 5.25, "Second"))
    assert read(WEBVTT) == (first, Cue(3603.0, 3605.25, "Second"))


def test_cues_stand_in_the_order_of_their_beginnings() -> None:
    track = "00:00:05,000 --> 00:00:06,000\nlate\n\n00:00:01,000 --> 00:00:02,000\nearly\n"
    assert [cue.text for cue in read(track)] == ["early", "late"]


@pytest.mark.parametrize(("track", "line", "words"), [
    ("just a story", 1, "SubRip"),
    ("", 1, "SubRip"),
    ("1\n00:00:01,5 --> 00:00:03,000\nx", 2, "Line 2"),
    ("x" * 2_000_001, 1, "Split"),
    ("1\n100:00:01,000 --> 100:00:03,000\nx", 2, "later than any video"),
    ("1\n00:00:01,000 --> 00:00:03,000\n" + "x" * 2001, 2, "longer than 2,000 signs"),
])  # fmt: skip
def test_what_is_no_track_is_refused_with_its_line(track: str, line: int, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as refused:
        read(track)
    assert refused.value.line == line


def test_what_is_less_than_something_is_no_mark_and_no_sign_is_kept_that_nobody_sees() -> None:
    said = "00:00:01,000 --> 00:00:02,000\n<b>I <3 you</b>, and <00:01.500>5 > 4\x00\x1b[1m &#0;\n"
    assert [cue.text for cue in read(said)] == ["I <3 you, and 5 > 4[1m \ufffd"]


def test_the_number_of_the_next_cue_is_not_said_where_no_blank_line_is_before_it() -> None:
    track = "1\n00:00:01,000 --> 00:00:02,000\nAt\n9\n2\n00:00:02,000 --> 00:00:03,000\n42\n"
    assert [cue.text for cue in read(track)] == ["At\n9", "42"]


@pytest.mark.parametrize(("cue", "code"), [
    (Cue(1, 3, ""), "empty"),
    (Cue(3, 1, "back"), "ends_before_it_begins"),
    (Cue(1, 11, "late"), "after_the_end"),
    (Cue(1, 2, "x" * 42), "too_fast"),
    (Cue(1, 1.5, "short"), "too_short"),
    (Cue(1, 9, "slow"), "too_long"),
    (Cue(1, 6, "x" * 43), "line_too_long"),
    (Cue(1, 6, "a\nb\nc"), "too_many_lines"),
])  # fmt: skip
def test_each_fault_has_its_name(cue: Cue, code: str) -> None:
    assert code in [fault.code for fault in faults([cue], 10)]


def test_cues_that_overlap_are_named_and_those_that_meet_are_not() -> None:
    good = [Cue(0, 2, "One line"), Cue(2, 4, "and another")]
    assert faults(good, 4) == ()
    (found,) = faults([good[0], Cue(1.5, 4, "and another")], 4)
    assert (found.cue, found.code) == (1, "overlaps")
    assert "0.50 s" in found.sentence


def test_a_cue_under_one_that_began_long_before_overlaps_as_well() -> None:
    cues = [Cue(0, 6, "A line that stays"), Cue(1, 2, "short"), Cue(3, 4, "later"), Cue(6, 8, "after it")]
    assert [(one.cue, one.code) for one in faults(cues, 8)] == [(1, "overlaps"), (2, "overlaps")]


def test_a_line_that_was_ended_twice_is_one() -> None:
    assert read(SUBRIP.replace("\n", "\r\r\n")) == read(SUBRIP)


def test_lines_are_broken_evenly_and_words_are_not() -> None:
    text = "We tried the new oat drink for a month and this is what happened to our coffee"
    lines = wrapped(text).split("\n")
    assert len(lines) == 2
    assert max(map(len, lines)) - min(map(len, lines)) < 15
    assert wrapped("short") == "short"
    assert wrapped("x" * 60) == "x" * 60


def test_chinese_and_japanese_are_broken_between_their_signs() -> None:
    assert wrapped("\u6211\u4eec\u559d\u4e86\u4e00\u4e2a\u6708\u7684\u71d5\u9ea6", 5) == (
        "\u6211\u4eec\u559d\u4e86\u4e00\n\u4e2a\u6708\u7684\u71d5\u9ea6"
    )
    # Not before what ends a sentence or a sound, nor after what opens a quotation; Latin words stay whole.
    assert wrapped("\u304a\u3044\u3057\u3044\u3002", 4) == "\u304a\u3044\u3057\n\u3044\u3002"
    assert wrapped("\u300c\u30aa\u30fc\u30c4\u300d", 2) == "\u300c\u30aa\u30fc\n\u30c4\u300d"
    assert wrapped("\u8fd9\u662fOatly\u559d", 7) == "\u8fd9\u662fOatly\n\u559d"
    assert wrapped("\uc548\ub155\ud558\uc138\uc694", 2) == "\uc548\ub155\ud558\uc138\uc694"
    assert wrapped("Hi\U0001f44b\U0001f3fd", 2) == "Hi\U0001f44b\U0001f3fd"


TEXT = st.text(
    st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"], blacklist_characters="<>{}&\x85"), min_size=1
)
CUES = st.lists(
    st.builds(
        lambda start, lasts, text: Cue(start / 1000, (start + lasts) / 1000, " ".join(text.split())),
        st.integers(0, 10_000_000), st.integers(1, 20_000), TEXT.filter(lambda text: text.strip() != ""),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@given(CUES)
def test_what_is_written_is_read_again(cues: list[Cue]) -> None:
    ordered = sorted(cues, key=lambda cue: (cue.start_s, cue.end_s))
    assert list(read(srt(ordered))) == ordered
    assert list(read(vtt(ordered))) == ordered


@given(st.text(max_size=300))
def test_no_text_ends_in_anything_but_cues_or_a_sentence(text: str) -> None:
    assert _read_or_refused(text)
    assert _read_or_refused(f"00:00:01,000 --> 00:00:02,000\n{text}")


def _read_or_refused(track: str) -> bool:
    try:
        return all(cue.start_s >= 0 for cue in read(track))
    except Unreadable as refused:
        return refused.line >= 1


@given(st.text(st.characters(whitelist_categories=["L"]), min_size=1, max_size=12), st.integers(1, 40))
def test_wrapped_lines_keep_every_word(word: str, count: int) -> None:
    text = " ".join([word] * count)
    lines = wrapped(text).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    if not any(unicodedata.east_asian_width(sign) in "WF" for sign in word):
        assert " ".join(lines) == text
    assert all(len(line) <= LINE for line in lines)


def test_other_programs_read_what_is_written(tmp_path: Path) -> None:
    cues = [Cue(0.5, 2, "Ein Märchen & mehr"), Cue(2, 61.25, "bis zum Schluss")]
    for name, text in (("a.srt", srt(cues)), ("a.vtt", vtt(cues))):
        (tmp_path / name).write_text(text, encoding="utf-8")
        command = [need("ffmpeg"), "-v", "error", "-i", str(tmp_path / name), "-f", "srt", "-"]
        said = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout.decode()
        assert read(said) == tuple(cues)
