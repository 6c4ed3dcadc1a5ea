"""Where in a text the words of a query stand. The index keeps no texts: whoever shows one has it."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial

from .analysis import asked, sequence
from .distance import near
from .folding import Token, fold, placed, plainly, tokens, usual
from .planning import errors_in
from .stemming import stems
from .tree import TEXT, And, Fuzzy, Node, Or, Phrase, Prefix, Term, Wildcard, Word

Spans = tuple[tuple[int, int], ...]
Finder = Callable[[list[Token]], Iterator[tuple[int, int]]]
Tells = Callable[[str], bool]
"""Whether a plain word can be part of what a finder finds."""
_NAMES = frozenset({"creator", "tag", "campaign"})
_JOINER = "\u200d"
_PART = re.compile("[\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""Skin tones, and the letters of the flags of countries within others."""
_JOKERS = re.compile(r"[^\w*?#@]")


class Highlighter:
    """Finds the words of one query in many texts: what each of its words means is worked out once."""

    def __init__(self, tree: Node) -> None:
        found = [(leaf, *_finder(leaf)) for leaf in _leaves(tree)]
        found = [(leaf, finder, tells) for leaf, finder, tells in found if tells is not _never]
        self._finders = [finder for _, finder, _ in found]
        self._telling = _Telling([tells for _, _, tells in found], _beginnings([leaf for leaf, _, _ in found]))
        self._by_words = not any(isinstance(finder, partial) for finder in self._finders)
        self._known: dict[str, Spans] = {}

    def spans(self, text: str) -> Spans:
        """Return the characters of a text that the query found, from start to before end, in order and apart."""
        spans = self._known.get(text)  # names of creators and campaigns come again and again
        if spans is None:
            spans = self._known[text] = self._spans(text)
        return spans

    def each(self, texts: Collection[str]) -> Mapping[str, Spans]:
        """Return the same for many texts, by text; those in which nothing was found are left out.

        The words of all plain ones are looked at together, as few of a page are ever found: the others then need not
        be cut one by one.
        """
        if not self._finders:
            return {}
        plain = {text for text in texts if text.isascii() and not ("#" in text or "@" in text)}
        words = self._telling.among({*(usual(" ".join(plain)) or ())})
        spans = {text: self._marked(text, plain=True) for text in plain if any(map(text.lower().__contains__, words))}
        spans |= {text: self.spans(text) for text in {*texts} - plain}
        return {text: found for text, found in spans.items() if found}

    def _spans(self, text: str) -> Spans:
        if not (text and self._finders):
            return ()
        words = usual(text) if text.isascii() else None
        if words is not None and not any(map(self._telling.__getitem__, words)):
            return ()  # most texts of a page hold nothing of it, and their words alone tell so
        return self._marked(text, plain=words is not None)

    def _marked(self, text: str, *, plain: bool) -> Spans:
        if plain and self._by_words:
            return _joined(plainly(text, self._telling))
        found = list(placed(text))
        spans = {span for find in self._finders for span in find(found)}
        return _joined(sorted(spans if text.isascii() else {_widened(text, *span) for span in spans}))


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """The place of what was found with all that one sees as one sign with it: a mark in its middle would part that."""
    while end < len(text) and (_belongs(text[end]) or (text[end - 1] == _JOINER and not text[end].isspace())):
        end += 1
    while start and not text[start - 1].isspace() and (_belongs(text[start]) or text[start - 1] == _JOINER):
        start -= 1
    return start, end


def _belongs(letter: str) -> bool:
    """Whether a character is part of the one before it: accents, vowel signs, skin tones, what parts of emoji join."""
    return letter == _JOINER or _PART.match(letter) is not None or unicodedata.category(letter).startswith("M")


def _joined(spans: Iterable[tuple[int, int]]) -> Spans:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


class _Telling(dict[str, bool]):
    """Word -> whether any of some finders may find it; worked out once for the texts of a page."""

    def __init__(self, tells: list[Tells], beginnings: frozenset[str] | None) -> None:
        super().__init__()
        self._tells = tells
        self._beginnings = beginnings

    def among(self, words: Collection[str]) -> list[str]:
        """Return those of some plain words that may be found."""
        near = self._beginnings
        if near is None:
            return [word for word in words if self[word]]
        found = [word for word in words if word[0] in near and self[word]]
        self.update(dict.fromkeys(words, False) | dict.fromkeys(found, True))
        return found

    def __missing__(self, word: str) -> bool:
        for tells in self._tells:
            if tells(word):
                self[word] = True
                return True
        self[word] = False
        return False


def highlights(tree: Node, text: str) -> Spans:
    """Return what a query found in one text; see `Highlighter`."""
    return Highlighter(tree).spans(text)


def excerpt(words: Highlighter, text: str, length: int = 200) -> tuple[str, Spans]:
    """Return the part of a long text, of so many characters, where most was found, and what was found in it."""
    spans = words.spans(text)
    if len(text) <= length:
        return text, spans
    firsts, lasts = [first for first, _ in spans], [last for _, last in spans]
    starts = [max(start - length // 4, 0) for start in firsts] or [0]
    start = max(starts, key=lambda one: bisect_right(lasts, one + length) - bisect_left(firsts, one))
    start = min(start, len(text) - length)
    start = _whole(text, start, next((first for first in firsts if first >= start), 0))
    within = tuple((first - start, last - start) for first, last in spans if start <= first and last <= start + length)
    return text[start : start + length], within


def seen(tree: Node) -> bool:
    """Tell whether a query has words that may stand in a text."""
    return any(isinstance(leaf, Word | Prefix | Phrase | Wildcard | Fuzzy) for leaf in _leaves(tree))


def _whole(text: str, start: int, before: int) -> int:
    """Return where the next word begins, unless that is behind what was found; scripts without blanks have none."""
    blank = text.find(" ", start - 1 if start else 0, before)
    return blank + 1 if start and blank >= 0 else start


def _leaves(node: Node) -> Iterator[Node]:
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from _leaves(part)
    else:
        yield node  # what stands behind NOT has no words to find


def _beginnings(leaves: list[Node]) -> frozenset[str] | None:
    """The first letters of all words in which a query may find something; None where they are not known.

    A stem begins as its word does, but in Dutch, where `ge` before it may be left out.
    """
    if not all(isinstance(leaf, Word) or (isinstance(leaf, Prefix) and leaf.field == TEXT) for leaf in leaves):
        return None
    known = [asked(leaf.text) for leaf in leaves if isinstance(leaf, Word | Prefix)]
    starts = {fold(leaf.text)[:1] for leaf in leaves if isinstance(leaf, Prefix)}
    if "" in starts or any(one.phrase for one in known):
        return None
    return frozenset({"g", *starts, *(form[:1] for one in known for form in one.forms)})


def _finder(leaf: Node) -> tuple[Finder, Tells]:
    match leaf:
        case Word(text) | Prefix(text) if phrase := asked(text).phrase:
            return partial(_runs, phrase), phrase.__contains__
        case Phrase(text):
            phrase = sequence(tokens(text))
            return partial(_runs, phrase), phrase.__contains__
        case Term(field, value) if field in _NAMES:
            phrase = sequence(tokens(value))
            return partial(_runs, phrase), phrase.__contains__
    fits_word, fits_whole = _wanted(leaf)
    single = isinstance(leaf, Word) and len(fold(leaf.text)) == 1
    known: dict[tuple[tuple[str, ...], str], bool] = {}

    def single_words(found: list[Token]) -> Iterator[tuple[int, int]]:
        for token in found:
            fits = known.get(key := (token.words, token.whole))
            if fits is None:
                fits = known[key] = fits_whole(token.whole) or any(map(fits_word, token.words))
            if fits:
                yield token.start, token.start + 1 if single and not token.stems else token.end

    return single_words, fits_word


def _wanted(leaf: Node) -> tuple[Tells, Tells]:
    """What tells whether a word is meant, and whether what a token is besides its words."""
    match leaf:
        case Word(text):
            forms = frozenset(asked(text).forms)
            return lambda word: word in forms or not forms.isdisjoint(stems(word)), forms.__contains__
        case Prefix(text, field) if field == TEXT:
            start, forms = fold(text), frozenset(asked(text).forms)
            return (
                lambda word: word.startswith(start) or word in forms or not forms.isdisjoint(stems(word)),
                lambda whole: whole.startswith(start),
            )
        case Wildcard(text, field) if field == TEXT:
            pattern = re.compile(re.escape(_JOKERS.sub("", fold(text))).replace(r"\*", ".*").replace(r"\?", "."))
            return (like := lambda word: pattern.fullmatch(word) is not None), like
        case Fuzzy(text, distance, prefix):
            folded = fold(text)
            errors = min(distance, errors_in(folded))
            return lambda word: near(folded, word, errors, prefix), _never
    return _never, _never


def _never(word: str) -> bool:
    return False


def _runs(phrase: tuple[str, ...], found: list[Token]) -> Iterator[tuple[int, int]]:
    """Where words follow one another."""
    words = [(word, token) for token in found for word in token.words]
    for start in range(len(words) - len(phrase) + 1 if phrase else 0):
        run = words[start : start + len(phrase)]
        if tuple(word for word, _ in run) == phrase:
            yield run[0][1].start, run[-1][1].end
