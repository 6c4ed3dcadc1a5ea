"""Whether bytes that can be read as letters mean other letters: told by what no language writes.

Most texts can be read in an encoding that is not theirs, and nobody who does not know the language would notice. So
each is read in those besides that somebody else would have written its language in. Where one of them makes what
people write, and the first one does not, the first one is wrong.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Container
from itertools import pairwise

_FEW, _ENOUGH_BYTES = 8, 100_000
"""So few letters tell nothing of an encoding, and so many bytes all that can be told."""
_ELSEWHERE = {
    "cp1250": ("mac_latin2", "cp852"),
    "cp1252": ("mac_roman", "cp850"),
    "cp1254": ("mac_turkish", "cp857"),
    "cp1257": ("cp775",),
    "iso8859-2": ("mac_latin2", "cp852"),
}
"""What Macintosh and DOS wrote where Windows wrote this."""
_JOINING = frozenset("'\u2019\u2018\u00b7\u00ad\u2013\u2014\u2026\u00ba\u00aa/@")
"""Signs that stand between letters in some language: l’été, yes—no, col·lega."""
_NEVER = frozenset("\ufffd\u00a4\u00a6\u00ac")
_NEVER_AFTER_LETTERS = frozenset("\u02c6\u02dc\u2020\u2021\u2039\u00a2")
_WESTERN, _BORROWED = "àâæçéèêëîïôœùûüÿäößáíñóúãõìòåøšžýðþ", "éèáàâçñöüäåi"
"""Letters of languages that are written in Windows-1252, and those that words of others bring along."""
_LETTERS = {
    "cs": "áčďéěíňóřšťúůýž",
    "da": "æøåéó",
    "de": "äöüß",
    "es": "áéíñóúü",
    "et": "äõöüšž",
    "fi": "åäöšž",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "hr": "čćđšž",
    "hu": "áéíóöőúüű",
    "it": "àèéìíîòóùú",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž",
    "nb": "æøåéóò",
    "nn": "æøåéóò",
    "no": "æøåéóò",
    "pl": "ąćęłńóśźż",
    "pt": "áàâãçéêíóôõúü",
    "ro": "ăâîşţșț",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "sl": "čćđšž",
    "sv": "åäöé",
    "tr": "çğıöşüâîû",
}
"""Those of one language besides plain ones."""
_MANY = 0.12
"""Of the signs that are no ASCII: fewer at strange places are slips of whoever wrote."""

_CYRILLIC = ("koi8_u", "iso8859-5", "cp866", "mac_cyrillic")
_RUSSIAN = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфё",
        (
            110,
            85,
            80,
            74,
            67,
            63,
            55,
            47,
            45,
            44,
            35,
            32,
            30,
            28,
            26,
            20,
            19,
            17,
            17,
            16,
            16,
            14,
            12,
            10,
            9,
            7,
            6,
            5,
            4,
            3,
            3,
            2,
        ),
        strict=True,
    )
)
"""Letters of Russian, in thousandths of a text; Bulgarian, Ukrainian and Serbian have the same frequent ones."""
_OTHERS = frozenset("ъіїєґўјљњћђџѓќѕ")
_NEIGHBOURS, _POINTS, _STRANGE = 6, 10, 0.3
"""The same of a letter that only those others have, of a sign between words, and of anything else."""
_SURE, _SURE_EACH = 4.0, 0.05
"""Natural logarithms of how many times likelier another encoding has to be, in all and for each sign."""
_POINTING = frozenset("\u00a0\u00ab\u00bb\u2013\u2014\u2018\u2019\u201c\u201d\u201e\u2026\u2116")

_HAN = {"gb18030": ("gb2312", 0xD7), "cp950": ("big5", 0xC6)}
"""The standard behind each encoding of Chinese, and the last row of the signs in it that are in common use: both
arrange these first, and those that are hardly met after them."""
_CLEARER, _LEAST_COMMON = 0.2, 0.4


def misread(data: bytes, encoding: str, language: str) -> bool:
    """Tell whether a text that is read in an encoding is in another one: a guess, on the safe side."""
    if encoding in _HAN:
        return _common(data, encoding) < _LEAST_COMMON
    if encoding == "cp1251":
        return _other_cyrillic(data)
    if encoding == "cp1256":
        return _mixed(data.decode(encoding, "replace"))
    return encoding in _ELSEWHERE and _other_latin(data, encoding, language.partition("-")[0])


def chinese(data: bytes, usual: str) -> str:
    """Return the encoding of a Chinese text: GB 18030 or Big5; the usual one unless clearly the other."""
    shares = {name: _common(data, name) for name in _HAN}
    clearer = [name for name, share in shares.items() if share > shares[usual] + _CLEARER]
    return clearer[0] if clearer else usual


def _common(data: bytes, encoding: str) -> float:
    """Return which share of the signs of a text are in common use; 0 where it cannot be read so."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(data) - 3:
            return 0.0
        text = data[: error.start].decode(encoding)  # cut off inside its last sign
    standard, last_row = _HAN[encoding]
    found = Counter(sign for sign in text if not sign.isascii())
    common = sum(count for sign, count in found.items() if _row(sign, standard) <= last_row)
    return common / found.total() if found else 1.0


def _row(sign: str, standard: str) -> int:
    try:
        return sign.encode(standard)[0]
    except UnicodeEncodeError:
        return 0xFF


def _other_latin(data: bytes, encoding: str, language: str) -> bool:
    some = data[:_ENOUGH_BYTES]
    letters = frozenset(_LETTERS.get(language, _WESTERN) + _BORROWED)
    text = some.decode(encoding, "replace")
    strange, signs = _strange(text, letters), sum(not sign.isascii() for sign in text)
    if strange < max(1.0, _MANY * signs):
        return False
    return any(_strange(some.decode(name, "replace"), letters) < strange / 2 for name in _ELSEWHERE[encoding])


def _strange(text: str, letters: Container[str]) -> int:
    """Count letters that a language does not have, and signs where none has them, such as quotes inside of words."""
    count = 0
    for before, sign, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        if sign.isascii() or sign in _JOINING:
            continue
        if sign.isalpha():
            rises = sign.isupper() and before.islower()
            falls = sign.islower() and sign != "ß" and after.isupper()
            count += rises or falls or sign.lower()[0] not in letters
        elif unicodedata.category(sign)[0] != "M":
            count += sign in _NEVER or (before.isalpha() and (after.isalpha() or sign in _NEVER_AFTER_LETTERS))
    return count


def _mixed(text: str) -> bool:
    """Tell whether letters of Latin stand beside those of Arabic, as where ISO 8859-6 is read as Windows-1256."""
    kinds = [_script(one) + _script(two) for one, two in pairwise(text) if one.isalpha() and two.isalpha()]
    mixed = sum(kind in ("LA", "AL") for kind in kinds)
    return mixed >= 2 and mixed * 20 > kinds.count("AA")


def _script(sign: str) -> str:
    return {"ARABIC": "A", "LATIN": "L"}.get(unicodedata.name(sign, "").partition(" ")[0], "-")


def _other_cyrillic(data: bytes) -> bool:
    some = data[:_ENOUGH_BYTES]
    signs = sum(byte > 0x7F for byte in some)
    if signs < _FEW:
        return False
    needed = _likelihood(some, "cp1251") + max(_SURE, _SURE_EACH * signs)
    return any(_likelihood(some, name) > needed for name in _CYRILLIC)


def _likelihood(data: bytes, encoding: str) -> float:
    """Return the natural logarithm of how likely these bytes are as a text in a Slavic language."""
    text = data.decode(encoding, "replace")
    found = Counter((sign, before.islower() and sign.isupper()) for before, sign in pairwise(f" {text}"))
    return sum(_weight(*one) * count for one, count in found.items() if not one[0].isascii())


def _weight(sign: str, rises: bool) -> float:
    small = sign.lower()
    if small in _RUSSIAN and not rises:
        return math.log(_RUSSIAN[small])
    if sign in _POINTING:
        return math.log(_POINTS)
    return math.log(_NEIGHBOURS if small in _OTHERS and not rises else _STRANGE)
