"""What a search must find, judged document by document: slow, and written apart from the engines.

It shares with them how a text is cut into tokens and stems, and nothing of how an index is asked.
"""

from __future__ import annotations

import fnmatch
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from ugc_hub.search.colours import lab
from ugc_hub.search.documents import FACETS, Document, chance_of, tie_of
from ugc_hub.search.engine import Request
from ugc_hub.search.folding import fold, tokens
from ugc_hub.search.stemming import stems
from ugc_hub.search.tree import (
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

WEIGHTS = {"title": 18, "description": 6, "names": 10, "rest": 2}


@dataclass
class Text:
    """One text of a document: its words in order, and everything that it can be found by."""

    part: str
    words: list[str] = field(default_factory=list)
    forms: set[str] = field(default_factory=set)


def texts_of(document: Document) -> list[Text]:
    """All texts; documents of these tests name their language or have no function words."""
    names = [*document.keywords.get("tag", ()), *document.keywords.get("creator", ()), document.creator_name]
    names += [f"@{handle.removeprefix('@')}" for handle in document.keywords.get("creator", ())]
    names += [*document.keywords.get("campaign", ()), *document.keywords.get("niche", ())]
    given = [("title", document.title, document.language), ("description", document.description, document.language)]
    given += [("description", text, document.language) for text in document.said]
    given += [("rest", text, document.language) for text in (document.ocr, document.transcript)]
    given += [("names", text, "") for text in names]
    found = []
    for part, content, language in given:
        text = Text(part)
        for token in tokens(content):
            text.words += token.words
            text.forms |= {token.whole} - {""} | set(token.words)
            if token.stems:
                text.forms |= {stem for word in token.words for stem in stems(word, language)}
        found.append(text)
    return found


def edits(one: str, two: str) -> int:
    """Optimal string alignment distance, by the book."""
    width = range(len(two) + 1)
    table = [[max(row, column) if not row * column else 0 for column in width] for row in range(len(one) + 1)]
    for row in range(1, len(one) + 1):
        for column in range(1, len(two) + 1):
            same = one[row - 1] == two[column - 1]
            table[row][column] = min(
                table[row - 1][column] + 1, table[row][column - 1] + 1, table[row - 1][column - 1] + (not same)
            )
            if min(row, column) > 1 and one[row - 1] == two[column - 2] and one[row - 2] == two[column - 1]:
                table[row][column] = min(table[row][column], table[row - 2][column - 2] + 1)
    return table[-1][-1]


def score(node: Node, document: Document, answers: Mapping[Usable, frozenset[int]]) -> int | None:
    """What a document counts for a tree; None if it does not match."""
    return _score(node, document, answers, texts_of(document))


def _score(node: Node, document: Document, answers: Mapping[Usable, frozenset[int]], texts: list[Text]) -> int | None:
    match node:
        case And(parts):
            found = [_score(part, document, answers, texts) for part in parts]
            return None if None in found else sum(one or 0 for one in found)
        case Or(parts):
            found = [_score(part, document, answers, texts) for part in parts]
            return None if set(found) == {None} else sum(one or 0 for one in found)
        case Not(part):
            return 0 if _score(part, document, answers, texts) is None else None
        case Everything():
            return 0
        case Usable():
            return 0 if document.clearance in answers[node] else None
        case Range() | Amount():
            return 0 if within(node, document) else None
        case Term("colour", value) if "~" in value:
            return 0 if near(value, document) else None
        case Term(name, value):
            return 0 if mark(value) in marks(document, name) else None
        case Prefix(text, name) | Wildcard(text, name) if name != "text":
            pattern = mark(text) + ("*" if isinstance(node, Prefix) else "")
            return 0 if any(fnmatch.fnmatchcase(one, pattern) for one in marks(document, name)) else None
    return _text_score(node, texts)


def within(asked: Range | Amount, document: Document) -> bool:
    """Whether a number of a document, or what a field of its campaign says, lies in a range."""
    if isinstance(asked, Amount):
        said = {mark(name): said for name, said in document.fields.items()}.get(mark(asked.name))
        if isinstance(said, str) or isinstance(said, date) is not asked.days:
            return False
        value = said.toordinal() if isinstance(said, date) else said
    else:
        value = {**document.numbers, "created": document.created}.get(asked.field)
    if value is None:
        return False
    above = asked.low is None or value > asked.low or (value == asked.low and asked.with_low)
    return above and (asked.high is None or value < asked.high or (value == asked.high and asked.with_high))


def near(value: str, document: Document) -> bool:
    """Whether a colour of a document, rounded to one digit a part, is as near as `#rrggbb~hundredths` says."""
    wanted, _, far = value.partition("~")
    rounded = [
        "#" + "".join(2 * f"{(int(colour[at : at + 2], 16) + 8) // 17:x}" for at in (1, 3, 5))
        for colour in document.keywords.get("colour", ())
    ]
    return any(math.dist(lab(one), lab(wanted)) * 100 <= float(far) for one in rounded)


def mark(value: str) -> str:
    return "_".join(fold(value).split())


def marks(document: Document, name: str) -> set[str]:
    if name == "id":
        return {mark(document.id)}
    found = {mark(value) for value in document.keywords.get(name, ())}
    if name == "has":
        found |= {one for one in ("title", "description", "ocr", "transcript") if getattr(document, one)}
        found |= {one for one in FACETS if document.keywords.get(one)} | {"created", *document.numbers}
    return found


def _text_score(node: Node, texts: list[Text]) -> int | None:
    forms: set[str] = set()
    exact: str | None = None
    match node:
        case Word(text) | Phrase(text):
            words = [word for token in tokens(text) for word in token.words]
            if len(words) > 1:
                return _phrase_score(words, texts)
            exact = words[0]
            forms = {exact} if isinstance(node, Phrase) else {exact, *stems(exact)}
            hit = [bool(forms & (set(one.words) if isinstance(node, Phrase) else one.forms)) for one in texts]
            bonus = [bool(forms & one.forms) for one in texts]
        case Prefix(text):
            exact = fold(text)
            forms = {exact, *stems(exact)}
            hit = [bool(forms & one.forms) or any(word.startswith(exact) for word in one.words) for one in texts]
            bonus = [bool(forms & one.forms) or any(word.startswith(exact) for word in one.forms) for one in texts]
        case Wildcard(text):
            hit = [any(fnmatch.fnmatchcase(word, fold(text)) for word in one.words) for one in texts]
            bonus = [any(fnmatch.fnmatchcase(word, fold(text)) for word in one.forms) for one in texts]
        case Fuzzy(text, distance):
            errors = min(distance, 1 if len(text) < 8 else 2)
            hit = [any(edits(text, word) <= errors for word in one.words) for one in texts]
            bonus = [any(edits(text, word) <= errors for word in one.forms) for one in texts]
        case _:
            raise AssertionError(node)
    if not any(hit):
        return None
    known = {one.part for one, counts in zip(texts, bonus, strict=True) if counts}
    exactly = not isinstance(node, Phrase) and exact is not None and any(exact in one.words for one in texts)
    return exactly + sum(WEIGHTS[part] for part in known)


def _phrase_score(words: list[str], texts: list[Text]) -> int | None:
    runs = [one.words[start : start + len(words)] for one in texts for start in range(len(one.words))]
    if words not in runs:
        return None
    parts: dict[str, set[str]] = {}
    for one in texts:
        parts.setdefault(one.part, set()).update(one.forms)
    return sum(WEIGHTS[part] for part, forms in parts.items() if set(words) <= forms)


def together(node: Node, document: Document) -> int:
    """What words of a query count besides that follow one another."""
    if not isinstance(node, And):
        return 0
    words = [fold(part.text) for part in node.parts if isinstance(part, Word)]
    runs = {pair for one in texts_of(document) for pair in pairwise(one.words)}
    return 12 * len({*pairwise(words)} & runs)


def expected(documents: Iterable[Document], request: Request, answers: Mapping[Usable, frozenset[int]]) -> Expected:
    """All that a search must answer."""
    seen = [one for one in documents if request.sight.everything or request.sight.viewers & {*one.viewers}]
    matched = {one: value for one in seen if (value := score(request.tree, one, answers)) is not None}
    hits = {one: value + together(request.tree, one) for one, value in matched.items() if chosen(one, request, "")}
    facets = {}
    for name in request.facets:
        counts = Counter(v for one in matched if chosen(one, request, name) for v in values_of(one, name))
        facets[name] = dict(counts)
    return Expected(sorted(hits, key=lambda one: place(one, hits[one], request)), hits, facets)


def chosen(document: Document, request: Request, but: str) -> bool:
    """Whether a document has what was chosen of every facet but one."""
    wanted = ((name, values) for name, values in request.chosen.items() if name != but and values)
    return all(values & values_of(document, name) for name, values in wanted)


def values_of(document: Document, name: str) -> set[str]:
    """What a document says of a facet."""
    if name.startswith("custom:"):
        said = {mark(one): said for one, said in document.fields.items() if isinstance(said, str)}
        return {said[one] for one in said if f"custom:{one}" == name}
    return {*document.keywords.get(name, ())}


def place(document: Document, counts: int, request: Request) -> tuple[float, ...]:
    """Where a document stands; the least comes first."""
    sort, tie = request.sort, tie_of(document.id)
    sign = -1 if sort.descending else 1
    if sort.by == "relevance":
        return (-counts, -document.created, -tie)
    if sort.by == "newest":
        return (sign * document.created, -tie)
    if sort.by == "random":
        steps = chance_of(tie, sort.order) - sort.start
        return ((-steps if sort.backwards else steps) % 2**31, -document.created, -tie)
    value = document.numbers.get(sort.by)
    return (value is None, sign * (value or 0), -document.created, -tie)


@dataclass
class Expected:
    """Documents in order, what each counts, and the counts of facets."""

    order: list[Document]
    scores: dict[Document, int]
    facets: dict[str, dict[str, int]]
