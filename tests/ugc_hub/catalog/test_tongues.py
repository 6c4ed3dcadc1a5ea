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
        ("вакцина на основе мРНК, что это такое, мы говорим просто обо всем сложном", "cp1251", "ru"),
        ("а это ВкусВилл, СберМаркет", "cp1251", "ru"),
        ("Ça été dur à l’été; où? là, là, là", "cp1252", "und"),
        ("Cześć! Dziś pokażę wam źródło", "iso8859-2", "pl"),
        ("Cześć! Dziś pokażę wam źródło ± ¶", "cp1250", "pl"),
        ("Příliš žluťoučký kůň", "iso8859-2", "cs"),
        ("Příliš žluťoučký kůň, říká Wałęsa", "cp1250", "cs"),
        ("»Ahoj«, říká Dior®", "cp1250", "cs"),
        ("\x1b[31mAhoj", "utf-8", "cs"),
        ("Ľúbim ťa", "cp1250", "sk"),
        ("ｺﾝﾆﾁﾊ ｹﾞﾝｷﾃﾞｽｶ", "cp932", "ja"),
        ("ПРИВЕТ, КАК ДЕЛА? ВСЁ ХОРОШО, СПАСИБО", "cp1251", "ru"),
        ("Привіт, як справи? Дякую, їжа смачна", "cp1251", "uk"),
        ("Здраво, како си? Хвала, љубим те", "cp1251", "sr"),
        ("Фэнфик, эхо, щипцы: «ещё съём»", "cp1251", "ru"),
        ("歡迎來到我的頻道，今天要介紹這個產品", "cp950", "zh"),
        ("欢迎来到我的频道，今天要介绍这个产品", "gb18030", "zh-TW"),
        ("歡迎來到我的頻道，今天要介紹這個產品", "gb18030", "zh"),
        ("yes—no, it’s a “naïve” iPhone™… he said”no”", "cp1252", "en"),
        ("Año nuevo: canción, así – está aquí", "cp1252", "es"),
        ("Šetřím, žiju; »Žižkov« McŽerty", "cp1250", "cs"),
        ("Çok güzel, İstanbul’da ışık ğöşü", "cp1254", "tr"),
        ("\u0645\u0631\u062d\u0628\u0627 \u0628\u0643\u0645", "cp1256", "ar"),
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


ARABIC = "\u0645\u0631\u062d\u0628\u0627 \u0628\u0643\u0645 \u0641\u064a \u0642\u0646\u0627\u0629"
RUSSIAN, JAPANESE = "Привет, Анна! Как твои дела?", "こんにちは。今日はいい天気ですね。"


@pytest.mark.parametrize(
    ("text", "encoding", "language"),
    [
        (RUSSIAN, "koi8-r", "ru"),
        (RUSSIAN, "koi8-r", "und"),
        (RUSSIAN, "cp1251", "und"),
        (RUSSIAN, "iso8859-5", "ru"),
        (RUSSIAN.lower(), "iso8859-5", "ru"),
        (RUSSIAN, "cp866", "ru"),
        (RUSSIAN.upper(), "koi8-r", "ru"),
        ("ВОТ ЭТО МОЙ ЛЮБИМЫЙ КРЕМ", "koi8-r", "ru"),
        ("Привіт, як справи? Дякую", "koi8-u", "uk"),
        ("Здравейте! Как сте днес? Аз съм добре", "mac-cyrillic", "bg"),
        ("Voilà, c’était très bon, l’été à côté", "mac_roman", "fr"),
        ("Schön, dass du da bist: Grüße für alle", "mac_roman", "de"),
        ("L’été, la beauté, ôtez", "mac_roman", "und"),
        ("Está aquí la canción que más te gustó", "mac_roman", "es"),
        ("Città, però, così è più bello", "mac_roman", "it"),
        ("På gården står en rød hest og græs", "mac_roman", "da"),
        ("Schön, Grüße für alle", "cp850", "de"),
        ("Příliš žluťoučký kůň úpěl", "mac_latin2", "cs"),
        ("Çok güzel, ışık ve gülüş", "mac_turkish", "tr"),
        (ARABIC, "iso8859-6", "ar"),
        (JAPANESE, "cp932", "zh"),
        (JAPANESE, "iso2022_jp", "ja"),
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


@pytest.mark.parametrize(
    ("text", "language"), [("Grüße aus Köln", "de"), ("Привет, как дела", "ru"), ("こんにちは", "ja")]
)
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_a_sign_that_is_damaged_does_not_turn_the_whole_text_into_other_letters(
    text: str, language: str, mark: bytes
) -> None:
    said = mark + f"1\r\n00:00:01,000 --> 00:00:02,000\r\n{text}\r\n".encode()
    with pytest.raises(Invalid, match=r"in UTF-8, but line 4 holds a sign that is damaged. Open the file"):
        decoded(said + b"M\xfcnchen\r\n" + text.encode(), language)
    assert text in decoded(said, language)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(Invalid):
        decoded(b"\x89PNG\r\n\x1a\n" + b"\x00\x81\x8d" * 40)
