"""Boxes as rows of numbers, and uses as conditions on them; the two halves of one form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, or_

from ugc_hub.database.turns import instant
from ugc_hub.models import ClearanceBox
from ugc_hub.rights import RULE_VERSION, Vocabulary
from ugc_hub.rights.boxes import OTHER, REST, UNSTATED, Box, Scale, mask_of, scale_of
from ugc_hub.rights.parts import country_of
from ugc_hub.rights.questions import Question

from .canonical import digest

FORM = 1
"""Of these rows; a change makes all of them be worked out anew."""
BITS = 63
"""Bits of a column; the sign is not used."""
PLACES = ("places_0", "places_1", "places_2", "places_3")
FIRST, LAST = -(2**63), 2**63 - 1
"""Since ever, and for ever."""
ANY, LISTED, OTHERS = 0, 1, 2
_EDITIONS: dict[tuple[str, int], tuple[Vocabulary, int]] = {}
"""By party and vocabulary, which is held so that no other one can have its place; a vocabulary never changes."""
_MOST_EDITIONS = 16


def edition(party: str, words: Vocabulary) -> int:
    """Return the number of everything beside grants and facts that rows of boxes depend on."""
    known = _EDITIONS.get((party, id(words)))
    if known is None or known[0] is not words:
        if len(_EDITIONS) >= _MOST_EDITIONS:
            _EDITIONS.clear()
        known = _EDITIONS[party, id(words)] = (words, _edition(party, words))
    return known[1]


def _edition(party: str, words: Vocabulary) -> int:
    scale = scale_of(words)
    channels = {
        name: [one.since, one.public, one.min_evidence, one.needs_platform_authorisation]
        for name, one in words.channels.items()
    }
    seen = [FORM, RULE_VERSION, party, channels, list(scale.countries), list(scale.edits), sorted(words.ai)]
    return int(digest(seen)[:15], 16)


def row_of(box: Box, scale: Scale) -> dict[str, Any]:
    """Return the columns of a box."""
    kind, products = _products(box, scale)
    places = box.places & (1 << len(scale.countries)) - 1 & ~_partly(box, scale)
    found: dict[str, Any] = {name: places >> BITS * number & (1 << BITS) - 1 for number, name in enumerate(PLACES)}
    return {
        **found,
        "channels": box.channels,
        "starts_at": instant(box.starts_at),
        "ends_at": LAST if box.ends_at is None else instant(box.ends_at),
        "known_from": FIRST if box.known_from is None else instant(box.known_from),
        "known_until": LAST if box.known_until is None else instant(box.known_until),
        "edits_least": box.edits_least,
        "edits_most": box.edits_most,
        "products_kind": kind,
        "products": products,
        "subdivisions": "".join(_subdivisions(box, scale)),
    }


def _products(box: Box, scale: Scale) -> tuple[int, str]:
    if box.products & UNSTATED:
        return ANY, ""
    allowed = bool(box.products & OTHER)
    listed = [one for number, one in enumerate(scale.products) if bool(box.products >> number + 2 & 1) != allowed]
    return (OTHERS if allowed else LISTED), "".join(_product(one) for one in listed)


def channels_in(mask: int, words: Vocabulary) -> list[str]:
    """Return the channels that a box names by its bits."""
    return [name for number, name in enumerate(scale_of(words).channels) if mask >> number & 1]


def _product(name: str) -> str:
    """A product in letters that databases compare exactly, whatever their case and their wildcards."""
    return f"+{name.encode('utf-8', 'surrogatepass').hex()};"


def _subdivisions(box: Box, scale: Scale) -> Iterator[str]:
    if not scale.subdivisions:
        return
    allowed = {one for number, one in enumerate(scale.places) if box.places >> number & 1}
    for one in scale.subdivisions:
        rest = country_of(one) + REST in allowed
        if one in allowed:
            yield f"+{one};"
        elif rest:
            yield f"-{one};"


def _partly(box: Box, scale: Scale) -> int:
    """The bits of countries of which a part is not allowed; the rule never allows a whole without its parts."""
    if not scale.subdivisions:
        return 0
    missing = (one for number, one in enumerate(scale.places) if not box.places >> number & 1)
    return mask_of(scale.countries, (country_of(one) for one in missing if one in scale.subdivisions))


NOW, NEXT = bindparam("now", type_=BigInteger), bindparam("next", type_=BigInteger)
"""The instant that a question without times is about, and the one behind it: see `now`."""


def now(moment: datetime) -> dict[str, int]:
    """Return the values of a condition that was built `at_once`."""
    return {"now": instant(moment), "next": instant(moment) + 1}


def condition(question: Question, party: str, words: Vocabulary) -> ColumnElement[bool]:
    """Return what a box must meet so that it allows a question, whose products and places are taken as they are."""
    channel = 1 << scale_of(words).channels.index(question.channel.name)
    return and_(
        ClearanceBox.channels.bitwise_and(channel) == channel, condition_in_some_channel(question, party, words)
    )


def condition_in_some_channel(
    question: Question, party: str, words: Vocabulary, *, at_once: bool = False
) -> ColumnElement[bool]:
    """Return what a box must meet so that it allows a question in those channels that it names.

    `at_once` leaves the instant of a question that begins now open, so that what was built is asked again later (see
    `now`); its end stays.
    """
    box = ClearanceBox
    scale = scale_of(words)
    starts: Any = instant(question.starts_at)
    ends: Any = starts + 1 if question.ends_at is None else instant(question.ends_at)
    known: Any = instant(question.now)
    if at_once:
        starts, known = NOW, NOW
        ends = NEXT if question.ends_at is None else ends
    edits = mask_of(scale.edits, question.edits)
    return and_(
        box.edition == edition(party, words),
        box.edits_most.bitwise_and(edits) == edits,
        box.edits_least.bitwise_and(edits) == box.edits_least,
        *holding(starts, ends, known),
        *_everywhere(question, scale),
        *_for_all(question),
    )


def holding(starts: Any, ends: Any, known: Any) -> tuple[ColumnElement[bool], ...]:
    """Return what a box must meet so that it holds from one instant to another, asked at a third."""
    box = ClearanceBox
    return box.starts_at <= starts, box.ends_at >= ends, box.known_from <= known, box.known_until > known


def _everywhere(question: Question, scale: Scale) -> Iterator[ColumnElement[bool]]:
    places = mask_of(scale.countries, (place for place in question.places if place in scale.countries))
    for number, name in enumerate(PLACES):
        part = places >> BITS * number & (1 << BITS) - 1
        if part:
            yield getattr(ClearanceBox, name).bitwise_and(part) == part
    for place in question.places:
        if place not in scale.countries:
            yield _subdivision(place, scale)


def _subdivision(place: str, scale: Scale) -> ColumnElement[bool]:
    """A part of a country is allowed with it, by itself, or as one of the others that no grant names."""
    bit = 1 << scale.countries.index(country_of(place))
    number = bit.bit_length() - 1
    column, part = getattr(ClearanceBox, PLACES[number // BITS]), 1 << number % BITS
    said = ClearanceBox.subdivisions
    whole: ColumnElement[bool] = column.bitwise_and(part) == part
    rest = and_(said.contains(f"+{country_of(place)}{REST};"), ~said.contains(f"-{place};"))
    return or_(whole, said.contains(f"+{place};"), rest)


def _for_all(question: Question) -> Iterator[ColumnElement[bool]]:
    kind, listed = ClearanceBox.products_kind, ClearanceBox.products
    if not question.products:
        yield kind == ANY
        return
    named = [listed.contains(_product(one)) for one in sorted(question.products)]
    yield or_(kind == ANY, and_(kind == LISTED, *named), and_(kind == OTHERS, *(~one for one in named)))
