"""The words of caption tracks."""

from __future__ import annotations

import pytest

from ugc_hub.catalog.captions import is_track, spoken

SUBRIP = """1
00:00:01,000 --> 00:00:02,500
{\\an8}<i>Hello,</i> I am <font color="#fff">Ana</font>

2
00:00:02,500 --> 00:00:04,000
and this is 5 < 6 and 7 > 6
and this is 5 < 6 and 7 > 6

3
00:00:05,000 --> 00:00:06,000

"""
WEBVTT = """\ufeffWEBVTT - a title
Kind: captions

STYLE
::cue { color: red }

NOTE nothing --> that is said

first
00:01.000 --> 00:02.500 align:start position:0%
<v Ana>Fish &amp; chips<00:01.500><c> today</c>

1:00:02.500 --> 1:00:04.000
<v Ana>Fish &amp; chips today
&lrm;now
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_of_subrip_the_lines_that_are_said_are_kept(end: str) -> None:
    track = SUBRIP.replace("\n", end)
    assert is_track(track)
    assert spoken(track).split("\n") == ["Hello, I am Ana", "and this is 5 < 6 and 7 > 6"]


def test_of_webvtt_neither_notes_nor_styles_nor_names_of_cues_are_kept() -> None:
    assert is_track(WEBVTT)
    assert spoken(WEBVTT).split("\n") == ["Fish & chips today", "\u200enow"]


@pytest.mark.parametrize("text", ["", "Hello", "from 1:00 --> 2:00", "WEBVTT", "a\n00:00:01,000 -> 00:00:02,000\nb"])
def test_what_somebody_wrote_is_no_track(text: str) -> None:
    assert not is_track(text)
