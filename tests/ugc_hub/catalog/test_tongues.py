"""Tags of languages, and texts whose encoding nobody names."""

from __future__ import annotations

import codecs

import pytest

from ugc_hub.catalog.tongues import decoded, tag_of
from ugc_hub.errors import Invalid


@pytest.mark.parametrize(
    ("said", "kept"),
    [("EN", "en"), (" pt_br ", "pt-BR"), ("zh-hant-TW", "zh-Hant-TW"), ("es-419", "es-419"), ("", "und")],
)
def test_a_tag_gets_its_usual_letters(said: str, kept: str) -> None:
    assert tag_of(said) == kept


@pytest.mark.parametrize("said", ["english", "e", "en-", "../en", "en-<b>", "de-" + "a" * 40])
def test_what_is_no_tag_is_refused(said: str) -> None:
    with pytest.raises(Invalid):
        tag_of(said)


@pytest.mark.parametrize(
    ("text", "encoding", "language"),
    [
        ("Grüße", "utf-8", "und"),
        ("Grüße", "utf-8-sig", "de"),
        ("Grüße", "utf-16", "de"),
        ("Grüße", "utf-16-le", "de"),
        ("Grüße", "utf-32", "de"),
        ("Grüße", "utf-32-be", "und"),
        ("Grüße", "cp1252", "de"),
        ("Привет, как дела", "cp1251", "ru"),
        ("Dzień dobry, święta", "cp1250", "pl"),
        ("こんにちは", "cp932", "ja"),
        ("你好世界", "gb18030", "zh-CN"),
        ("你好世界", "cp950", "zh-TW"),
        ("你好世界", "cp950", "zh-Hant"),
        ("caf\u00e9", "cp1252", "fr"),
        ("ПРИВЕТ, как дела в NASA? А в iPhone?", "cp1251", "ru"),
        ("Ça été dur à l’été; où? là, là, là", "cp1252", "und"),
        ("ｺﾝﾆﾁﾊ ｹﾞﾝｷﾃﾞｽｶ", "cp932", "ja"),
    ],
)
def test_a_text_is_read_in_the_encoding_that_it_has(text: str, encoding: str, language: str) -> None:
    mark = codecs.BOM_UTF32_BE if encoding == "utf-32-be" else b""
    assert decoded(mark + text.encode(encoding), language).lstrip("\ufeff") == text


@pytest.mark.parametrize(("encoding", "language"), [("utf-8", "de"), ("utf-16", "de"), ("cp932", "ja")])
def test_of_a_text_that_was_cut_off_inside_a_sign_the_rest_is_read(encoding: str, language: str) -> None:
    text = "Über こ" if encoding.startswith("utf") else "こんにちは"
    assert decoded(text.encode(encoding)[:-1], language).lstrip("\ufeff") == text[:-1]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_so_it_is_where_nothing_but_plain_letters_came_before(encoding: str) -> None:
    whole = "1\n00:00:01,000 --> 00:00:02,000\nHello caf\u00e9"
    assert decoded(whole.encode(encoding)[:-1], "en").lstrip("\ufeff") == whole[:-1]


RUSSIAN, JAPANESE = "Привет, Анна! Как твои дела?", "こんにちは。今日はいい天気ですね。"


@pytest.mark.parametrize(
    ("text", "encoding", "language"),
    [
        (RUSSIAN, "koi8-r", "ru"),
        (RUSSIAN, "koi8-r", "und"),
        (RUSSIAN, "cp1251", "und"),
        (JAPANESE, "euc-jp", "ja"),
        (JAPANESE, "euc-jp", "und"),
    ],
)
def test_a_text_that_would_be_read_as_other_letters_is_refused_with_what_to_do(
    text: str, encoding: str, language: str
) -> None:
    with pytest.raises(Invalid) as refused:
        decoded(f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode(encoding), language)
    assert "Captions are read in UTF-8" in refused.value.message
    assert "save it as UTF-8" in refused.value.message


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(Invalid):
        decoded(b"\x89PNG\r\n\x1a\n" + b"\x00\x81\x8d" * 40)
