"""Plans carried out on an index of Whoosh: which documents match, and what each counts.

Written to be read: every part of a plan is a set of documents. Speed is the other engine's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from whoosh.query import Phrase
from whoosh.searching import Searcher

from .distance import near
from .plan import (
    All,
    AnyOf,
    Between,
    Both,
    Chosen,
    Cleared,
    Either,
    Filled,
    Near,
    Pattern,
    Plan,
    Scored,
    Sequence,
    Telling,
    Weighed,
    Without,
)

Scores = dict[int, int]


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of a document besides its tokens."""

    id: str
    facets: Mapping[str, list[str]]
    numbers: Mapping[str, float]
    clearance: int | None
    tie: int


@dataclass(frozen=True, slots=True)
class Judge:
    """Carries plans out on one state of an index; `records` are the documents there are, by their numbers."""

    searcher: Searcher
    records: Mapping[int, Record]

    def scores(self, plan: Plan) -> Scores:
        """Return the documents that match, with what they count."""
        match plan:
            case Scored(part, base, bonuses):
                found = {number: score + base for number, score in self.scores(part).items()}
                for count, bonus in bonuses:
                    for number in self.matching(bonus) & found.keys():
                        found[number] += count
                return found
            case Weighed(parts, more):
                found = dict.fromkeys(set().union(*(self.matching(part) for _, part in parts)), 0)
                for count, part in (*parts, *more):
                    for number in self.matching(part) & found.keys():
                        found[number] += count
                return found
            case Both(parts):
                several = [self.scores(part) for part in parts]
                common = set.intersection(*(set(one) for one in several))
                return {number: sum(one[number] for one in several) for number in common}
            case Either(parts):
                found = {}
                for one in map(self.scores, parts):
                    for number, score in one.items():
                        found[number] = found.get(number, 0) + score
                return found
        return dict.fromkeys(self.matching(plan), 0)

    def matching(self, plan: Plan) -> set[int]:
        """Return the documents that match."""
        match plan:
            case Scored() | Weighed() | Both() | Either():
                return set(self.scores(plan))
            case All():
                return set(self.records)
            case Without(part):
                return set(self.records) - self.matching(part)
            case AnyOf(field, values):
                return self._with_tokens(field, values)
            case Telling(field, beginnings, tells):
                words = self._words(field, lambda word: word.startswith(beginnings) and tells(word))
                return self._with_tokens(field, words)
            case Sequence(values):
                found = Phrase("words", list(values)).docs(self.searcher)
                return self.records.keys() & set(found)
            case Pattern(field, text):
                wanted = re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
                return self._with_tokens(field, self._words(field, lambda word: bool(wanted.fullmatch(word))))
            case Near(field, text, errors, prefix):
                return self._with_tokens(field, self._words(field, lambda word: near(text, word, errors, prefix)))
        return {number for number, record in self.records.items() if _fits(plan, record)}

    def _with_tokens(self, field: str, values: Iterable[str]) -> set[int]:
        reader = self.searcher.reader()
        found: set[int] = set()
        for value in values:
            if (field, value) in reader:
                found.update(reader.postings(field, value).all_ids())
        return self.records.keys() & found

    def _words(self, field: str, wanted: Callable[[str], bool]) -> list[str]:
        words: Iterable[bytes] = self.searcher.reader().lexicon(field)
        return [word for word in (raw.decode() for raw in words) if wanted(word)]


def _fits(plan: Plan, record: Record) -> bool:
    match plan:
        case Between(field, low, high, with_low, with_high):
            value = record.numbers.get(field)
            above = value is not None and (low is None or value > low or (with_low and value == low))
            return above and (high is None or value is None or value < high or (with_high and value == high))
        case Filled(field):
            return field in record.numbers or bool(record.facets.get(field))
        case Cleared(numbers, ids):
            return record.clearance in numbers or record.id in ids
        case Chosen(field, values):
            return not values.isdisjoint(record.facets.get(field, ()))
    return False


def record_of(number: int, stored: Mapping[str, Any]) -> tuple[int, Record]:
    """Return a document's number and what is kept of it."""
    kept = stored["record"]
    return number, Record(stored["id"], kept["facets"], kept["numbers"], kept["clearance"], kept["tie"])
