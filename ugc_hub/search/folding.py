"""Cuts texts into tokens that look alike whatever their case, accents, width or script.

Both engines, queries and highlights see texts only through these tokens.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

LONGEST = 64
"""Characters of a word; what is longer becomes several."""
_SPECIAL = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_CJK = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_CJK += "\uf900-\ufaff\U00020000-\U0003134f"
_EMOJI = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
_TOKENS = re.compile(
    rf"(?P<tag>(?<![^\W_])(?:\#\w*|@(?![.-])[\w.-]*)[^\W_])|(?P<cjk>[{_CJK}])|(?P<flag>[\U0001f1e6-\U0001f1ff]{{2}})"
    rf"|(?P<word>(?:(?![{_CJK}])[^\W_]){{1,{LONGEST}}})|(?P<emoji>[{_EMOJI}])"
)
_PLAIN = re.compile(rf"[a-z0-9]{{1,{LONGEST}}}")
_FLAT = bytes(ord(chr(one).lower()) if chr(one).isascii() and chr(one).isalnum() else 32 for one in range(256))
"""Small letters and digits, and blanks for all else of ASCII: a third of what it takes to search for words."""
_WORDS = re.compile(rf"[^\W_]{{1,{LONGEST}}}")
_IDEOGRAPHS = re.compile(f"[{_CJK}]{{2}}")
_PICTURES = ("So", "Sk")
_JOINERS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\u200d\u20e3]")
_NAMELESS = frozenset({"face", "with", "sign", "symbol", "button", "and", "of"})
_LETTERS = re.compile(r"[a-z0-9]+")
_DROPPED = ("Mn", "Cs")
_KANA_MARKS = "\u3099\u309a"


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a folded text, and which characters of the original it stands for.

    `words` are what it counts as in a phrase, one after the other; `whole` is what it is besides, such as a hashtag.
    The word of an ideograph is the pair that it begins, and reaches to the end of that.
    """

    words: tuple[str, ...]
    whole: str
    start: int
    end: int
    stems: bool = True
    """Whether its words have other forms."""


def fold(text: str) -> str:
    """Return a text in small letters without accents, in the widths and forms that most texts have."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold()
    parts = unicodedata.normalize("NFD", text)
    bare = "".join(one for one in parts if unicodedata.category(one) not in _DROPPED or one in _KANA_MARKS)
    return unicodedata.normalize("NFC", bare).translate(_SPECIAL)


def usual(text: str) -> list[str] | None:
    """Return the words of a text of plain letters, which is faster; None where it has more than that."""
    folded = text if text.isascii() else fold(text)
    if "#" in folded or "@" in folded or not folded.isascii():
        return None
    words = folded.encode().translate(_FLAT).decode().split()
    if len(folded) <= LONGEST + 2 * len(words) - 2 or max(map(len, words), default=0) <= LONGEST:
        return words  # with a longer word it would have more letters, as each of the others has one and a blank
    return _PLAIN.findall(folded.lower())


def plainly(text: str, telling: Mapping[str, bool]) -> list[tuple[int, int]]:
    """Return the places of some words of an ASCII text of which `usual` told all there is."""
    return [match.span() for match in _PLAIN.finditer(text.lower()) if telling[match[0]]]


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, in order; their places are those in the folded text."""
    return _scan(fold(_JOINERS.sub("", text)))


def placed(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, in order, with their places in the text as it is. Slower than `tokens`."""
    if text.isascii():  # each character is in its place
        yield from _scan(text.lower())
        return
    folded, places = _with_places(text)
    for token in _scan(folded):
        yield replace(token, start=places[token.start][0], end=places[token.end - 1][1])


def _scan(folded: str) -> Iterator[Token]:
    for match in _TOKENS.finditer(folded):
        kind, value = match.lastgroup, match.group()
        start, end = match.span()
        if kind == "word":
            yield Token((value,), "", start, end)
        elif kind == "cjk":
            pair = _IDEOGRAPHS.match(folded, start)
            yield Token((pair.group() if pair else value,), value, start, pair.end() if pair else end, stems=False)
        elif kind == "tag":
            words = tuple(_WORDS.findall(value))
            yield Token(words, value[: LONGEST + 1], start, end)
        elif kind == "flag":
            yield Token((), value, start, end)
        elif unicodedata.category(value) in _PICTURES:
            yield Token(emoji_words(value), value, start, end)


def emoji_words(emoji: str) -> tuple[str, ...]:
    """Return the words that name an emoji, in English: 🌸 is `cherry`, `blossom`."""
    name = unicodedata.name(emoji, "").lower()
    return tuple(one for one in _LETTERS.findall(name) if one not in _NAMELESS)


def _with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and for each of its characters the places, start and end, of what it came from."""
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and unicodedata.combining(text[end]):
            continue  # accents belong to the letter before them
        piece = fold(_JOINERS.sub("", text[start:end]))
        pieces.append(piece)
        places += [(start, end)] * len(piece)
        start = end
    return "".join(pieces), places
