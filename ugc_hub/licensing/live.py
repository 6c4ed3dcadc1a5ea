"""What boxes allow at this moment, as words that an index keeps beside an asset: their form without its time.

Assets whose situations differ in nothing but dates and names have the same words. There are some thousands of them
where there are hundreds of thousands of situations, so that asking for words is what is left to do fast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.models import ClearanceBox
from ugc_hub.rights import Vocabulary
from ugc_hub.rights.boxes import mask_of, scale_of
from ugc_hub.rights.questions import Question

from .encoding import ANY, BITS, NEXT, NOW, PLACES, edition, holding, now

_EVERY = "~"
"""Before places that are not allowed, where these are fewer."""


@dataclass(frozen=True, slots=True)
class Allows:
    """Tells of a word whether what it stands for allows some edits in some places; the channel is how it begins."""

    places: int
    edits: int

    def __call__(self, word: str) -> bool:
        """Return whether it does; see `encoding.condition` for the same of boxes."""
        places, least, most = _read(word.partition(":")[2])
        return not self.places & ~places and not self.edits & ~most and not least & ~self.edits


def beginning(channel: str) -> str:
    """Return how the words of a channel begin."""
    return f"{channel}:"


def asked(question: Question, words: Vocabulary) -> Allows | None:
    """Return what tells of words whether they allow a question about now; None where they do not say that much.

    They know channels of the first rank, countries, and what is allowed whatever the product.
    """
    scale = scale_of(words)
    if question.ends_at is not None or question.starts_at != question.now or question.products:
        return None
    if question.channel.name not in _roots(words) or not set(question.places) <= _countries(scale.countries):
        return None
    return Allows(mask_of(scale.countries, question.places), mask_of(scale.edits, question.edits))


def words_now(hub: Hub, session: Session, numbers: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    """Return what some situations allow now, in words; those that allow nothing are left out."""
    if not numbers:
        return {}
    box = ClearanceBox
    columns = [getattr(box, name) for name in ("clearance_id", "channels", "edits_least", "edits_most", *PLACES)]
    current = box.edition == edition(hub.settings.party, hub.words)
    wanted = select(*columns).where(box.clearance_id.in_(list(numbers)), current, box.products_kind == ANY)
    rows = session.execute(wanted.where(*holding(NOW, NEXT, NOW)), now(hub.now()))
    found: dict[int, dict[str, None]] = defaultdict(dict)
    roots = [(beginning(name), bit) for name, bit in _roots(hub.words).items()]
    for number, channels, least, most, *places in rows.all():
        said = _boxed(tuple(places), least, most)
        found[number].update(dict.fromkeys([one + said for one, bit in roots if channels & bit]))
    return {number: tuple(words) for number, words in found.items()}


@lru_cache(maxsize=4)
def _of_roots(channels: tuple[str, ...]) -> Mapping[str, int]:
    return {name: 1 << place for place, name in enumerate(channels) if "." not in name}


def _roots(words: Vocabulary) -> Mapping[str, int]:
    return _of_roots(scale_of(words).channels)


@lru_cache(maxsize=4)
def _countries(countries: tuple[str, ...]) -> frozenset[str]:
    return frozenset(countries)


@cache
def _all_places() -> int:
    return (1 << BITS * len(PLACES)) - 1


@lru_cache(maxsize=8192)
def _boxed(parts: tuple[int, ...], least: int, most: int) -> str:
    """A box in letters, without channels, of its places as columns hold them; most are like thousands of others."""
    return _written(sum(part << BITS * place for place, part in enumerate(parts)), least, most)


def _written(places: int, least: int, most: int) -> str:
    rest = _all_places() & ~places
    named = f"{_EVERY}{rest:x}" if rest.bit_count() < places.bit_count() else f"{places:x}"
    return f"{named}:{least:x}:{most:x}"


@lru_cache(maxsize=8192)
def _read(said: str) -> tuple[int, int, int]:
    places, least, most = said.split(":")
    named = int(places.removeprefix(_EVERY), 16)
    return (_all_places() & ~named if places.startswith(_EVERY) else named), int(least, 16), int(most, 16)
