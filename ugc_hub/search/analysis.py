"""What the engines index of a text, and what they look up for a word: the same tokens on both sides.

`words` are the words of all texts in order, each at its place, for phrases, beginnings, patterns and typing errors.
`strong`, `middle`, `weak` and `least` hold each word with its stems, hashtags and handles whole, emoji and single
ideographs, of the texts that count so; one of them has whatever a document is found by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .folding import Token, tokens, usual
from .stemming import stems, stems_anew
from .stops import LANGUAGES, TELLERS

BETWEEN = " | "
"""Between two texts in `words`, so that no phrase reaches from one into the other."""
CLASSES = ("strong", "middle", "weak", "least")
SURE = 2
"""Different function words of a language, and as many times those of any other, that tell a text's language."""
Texts = Iterable[tuple[str, str]]
"""Texts, each behind the class that it counts as."""


class Analysed(NamedTuple):
    """Tokens of a document, parted by blanks."""

    words: str
    strong: str
    middle: str
    weak: str
    least: str


class _Forms(dict[str, str]):
    """Word -> the word and its stems, parted by blanks; worked out once, and forgotten when there are too many."""

    MOST = 400_000

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, word: str) -> str:
        if len(self) >= self.MOST:
            self.clear()
        found = self[word] = " ".join((word, *stems_anew(word, self.language)))
        return found


_FORMS = {code: _Forms(code) for code in ("", *LANGUAGES)}
_TELLING = frozenset(TELLERS)


Cut = tuple[list[str], list[Token]]
"""A text cut up: plain words, or, where there is more to it, tokens."""
Words = tuple[str, str]
"""Of a text: its words in order, and all their forms."""


class _Names(dict[str, Words]):
    """Tag or name -> its words; the same ones come again and again."""

    MOST = 50_000

    def __missing__(self, text: str) -> Words:
        if len(self) >= self.MOST:
            self.clear()
        found = self[text] = _words(_cut(text), _FORMS[""])
        return found


_NAMES = _Names()


def analysed(prose: Texts, names: list[Words], language: str = "") -> Analysed:
    """Return the tokens of a document's texts, by class.

    `prose` is in one language, guessed where it is not known; `names` are tags and names in any, as `named` gives
    them.
    """
    cuts = [(name, _cut(text)) for name, text in prose if text]
    known = _FORMS[language if language in LANGUAGES else guessed([cut for _, cut in cuts])]
    words: list[str] = []
    forms = {"strong": "", "weak": "", "least": ""}
    for name, cut in cuts:
        said, every = _words(cut, known)
        words.append(said)
        forms[name] = f"{forms[name]} {every}" if forms[name] else every
    words += [said for said, _ in names]
    middle = " ".join([every for _, every in names])
    return Analysed(BETWEEN.join(words), forms["strong"], middle, forms["weak"], forms["least"])


def named(text: str) -> Words:
    """Return the words of a tag or name."""
    return _NAMES[text]


def _cut(text: str) -> Cut:
    plain = usual(text)
    return ([], list(tokens(text))) if plain is None else (plain, [])


def _words(cut: Cut, known: _Forms) -> Words:
    plain, found = cut
    if not found:
        return " ".join(plain), " ".join(map(known.__getitem__, plain))
    places: list[str] = []
    forms: list[str] = []
    for token in found:
        places += token.words
        if token.whole:
            forms.append(token.whole)
        forms += [known[word] for word in token.words] if token.stems else token.words
    return " ".join(places), " ".join(forms)


def guessed(cuts: Iterable[Cut]) -> str:
    """Return the language that a document's function words tell; empty where they leave it open."""
    telling: frozenset[str] = frozenset()
    for plain, found in cuts:
        telling |= _TELLING.intersection(plain)
        for token in found:
            telling |= _TELLING.intersection(token.words)
    return _told(telling)


@lru_cache(maxsize=20_000)
def _told(words: frozenset[str]) -> str:
    seen: dict[str, int] = {}
    for word in words:
        for language in TELLERS[word]:
            seen[language] = seen.get(language, 0) + 1
    most = max(seen.values(), default=0)
    leading = [language for language, count in seen.items() if SURE * count > most]
    return leading[0] if most >= SURE and len(leading) == 1 else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look up for something typed: any of some forms, or, of several parts, a phrase."""

    forms: tuple[str, ...] = ()
    """In the classes; the exact one comes first."""
    exact: str = ""
    """In `words`; empty for what stands there only in parts."""
    phrase: tuple[str, ...] = ()
    """In `words`, one after the other."""


@lru_cache(maxsize=4096)
def asked(text: str) -> Asked:
    """Return what to look up for a word; reading a query, planning it and marking what it found ask for it in turn."""
    found = list(tokens(text))
    if len(found) == 1:
        return _single(found[0])
    phrase = sequence(found)
    if len(phrase) == 1:
        return Asked((phrase[0],), phrase[0])
    return Asked(phrase=phrase) if phrase else Asked(tuple(token.whole for token in found[:1]))


def _single(token: Token) -> Asked:
    if token.whole:
        return Asked((token.whole,))
    (word,) = token.words
    return Asked((word, *stems(word)), word)


def sequence(found: Iterable[Token]) -> tuple[str, ...]:
    """Return the words of tokens one after the other, as they stand in `words`."""
    listed = list(found)
    words = [word for token in listed for word in token.words]
    last = listed[-1] if listed else None
    if last is not None and not last.stems and last.words == (last.whole,) and len(listed) > 1:
        before = listed[-2]
        if not before.stems and len(before.words[:1]) == 1 and before.words[0].endswith(last.whole):
            words.pop()  # the pair before it holds the last ideograph already
    return tuple(words)
