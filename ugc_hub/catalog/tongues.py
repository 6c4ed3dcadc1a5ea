"""Languages by their tags (BCP 47), and texts in the encodings that were usual for them before Unicode."""

from __future__ import annotations

import codecs
import contextlib
import re
from collections.abc import Iterable

from ugc_hub.errors import Invalid

from .misreading import chinese, misread

UNKNOWN = "und"
MOST_TAGS = 20
_TAG = re.compile(r"([a-z]{2,3})(-[a-z]{4})?(-(?:[a-z]{2}|\d{3}))?((?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*)")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = "cp1252"
_USUAL = {
    **dict.fromkeys(("cs", "hr", "hu", "pl", "ro", "sk", "sl"), "cp1250"),
    **dict.fromkeys(("be", "bg", "mk", "ru", "sr", "uk"), "cp1251"),
    **dict.fromkeys(("et", "lt", "lv"), "cp1257"),
    "ar": "cp1256",
    "el": "cp1253",
    "fa": "cp1256",
    "he": "cp1255",
    "tr": "cp1254",
    "vi": "cp1258",
    "ja": "cp932",
    "ko": "cp949",
    "th": "cp874",
    "zh": "gb18030",
}
"""What programs wrote by the language of the machine (code pages of Windows)."""
_CENTRAL, _LATIN_2 = "cp1250", "iso8859-2"
"""The second is what other systems than Windows wrote: some letters lie elsewhere."""
_ELSEWHERE = {**dict.fromkeys(("cs", "hr", "sk", "sl"), "šž"), "pl": "ąśź"}
"""Such of a language; small ones alone, since the large ones lie where the other has signs like ©."""
_TRADITIONAL, _BIG5 = {"hant", "hk", "mo", "tw"}, "cp950"
"""Chinese that is written in other signs, and what was usual for it."""
_READ = (
    "Captions are read in UTF-8, in UTF-16 and UTF-32 with a byte order mark, and in the encoding that Windows used "
    "for their language, such as Windows-1251 for ru and Shift JIS for ja. Open the file in an editor, save it as "
    "UTF-8, and send that."
)
_FEW_LETTERS = 8
"""So few letters tell nothing of an encoding."""
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")
_HIRAGANA = re.compile("[\u3041-\u309f]")


_SHORT = {
    "ara": "ar",
    "bul": "bg",
    "cat": "ca",
    "ces": "cs",
    "cze": "cs",
    "dan": "da",
    "deu": "de",
    "ger": "de",
    "ell": "el",
    "gre": "el",
    "eng": "en",
    "est": "et",
    "fas": "fa",
    "fin": "fi",
    "fra": "fr",
    "fre": "fr",
    "heb": "he",
    "hin": "hi",
    "hrv": "hr",
    "hun": "hu",
    "ind": "id",
    "ita": "it",
    "jpn": "ja",
    "kor": "ko",
    "lav": "lv",
    "lit": "lt",
    "nld": "nl",
    "dut": "nl",
    "nor": "no",
    "pol": "pl",
    "por": "pt",
    "ron": "ro",
    "rum": "ro",
    "rus": "ru",
    "slk": "sk",
    "slo": "sk",
    "slv": "sl",
    "spa": "es",
    "srp": "sr",
    "swe": "sv",
    "tha": "th",
    "tur": "tr",
    "ukr": "uk",
    "vie": "vi",
    "zho": "zh",
    "chi": "zh",
}
"""What files call languages (ISO 639-2), by the shorter code that a tag has to use."""


def tag_in_file(text: str) -> str:
    """Return the tag of a language as a video file names it; `und` for what is none."""
    name = text.strip().replace("_", "-").lower()
    return tag_of(_SHORT.get(name, name)) if _TAG.fullmatch(name) else UNKNOWN


def tags_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Return languages by their tags, each once, in the order in which they are named.

    Raises:
        Invalid: one is no tag, or there are more than `MOST_TAGS`.
    """
    found = tuple(dict.fromkeys(tag_of(text) for text in texts if text.strip()))
    if len(found) > MOST_TAGS:
        raise Invalid(f"Name at most {MOST_TAGS} languages.", extra={"field": "captions"})
    return found


def tag_of(text: str) -> str:
    """Return a language tag in its usual letters: `pt-BR`, `zh-Hant`; `und` for an empty one.

    Raises:
        Invalid: it is none.
    """
    found = _TAG.fullmatch(text.strip().replace("_", "-").lower())
    if text.strip() and (found is None or len(text.strip()) > 35):
        words = "Say the language by its tag, such as en, pt-BR or zh-Hant."
        raise Invalid(words, extra={"field": "language"})
    if found is None:
        return UNKNOWN
    language, script, region, rest = found.groups()
    return language + (script or "").title() + (region or "").upper() + (rest or "")


def decoded(data: bytes, language: str = UNKNOWN) -> str:
    """Return a text whose encoding nobody names: Unicode where it is that, else what was usual for its language.

    Raises:
        Invalid: it is no text, or in an encoding that is not read; the message says which are.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    encodings = [encoding] if encoding else ["utf-8", _usual(data, language)]
    even, odd = data[0:400:2].count(0), data[1:400:2].count(0)
    if not encoding and (even == 0) != (odd == 0):  # digits and blanks of two bytes each
        encodings = ["utf-16-le" if odd else "utf-16-be"]
    for name in encodings:
        try:
            text = _whole(data, name)
        except UnicodeDecodeError:
            if name.startswith("utf-8") and (line := _damaged_line(data)):
                words = f"These captions are in UTF-8, but line {line} holds a sign that is damaged."
                raise Invalid(f"{words} Open the file in an editor, mend that line, and send it again.") from None
            continue
        if "\x00" in text or "\x1b$" in text:  # in two bytes a sign, or turned over to other letters (ISO 2022)
            continue
        if _misread(text, data, name, language):
            words = "These captions are in another encoding than is usual for their language, or that is not said."
            raise Invalid(f"{words} {_READ}")
        return text
    raise Invalid(f"This is no text of captions, SubRip (.srt) or WebVTT (.vtt). {_READ}")


def _misread(text: str, data: bytes, encoding: str, language: str) -> bool:
    """Tell whether letters stand where no language has them, because the bytes mean others: a guess, on the safe side.

    Western languages write most words in plain letters. The kana of EUC-JP are half-width signs in Shift JIS, and only
    as EUC-JP do they make words.
    """
    if misread(data, encoding, language):
        return True
    if encoding == _WESTERN:
        letters = [sign for sign in text if sign.isalpha()]
        strange = sum(not sign.isascii() for sign in letters)
        return strange >= _FEW_LETTERS and strange * 2 > len(letters)
    if encoding == "cp932" and len(_HALF_WIDTH.findall(text)) >= _FEW_LETTERS:
        with contextlib.suppress(UnicodeDecodeError):
            other = _whole(data, "euc_jp")
            return sum(not sign.isascii() for sign in other) < 5 * len(_HIRAGANA.findall(other))
    return False


def _damaged_line(data: bytes) -> int:
    """Return which line of a text in UTF-8, as most of its signs tell, has the first damaged one; 0 of any other."""
    text = data.decode("utf-8", "replace")
    before, *others = text.split("\ufffd")
    strange = sum(not sign.isascii() for sign in text) - len(others)
    return len(f"{before}.".splitlines()) if strange > 2 * len(others) else 0


def _usual(data: bytes, language: str) -> str:
    tag, *rest = language.lower().split("-")
    if letters := _ELSEWHERE.get(tag):
        return max(_CENTRAL, _LATIN_2, key=lambda name: sum(map(letters.count, data.decode(name, "replace"))))
    if tag == "zh":
        usual = _BIG5 if _TRADITIONAL & set(rest) else _USUAL[tag]
        return chinese(data, usual)
    return _USUAL.get(tag, _WESTERN)


def _whole(data: bytes, encoding: str) -> str:
    """Decode a text; of one that was cut off inside a sign, what came before that."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        text = codecs.getincrementaldecoder(encoding)().decode(data)
        if encoding == "utf-8" and text.isascii():  # its one other sign may as well be whole, in another encoding
            raise
        return text
