"""Assets by chance, the same ones each time, in the proportions of a library."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate

from ugc_hub.search.documents import Document

BLOCK = 50_000
VOCABULARY = 40_000
TAGS, CREATORS, CAMPAIGNS, NICHES = 3_000, 5_000, 300, 40
SHARED = 400
"""Situations that most assets are in."""
OWN = 4
"""One asset in so many has grants or persons of its own, as in the benchmark `rights`."""
ALLOWED = 0.35
"""Part of the situations that allow a use."""
COLOURS = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown", "black", "white", "grey")
KINDS = ("image",) * 7 + ("video",) * 3
STATES = ("approved",) * 8 + ("pending", "held")
_STARTS = "b c d f g h j k l m n p r s t v w z br cl dr fl gr pl pr sh sl st tr".split()  # noqa: SIM905
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ou")
_ENDS = ("", "", "", "n", "r", "s", "t", "l", "ng", "sh", "ed", "ing", "er", "ly")
_FUNCTION_WORDS = ("the", "and", "with", "of", "in", "for", "my", "a")
FIRST_MS = 1_690_000_000_000
SPAN_MS = 3 * 365 * 86_400_000


def words() -> list[str]:
    """Return the vocabulary, the most frequent word first."""
    chance = random.Random(1)
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        syllables = chance.choice((1, 2, 2, 2, 3, 3))
        word = "".join(chance.choice(_STARTS) + chance.choice(_VOWELS) for _ in range(syllables))
        found[word + chance.choice(_ENDS)] = None
    return list(found)


WORDS = words()
_WEIGHTS = list(accumulate(1 / (rank + 8) for rank in range(VOCABULARY)))
_TAG_WEIGHTS = list(accumulate(1 / (rank + 5) for rank in range(TAGS)))
_CREATOR_WEIGHTS = list(accumulate(1 / (rank + 20) for rank in range(CREATORS)))


def documents(first: int, last: int, count: int) -> Iterator[Document]:
    """Yield the documents of some numbers, of `count` in all."""
    chance = random.Random(first)
    for number in range(first, last):
        yield _document(number, count, chance)


def _document(number: int, count: int, chance: random.Random) -> Document:
    drawn = chance.choices(WORDS, cum_weights=_WEIGHTS, k=24)
    title, caption = drawn[:4], drawn[4 : 4 + chance.randrange(6, 20)]
    caption[::4] = chance.choices(_FUNCTION_WORDS, k=len(caption[::4]))
    creator = chance.choices(range(CREATORS), cum_weights=_CREATOR_WEIGHTS)[0]
    tags = chance.choices(range(TAGS), cum_weights=_TAG_WEIGHTS, k=chance.randrange(1, 6))
    width, height = chance.choice(((1080, 1920), (1080, 1350), (1080, 1080), (1920, 1080), (4000, 3000)))
    keywords = {
        "kind": (chance.choice(KINDS),),
        "orientation": ("portrait" if height > width else "square" if height == width else "landscape",),
        "creator": (WORDS[creator * 7 % VOCABULARY],),
        "campaign": (f"Campaign {chance.randrange(CAMPAIGNS)}",),
        "niche": (WORDS[chance.randrange(NICHES)],),
        "tag": tuple(dict.fromkeys(WORDS[tag * 3] for tag in tags)),
        "status": (chance.choice(STATES),),
        "colour": tuple(chance.sample(COLOURS, chance.randrange(1, 4))),
    }
    numbers: dict[str, float] = {"width": width, "height": height}
    if keywords["kind"] == ("video",):
        numbers["duration"] = round(chance.uniform(3, 90), 1)
    if chance.random() < 0.4:
        rate = chance.betavariate(2, 50)
        numbers |= {"er": rate, "er_low": rate * chance.uniform(0.5, 1)}
    return Document(
        f"ast_{number:022d}",
        ("staff", f"creator:{creator}"),
        FIRST_MS + int(SPAN_MS * number / count),
        title=" ".join(title),
        description=" ".join(caption),
        creator_name=WORDS[creator * 7 % VOCABULARY].title(),
        keywords=keywords,
        numbers=numbers,
        clearance=chance.randrange(SHARED) if number % OWN else SHARED + number // OWN,
    )


def allowed(count: int, use: int) -> frozenset[int]:
    """Return the situations, of an index of so many documents, that allow one of some uses."""
    chance = random.Random(use)
    return frozenset(number for number in range(SHARED + count // OWN) if chance.random() < ALLOWED)


def typo(word: str, chance: random.Random) -> str:
    """Return a word with two neighbours swapped or a letter left out."""
    place = chance.randrange(1, len(word) - 1)
    if chance.random() < 0.5:
        return word[:place] + word[place + 1 :]
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
