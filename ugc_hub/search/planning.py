"""Works a query out into a plan: which tokens, numbers and sets of situations to look up, and what each counts."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from . import colours
from .analysis import asked, sequence
from .documents import COLUMNS, amount, spelled
from .folding import Token, fold, tokens
from .keywords import mark
from .plan import (
    All,
    AnyOf,
    Between,
    Both,
    Empty,
    Filled,
    Near,
    Pattern,
    Plan,
    Scored,
    Sequence,
    TextField,
    Weighed,
    Without,
    both,
    either,
)
from .tree import (
    TEXT,
    Amount,
    And,
    Everything,
    Fuzzy,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Term,
    Usable,
    Wildcard,
    Word,
)

EXACT = 1
CLASSES: tuple[tuple[int, TextField], ...] = ((18, "strong"), (10, "middle"), (6, "weak"), (2, "least"))
"""What a word counts in title, in tags and names, in the description, and elsewhere; more than one of them adds up."""
TOGETHER = 12
"""What two words count that follow one another in a text as they do in the query."""
LETTERS = 2
"""A pattern has at least as many letters: with fewer it would look at every word there is."""
SHORT, LONG = 4, 8
"""Letters from which a word may have one error, and two."""
_JOKERS = re.compile(r"[^\w*?#@=]|_(?!=)")


def planned(node: Node, cleared: Mapping[Usable, Plan]) -> Plan:
    """Return the plan of a tree.

    `cleared` answers its questions to the grants; what it does not answer matches nothing.
    """
    return _together(node, _planned(node, cleared))


def _planned(node: Node, cleared: Mapping[Usable, Plan]) -> Plan:
    match node:
        case And(parts):
            return both([_planned(part, cleared) for part in parts])
        case Or(parts):
            return either([_planned(part, cleared) for part in parts])
        case Not(part):
            return Without(_planned(part, cleared))
        case Usable():
            return cleared.get(node, Empty())
        case Everything():
            return All()
        case Term("id", value):
            return AnyOf("id", (spelled(value),))
        case Term("has", value) if spelled(value) in COLUMNS:
            return Filled(spelled(value))
        case Term(field, value):
            return AnyOf("marks", tuple(mark(field, one) for one in _values(field, value)))
        case Range(field, low, high, with_low, with_high):
            return Between(field, low, high, with_low, with_high)
        case Amount(name, low, high, with_low, with_high, days):
            return Between(amount(name, days=days), low, high, with_low, with_high)
        case Prefix(text, field) | Wildcard(text, field) if field != TEXT:
            return _of_keywords(field, text + "*" if isinstance(node, Prefix) else text)
    return _of_texts(node)


def _together(node: Node, plan: Plan) -> Plan:
    """The plan, with what counts besides."""
    words = [asked(part.text).exact for part in node.parts if isinstance(part, Word)] if isinstance(node, And) else []
    pairs = dict.fromkeys(pair for pair in pairwise(words) if all(pair))
    return Scored(plan, 0, tuple((TOGETHER, Sequence(pair)) for pair in pairs)) if pairs else plan


def _values(field: str, value: str) -> tuple[str, ...]:
    near = colours.asked(value) if field == "colour" else None
    return colours.within(*near) if near else (value,)


def _of_texts(node: Node) -> Plan:
    match node:
        case Word(text):
            return _word(text)
        case Phrase(text):
            return _phrase(text)
        case Prefix(text):
            return _beginning(text)
        case Wildcard(text):
            return _wildcard(text)
        case Fuzzy(text, distance, prefix):
            return _near(text, distance, prefix)
    return Empty()


def _word(text: str) -> Plan:
    found = asked(text)
    if found.phrase:
        return _sequence(found.phrase)
    return _forms(found.forms, found.exact) if found.forms else Empty()


def _phrase(text: str) -> Plan:
    cut = list(tokens(text))
    words = sequence(cut)
    if len(words) > 1:
        return _sequence(words)
    if words and not cut[0].whole:
        return _scored(AnyOf("words", words), lambda field: AnyOf(field, words))
    return _forms((cut[0].whole,), "") if cut else Empty()


def _forms(forms: tuple[str, ...], exact: str) -> Plan:
    exactly = ((EXACT, AnyOf("words", (exact,))),) if exact else ()
    return _weighed(lambda field: AnyOf(field, forms), exactly)


def _sequence(words: tuple[str, ...]) -> Plan:
    different = tuple(dict.fromkeys(words))
    if len(different) == 1:
        return _scored(Sequence(words), lambda field: AnyOf(field, different))
    return _scored(Sequence(words), lambda field: Both(tuple([AnyOf(field, (word,)) for word in different])))


def _beginning(text: str) -> Plan:
    cut = list(tokens(text))
    if not cut:
        return Empty()
    before = [_word(fold(text)[token.start : token.end]) for token in cut[:-1]]
    return both([*before, _last(cut[-1])])


def _last(token: Token) -> Plan:
    text = token.whole or token.words[0]
    if not (token.stems and text[-1].isalnum() and len(text) >= LETTERS):
        return _word(text)
    if token.whole:
        return _weighed(lambda field: Pattern(field, text + "*"))
    found = asked(text)
    exactly = ((EXACT, AnyOf("words", (text,))),)
    part = either([*(AnyOf(field, found.forms) for _, field in CLASSES), Pattern("words", text + "*")])
    return _scored(part, lambda field: either([AnyOf(field, found.forms), Pattern(field, text + "*")]), exactly)


def _wildcard(text: str) -> Plan:
    pattern = _JOKERS.sub("", fold(text))
    if _letters(pattern) < LETTERS:
        return Empty()
    if pattern[0] in "#@":
        return _weighed(lambda field: Pattern(field, pattern))
    return _scored(Pattern("words", pattern), lambda field: Pattern(field, pattern))


def _of_keywords(field: str, text: str) -> Plan:
    value = spelled(text)
    if _letters(value) < LETTERS:
        return Empty()
    if field == "id":
        return Pattern("id", value)
    columns = fnmatch.filter(COLUMNS, value) if field == "has" else ()
    return either([Pattern("marks", f"{field}={value}"), *map(Filled, columns)])


def _letters(pattern: str) -> int:
    return sum(character not in "*?#@=" for character in pattern)


def errors_in(word: str) -> int:
    """Return how many typing errors a folded word may have: one from four letters, two from eight."""
    return 0 if len(word) < SHORT else 1 if len(word) < LONG else 2


def _near(text: str, distance: int, prefix: bool) -> Plan:
    cut = list(tokens(text))
    if len(cut) != 1 or cut[0].whole or not errors_in(cut[0].words[0]):
        return _beginning(text) if prefix else _word(text)
    word, errors = cut[0].words[0], min(distance, errors_in(cut[0].words[0]))
    return _scored(Near("words", word, errors, prefix), lambda field: Near(field, word, errors, prefix))


def _scored(part: Plan, ask: Callable[[TextField], Plan], more: tuple[tuple[int, Plan], ...] = ()) -> Plan:
    return Scored(part, 0, (*more, *((count, ask(field)) for count, field in CLASSES)))


def _weighed(ask: Callable[[TextField], Plan], more: tuple[tuple[int, Plan], ...] = ()) -> Plan:
    """What any of the classes has, as all that can be found is in one of them."""
    return Weighed(tuple((count, ask(field)) for count, field in CLASSES), more)
