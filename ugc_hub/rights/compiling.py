"""Compiling: everything that the grants of one asset allow, as boxes that agree with `decide` on every use.

There is no second copy of the rule here. Channels, places, instants and ways to edit that no row tells apart are put
together, and the rule's own predicates are asked about one of each. What is allowed at all places and instants of a
use may rest on different grants; so the boxes are the largest ones, over all grants together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from ugc_hub.rights.boxes import (
    Allowed,
    Box,
    Scale,
    both,
    closed_under,
    mask_of,
    merged,
    places_of,
    rectangles,
    scale_of,
    with_subdivisions,
)
from ugc_hub.rights.clearing import (
    ACTIVE,
    Candidates,
    channel_missing,
    holds,
)
from ugc_hub.rights.deciding import Part, closed, parts_of
from ugc_hub.rights.duties import unmet
from ugc_hub.rights.facts import AssetFacts
from ugc_hub.rights.grants import Grant, covers_channel, touches_channel
from ugc_hub.rights.listing import edits_listed, edits_spared, products_listed, products_spared
from ugc_hub.rights.questions import BLUR, LIKENESS_AI, PERSONAL_AI, SILENCING, Malformed, Question, assets_of, made_in
from ugc_hub.rights.requests import Request
from ugc_hub.rights.vocabulary import EVERY, Channel, Vocabulary, standard

MOST_CHOICES = 200
MOST_BOXES = 2000
_LISTED = {"PRODUCT_NOT_GRANTED", "EDIT_NOT_GRANTED", "AI_NOT_GRANTED"}
"""Faults of a grant that depend on single products and edits; they become sets instead."""
_NOTHING = frozenset[str]()

Choices = list[tuple[int, tuple[Allowed, ...]]]
"""Places, and what may be done at each of them."""
_Able = tuple[Candidates, list[Grant]]
"""Who judges a layer, and the grants of which nothing but place and instant is left to be asked."""


@dataclass(frozen=True)
class Setting:
    """For whom boxes are made, and what is known."""

    parties: frozenset[str]
    now: datetime
    duty_state: Mapping[str, bool]
    words: Vocabulary = field(default_factory=standard)


def compiled(
    asset: str,
    rows: Iterable[Grant],
    facts: Mapping[str, AssetFacts],
    setting: Setting,
) -> tuple[list[Box], Scale]:
    """Return what the parties may publish of an asset from now on, with the scale of the boxes' bits.

    Prohibitions for all assets that name no subject are passed over: they say the same of every asset, and are asked
    once for each use. Of what was put together those of edits count, which may have been made then.

    Raises:
        OverflowError: the rows are too entangled; the asset has to be asked about use by use.
    """
    words = setting.words
    try:
        assets = assets_of(Request(asset, "", _NOTHING), facts)
    except Malformed:
        return [], scale_of(words)
    work = _Work(assets, sorted(rows, key=lambda one: one.id), setting, words)
    found: list[Box] = []
    for start, end in work.epochs():
        now = start or setting.now
        found = _joined(found, [replace(box, known_from=start, known_until=end) for box in work.boxes(now)])
    return found, work.scale


def everywhere(grant: Grant) -> bool:
    """Whether a row is a prohibition that says the same of every asset."""
    return not grant.permits and grant.subject is None and (not grant.assets or EVERY in grant.assets)


def _joined(before: list[Box], after: list[Box]) -> list[Box]:
    """Join what stays as it is when more is known."""
    known = {replace(box, known_from=None): box for box in before}
    found = []
    for box in after:
        same = known.pop(replace(box, known_from=None, known_until=box.known_from), None)
        found.append(replace(box, known_from=same.known_from) if same else box)
    return [*known.values(), *found]


@dataclass(frozen=True)
class _Case:
    """One kind of question, with the rows that bear on it."""

    question: Question
    parts: list[Part]
    bars: list[Grant]
    """Prohibitions that could bar some edits of some products."""
    most: int
    """The edits for which it stands."""


class _Work:
    """The compiling of one asset."""

    def __init__(self, assets: tuple[AssetFacts, ...], rows: list[Grant], setting: Setting, words: Vocabulary) -> None:
        self.assets, self.rows, self.setting, self.words = assets, rows, setting, words
        self.made = made_in(assets, words)
        self.bearing = [row for row in rows if not everywhere(row) or (self.made and row.edits)]
        self.licences = [
            row for row in self.bearing if row.permits and row.state == ACTIVE and row.layer == "copyright"
        ]
        codes = {code for row in self.bearing for code in _codes(row)}
        products = {one for row in self.bearing for one in row.products or () if one != EVERY}
        plain = scale_of(words)
        self.scale = replace(plain, subdivisions=with_subdivisions(codes), products=tuple(sorted(products)))
        self.marks = sorted({mark for row in self.bearing for mark in row.breaks})

    def epochs(self) -> list[tuple[datetime | None, datetime | None]]:
        """The stretches of knowledge that lie ahead: a newer version counts from its signature."""
        signed = {row.signed_at for row in self.rows if row.supersedes and row.state == ACTIVE and row.signed_at}
        return list(pairwise([None, *sorted(one for one in signed if one > self.setting.now), None]))

    def boxes(self, now: datetime) -> list[Box]:
        """The largest boxes, as far as is known at an instant."""
        found: list[Box] = []
        for channel, channels in self._channels():
            every = self._question(channel, now, editorial=self.words.editorial, ai=self.words.ai)
            barring = {id(row): row for part in parts_of(every, self.rows) for row in part.prohibitions}
            own = {id(row) for row in self.bearing}
            bars = [row for number, row in barring.items() if number in own]
            for least, ai in self._contexts:
                question = self._question(channel, now, editorial=least, ai=ai)
                if any(reason for asset in self.assets for reason in closed(asset, question, self.words)):
                    continue
                most = self.scale.every_edit & ~mask_of(self.scale.edits, _beyond(ai))
                found += self._largest(_Case(question, parts_of(question, self.rows), bars, most), channels)
            if len(found) > MOST_BOXES:
                raise OverflowError("too many boxes")
        return merged(found)

    def _question(self, channel: Channel, now: datetime, *, editorial: frozenset[str], ai: frozenset[str]) -> Question:
        return Question(
            assets=self.assets,
            channel=channel,
            parties=self.setting.parties,
            products=_NOTHING,
            editorial=editorial | self.made,
            ai=ai,
            publishing=True,
            places=(),
            starts_at=now,
            ends_at=None,
            now=now,
            duty_state=self.setting.duty_state,
        )

    def _channels(self) -> Iterator[tuple[Channel, int]]:
        """One of each kind of channel that a licence reaches, with the bits of all that are like it."""
        alike: dict[object, int] = {}
        first: dict[object, Channel] = {}
        for number, name in enumerate(self.scale.channels):
            channel = self.words.channels[name]
            if all(channel_missing(row, channel) for row in self.licences):
                continue
            own = (channel.public, channel.min_evidence, channel.needs_platform_authorisation)
            seen = (own, tuple(_view(row, channel) for row in self.bearing))
            alike[seen] = alike.get(seen, 0) | 1 << number
            first.setdefault(seen, channel)
        return ((first[seen], channels) for seen, channels in alike.items())

    @cached_property
    def _contexts(self) -> list[tuple[frozenset[str], frozenset[str]]]:
        """Edits that change what must be cleared: editorial ones that a use has at least, and AI edits to ask with."""
        possible = {
            one
            for row in self.licences
            for number, one in enumerate(self.scale.edits)
            if edits_listed(row, self.scale, self.words) >> number & 1
        }
        relief = [_NOTHING]
        if BLUR in possible and any(asset.people is None or asset.people for asset in self.assets):
            relief.append(frozenset({BLUR}))
        if any(asset.kind != "image" for asset in self.assets):
            relief += [one | {sound} for one in relief for sound in sorted(SILENCING & possible)]
        asked = [_NOTHING]
        for kind in (LIKENESS_AI - PERSONAL_AI, PERSONAL_AI):
            asked += [frozenset({min(kind)})] if kind & possible else []
        return [(least, ai) for least in relief for ai in asked]

    def _largest(self, case: _Case, channels: int) -> Iterator[Box]:
        known: dict[object, tuple[Allowed, ...]] = {}
        able = [_able(one) for part in case.parts for one in part.candidates]
        table = [self._choices(case, able, at, known) for at in self.marks]
        least = mask_of(self.scale.edits, case.question.editorial - self.made)
        made = mask_of(self.scale.edits, self.made)
        for edits, products in closed_under({choice for row in table for _, choice in row}, MOST_CHOICES):
            if edits & least != least or edits & made != made:
                continue
            rows = [_places_where(row, edits, products) for row in table]
            for places, first, end in rectangles(rows):
                ends_at = self.marks[end] if end < len(self.marks) else None
                yield Box(channels, places, least, edits, products, self.marks[first], ends_at)

    def _choices(
        self, case: _Case, able: list[_Able], at: datetime, known: dict[object, tuple[Allowed, ...]]
    ) -> Choices:
        """What may be done at each kind of place, from an instant to the next mark."""
        table: Choices = []
        timely = [(layer, [one for one in grants if layer.timely(one, at)]) for layer, grants in able]
        if not all(grants for _, grants in timely):
            return table
        for places in self._alike:
            place = self.scale.places[places.bit_length() - 1]
            clearing = [[one for one in grants if layer.reaches(one, place, at)] for layer, grants in timely]
            if not all(clearing):
                continue
            bars = [row for row in case.bars if holds(row, case.question.channel, place, at)]
            seen = (tuple(map(id, bars)), tuple(tuple(map(id, grants)) for grants in clearing))
            if seen not in known:
                needs = [one.need.guards_edits for part in case.parts for one in part.candidates]
                known[seen] = tuple(self._together(case.most, bars, list(zip(needs, clearing, strict=True))))
            if known[seen]:
                table.append((places, known[seen]))
        return table

    def _together(self, most: int, bars: Sequence[Grant], clearing: list[tuple[bool, list[Grant]]]) -> list[Allowed]:
        """What every layer and every prohibition leaves."""
        scale = self.scale
        found: list[Allowed] = [(most, scale.every_product)]
        for row in bars:
            spared = [(scale.every_edit, products_spared(row, scale))]
            if row.edits:
                spared.append((edits_spared(row, scale, self.words), scale.every_product))
            found = both(found, spared)
        for guarded, grants in clearing:
            edits = [edits_listed(one, scale, self.words) if guarded else scale.every_edit for one in grants]
            found = both(found, [(most, products_listed(one, scale)) for most, one in zip(edits, grants, strict=True)])
        return found

    @cached_property
    def _alike(self) -> list[int]:
        """Places that no row tells apart, as the bits of each kind."""
        reaches = {row.reach for row in self.bearing}
        reaches |= {one.reach for row in self.bearing for one in row.partly_revoked}
        kinds = [(1 << len(self.scale.places)) - 1]
        for reach in reaches:
            for view in places_of(reach, self.scale.places):
                kinds = [part for kind in kinds for part in (kind & view, kind & ~view) if part]
        return kinds


def _beyond(ai: frozenset[str]) -> frozenset[str]:
    """AI edits that ask for more than those that are asked with."""
    if ai & PERSONAL_AI:
        return _NOTHING
    return PERSONAL_AI if ai else LIKENESS_AI


def _codes(row: Grant) -> Iterator[str]:
    yield from row.territories or ()
    yield from row.excluded_territories
    for one in row.partly_revoked:
        yield from one.territories or ()


def _view(row: Grant, channel: Channel) -> tuple[bool, ...]:
    """All that a row can tell of a channel."""
    views = [row.permits and channel_missing(row, channel), touches_channel(row.channels, channel)]
    for one in row.partly_revoked:
        views += [touches_channel(one.channels, channel), covers_channel(one.channels or _NOTHING, channel)]
    return tuple(views)


def _able(candidates: Candidates) -> _Able:
    """The grants that clear a layer for some edits of some products with nothing left to be done, where they hold."""
    return candidates, [
        grant
        for grant in candidates.grants
        if _LISTED.issuperset(candidates.standing(grant)) and not unmet(grant, candidates.question)
    ]


def _places_where(row: Choices, edits: int, products: int) -> int:
    """The places at which these edits of these products are allowed."""
    found = 0
    for places, choice in row:
        if any(edits & ~one == 0 and products & ~two == 0 for one, two in choice):
            found |= places
    return found
