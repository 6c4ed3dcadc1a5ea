"""What a search asks for, as it is kept and as an address says it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from ugc_hub.accounts import Actor
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import RecentSearch, SavedSearch
from ugc_hub.search.language import LONGEST, Clock, parse
from ugc_hub.search.shapes import TOO_MANY
from ugc_hub.search.tree import Nothing

from .allowing import refusals
from .facets import CHANNEL, facet, unknown, with_channels
from .wanted import SORTS
from .withholding import Asked, askable

MOST_VALUES = 50
LONGEST_VALUE = 400


@dataclass(frozen=True)
class Question:
    """What a search asks for; facets and orders are those of `search`."""

    text: str = ""
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: str = ""
    """Empty: the usual one."""

    @property
    def key(self) -> str:
        """A hash of what is asked, which the order of hits does not change."""
        plain = json.dumps([self.text, self.plain], sort_keys=True)
        return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def plain(self) -> dict[str, list[str]]:
        """What is chosen, as it is kept."""
        return {name: sorted(values) for name, values in sorted(self.chosen.items()) if values}

    @property
    def address(self) -> str:
        """The part of an address behind `?`, as the library and the list of assets read it."""
        words = [("q", self.text)] if self.text else []
        words += [(name, value) for name, values in self.plain.items() for value in values]
        return urlencode([*words, ("sort", self.sort)] if self.sort else words)

    def __bool__(self) -> bool:
        return bool(self.text or self.plain)


def checked(question: Question) -> Question:
    """Return a question as it is kept.

    Raises:
        Invalid: it asks nothing, is too long, or names what there is not.
    """
    question = replace(question, text=question.text.strip())
    if not question:
        raise Invalid("Ask for something first: words, or a choice beside the hits.", extra={"field": "q"})
    if len(question.text) > LONGEST:
        raise Invalid(f"A query has at most {LONGEST} characters.", extra={"field": "q"})
    if question.sort not in ("", *SORTS):
        raise Invalid(f"sort is one of {', '.join(SORTS)}.", extra={"field": "sort"})
    for name, values in question.chosen.items():
        facet(name, "chosen")
        if len(values) > MOST_VALUES or any(not 1 <= len(one) <= LONGEST_VALUE for one in values):
            words = f"Choose up to {MOST_VALUES} values, each of 1 to {LONGEST_VALUE} characters."
            raise Invalid(words, extra={"field": "chosen"})
    if strange := unknown(question.chosen):
        raise Invalid(strange[1], extra={"field": "chosen"})
    return question


def problem(hub: Hub, actor: Actor, question: Question) -> str:
    """Return the first thing that cannot be read of a question, or that the actor may not ask; empty where all is well.

    A search shows its best guess beside it. Nobody looks at what an alert guesses: it would tell of all assets where a
    clause is lost.
    """
    reading = parse(question.text, Clock(hub.now()))
    reading = askable(actor, Asked(question.text, reading, question.chosen, question.sort)).reading
    tree = with_channels(reading.tree, question.chosen.get(CHANNEL, frozenset()))
    if tree == Nothing() != reading.tree:
        return TOO_MANY
    found = (*reading.problems, *refusals(hub, actor, (tree, question.text)))
    return found[0].message if found else ""


def question_of(row: SavedSearch | RecentSearch) -> Question:
    """Return what a kept search asks for."""
    return Question(row.text, {name: frozenset(values) for name, values in row.chosen.items()}, row.sort)
