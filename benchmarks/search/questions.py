"""What is asked: two hundred questions of each kind, the same for everybody."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.search.generate import WORDS, typo
from ugc_hub.search.documents import Document

EACH = 200
USES = 8
FACETS = ("kind", "orientation", "creator", "campaign", "niche", "tag", "status", "colour")


@dataclass(frozen=True)
class Question:
    """A query as typed, whether its last word is still being typed, and what else is asked for."""

    text: str
    typing: bool = False
    phrase: bool = False
    misspelt: bool = False
    use: int | None = None
    facets: bool = False
    newest: bool = False


def questions(known: Iterable[Document]) -> dict[str, list[Question]]:
    """Return the questions of each kind; phrases are taken from documents that there are."""
    chance = random.Random(3)
    titles = [document.title.split() for document in known]

    def word() -> str:
        return WORDS[int(chance.paretovariate(0.45)) * 3 % 6000 + 10]

    def long() -> str:
        return chance.choice([one for one in chance.choices(WORDS[50:8000], k=30) if len(one) > 5])

    def pair() -> str:
        return " ".join(chance.choice(titles)[1:3])

    singles = [word() for _ in range(EACH)]
    return {
        "one word": [Question(one) for one in singles],
        "two words": [Question(pair()) for _ in range(EACH)],
        "prefix": [Question(f"{word()[:4]}", typing=True) for _ in range(EACH)],
        "typo": [Question(typo(long(), chance) + "q"[: number % 2], misspelt=True) for number in range(EACH)],
        "phrase": [Question(f'"{pair()}"', phrase=True) for _ in range(EACH)],
        "rights filter": [Question(one, use=number % USES) for number, one in enumerate(singles)],
        "rights filter and facets": [
            Question(one, use=number % USES, facets=True) for number, one in enumerate(singles)
        ],
        "everything, facets, newest": [Question("", facets=True, newest=True)] * EACH,
    }
