"""Where in a text the words of a query stand. The index keeps no texts: whoever shows one has it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from functools import partial

from .analysis import asked, sequence
from .distance import near
from .folding import Token, fold, placed, tokens
from .planning import errors_in
from .stemming import stems
from .tree import TEXT, And, Fuzzy, Node, Or, Phrase, Prefix, Term, Wildcard, Word

Spans = tuple[tuple[int, int], ...]
Finder = Callable[[list[Token]], Iterator[tuple[int, int]]]
_NAMES = frozenset({"creator", "tag", "campaign"})
_JOKERS = re.compile(r"[^\w*?#@]")


class Highlighter:
    """Finds the words of one query in many texts: what each of its words means is worked out once."""

    def __init__(self, tree: Node) -> None:
        self._finders = [_finder(leaf) for leaf in _leaves(tree)]
        self._known: dict[str, Spans] = {}

    def spans(self, text: str) -> Spans:
        """Return the characters of a text that the query found, from start to before end, in order and apart."""
        spans = self._known.get(text)  # names of creators and campaigns come again and again
        if spans is None:
            spans = self._known[text] = self._spans(text)
        return spans

    def _spans(self, text: str) -> Spans:
        found = list(placed(text)) if text and self._finders else []
        spans = sorted({span for find in self._finders for span in find(found)})
        joined: list[tuple[int, int]] = []
        for start, end in spans:
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return tuple(joined)


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


def _finder(leaf: Node) -> Finder:
    match leaf:
        case Word(text) | Prefix(text) if phrase := asked(text).phrase:
            return partial(_runs, phrase)
        case Phrase(text):
            return partial(_runs, sequence(tokens(text)))
        case Term(field, value) if field in _NAMES:
            return partial(_runs, sequence(tokens(value)))
    wanted = _wanted(leaf)
    single = isinstance(leaf, Word) and len(fold(leaf.text)) == 1
    known: dict[tuple[tuple[str, ...], str], bool] = {}

    def single_words(found: list[Token]) -> Iterator[tuple[int, int]]:
        for token in found:
            fits = known.get(key := (token.words, token.whole))
            if fits is None:
                fits = known[key] = wanted(token)
            if fits:
                yield token.start, token.start + 1 if single and not token.stems else token.end

    return single_words


def _wanted(leaf: Node) -> Callable[[Token], bool]:
    match leaf:
        case Word(text):
            forms = set(asked(text).forms)
            return lambda token: token.whole in forms or any(not forms.isdisjoint(_forms(one)) for one in token.words)
        case Prefix(text, field) if field == TEXT:
            start, forms = fold(text), set(asked(text).forms)
            return lambda token: (
                token.whole.startswith(start)
                or any(word.startswith(start) or not forms.isdisjoint(_forms(word)) for word in token.words)
            )
        case Wildcard(text, field) if field == TEXT:
            pattern = re.escape(_JOKERS.sub("", fold(text))).replace(r"\*", ".*").replace(r"\?", ".")
            return lambda token: any(re.fullmatch(pattern, one) for one in (token.whole, *token.words))
        case Fuzzy(text, distance, prefix):
            errors = min(distance, errors_in(fold(text)))
            return lambda token: any(near(fold(text), word, errors, prefix) for word in token.words)
    return lambda token: False


def _forms(word: str) -> tuple[str, ...]:
    return (word, *stems(word))


def _runs(phrase: tuple[str, ...], found: list[Token]) -> Iterator[tuple[int, int]]:
    """Where words follow one another."""
    words = [(word, token) for token in found for word in token.words]
    for start in range(len(words) - len(phrase) + 1 if phrase else 0):
        run = words[start : start + len(phrase)]
        if tuple(word for word, _ in run) == phrase:
            yield run[0][1].start, run[-1][1].end
