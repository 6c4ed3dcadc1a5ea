"""Where a line may end in scripts that have no blanks between words."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import pairwise

import pytest

from workers.media import breaking
from workers.media.breaking import clusters, in_parts, pieces
from workers.media.video.cues import wrapped

THAI = "สวัสดีครับวันนี้ผมจะมาแนะนำผลิตภัณฑ์ใหม่"
LAO = "ສະບາຍດີມື້ນີ້ຂ້ອຍຈະແນະນຳຜະລິດຕະພັນໃຫມ່"
KHMER = "សួស្តីថ្ងៃនេះខ្ញុំនឹងណែនាំផលិតផលថ្មី។"
BURMESE = "မင်္ဂလာပါကျွန်တော်ပစ္စည်းအသစ်ကိုပြမယ်။"


@pytest.fixture(params=["with ICU", "without"])
def words(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a dictionary is there."""
    if request.param == "without":
        monkeypatch.setattr(breaking, "_dictionary", lambda: None)
    return breaking._dictionary() is not None


@pytest.mark.parametrize("text", [THAI, LAO, KHMER, BURMESE])
def test_no_line_ends_inside_of_signs_that_are_read_together(words: bool, text: str) -> None:
    found = pieces(text)
    assert "".join(found) == text
    assert len(found) > 4
    for before, after in pairwise(found):
        assert unicodedata.category(after[0]) not in ("Mn", "Mc", "Po"), (before, after)
        assert before[-1] not in "\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4\u17d2\u1039", before
        assert after[0] not in "\u0e30\u0e32\u0e33\u0e46\u0eb0\u0eb2\u0eb3\u17d2\u1039", after


def test_a_dictionary_finds_words(words: bool) -> None:
    known = ["สวัสดี", "ครับ", "วัน", "นี้", "ผม", "จะ", "มา", "แนะนำ", "ผลิตภัณฑ์", "ใหม่"]
    assert (pieces(THAI) == known) == words
    at, ends = 0, set(clusters(THAI))
    for word in known[:-1]:
        at += len(word)
        assert at in ends, "what letters tell forbids no end of a word"


def test_captions_in_them_get_lines_that_fit(words: bool) -> None:
    lines = wrapped(THAI * 2).split("\n")
    assert "".join(lines) == THAI * 2
    assert 1 < len(lines) <= 4
    assert all(len(line) <= 42 for line in lines)


def test_a_blank_of_no_width_says_where_alone(words: bool) -> None:
    assert pieces("ผลิต\u200bภัณฑ์ใหม่") == ["ผลิต\u200b", "ภัณฑ์ใหม่"]


def test_other_scripts_stay_as_they_are(words: bool) -> None:
    assert in_parts("new oat drink") == ["new", " oat", " drink"]
    assert in_parts("ดีมาก iPhone๑๒๓") == [*pieces("ดีมาก"), " iPhone๑๒๓"]
    assert pieces("你好，世界") == ["你", "好，", "世", "界"]


@pytest.mark.parametrize("fails", ["opening", "loading"])
def test_a_dictionary_that_fails_is_done_without(monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    class Broken:
        def __getitem__(self, name: str) -> Callable[..., int]:
            def call(*_: object) -> int:
                return 0

            return call

    if fails == "opening":
        found = breaking._asked(Broken(), "72", THAI)  # type: ignore[arg-type]
        assert found == clusters(THAI)
        return
    monkeypatch.setattr(breaking, "_FOLDERS", ("/nowhere",))
    assert breaking._dictionary.__wrapped__() is None
