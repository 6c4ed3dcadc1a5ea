"""Reads what somebody types into a tree. There always is one; what could not be read is told with its place.

Words are joined by AND; `OR`, `NOT` (or `-`), brackets, "phrases", `wild*cards`, `typos~`, `field:value`,
`field:[low TO high]`, `field:>5`, dates as people say them. See docs/explanation/search.md.
"""

from __future__ import annotations

from ugc_hub.loading import LOADING

from .shapes import Clock, Problem, Reading
from .tree import Everything

__all__ = ["LONGEST", "Clock", "Problem", "Reading", "parse"]

LONGEST = 1000
"""Characters of a query."""


def parse(text: str, clock: Clock, *, typing: bool = False) -> Reading:
    """Read a query; never raises. Empty text is everything.

    With `typing` the last word is still being typed, and what begins like it is found as well; a field that waits for
    its value says nothing yet.
    """
    problems: list[Problem] = []
    if len(text) > LONGEST:
        problems.append(
            Problem(f"A query has at most {LONGEST} characters; the rest was left out.", LONGEST, len(text))
        )
        text = text[:LONGEST]
    if typing:
        with LOADING:
            from .unsaid import said

        text = said(text)
    if not text.strip():
        return Reading(Everything(), tuple(problems))
    with LOADING:
        from .reading import Reader

    reader = Reader(text, clock, typing=typing)
    tree = reader.tree()
    found = sorted({*problems, *reader.problems}, key=lambda one: (one.start, one.end, one.message))
    return Reading(tree, tuple(found))
