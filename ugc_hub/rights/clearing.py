"""Clearing: what keeps a permission from clearing a layer at a place and an instant (sections 2.5, 2.6 and 2.8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ugc_hub.rights.facts import AssetFacts, Person
from ugc_hub.rights.grants import Grant, Values, covers_channel, touches_channel
from ugc_hub.rights.questions import Need, Question
from ugc_hub.rights.vocabulary import ANY_EDIT, EVERY, Channel

ACTIVE = "active"


def superseded(grants: Iterable[Grant], now: datetime) -> frozenset[str]:
    """Ids that an active one of the grants, signed by `now`, replaces."""
    newer = [one for one in grants if one.supersedes and one.state == ACTIVE]
    if not newer:
        return _NOBODY
    return frozenset(old for one in newer if one.signed_at is None or one.signed_at <= now for old in one.supersedes)


_NOBODY = frozenset[str]()


def end_of(grant: Grant, question: Question) -> datetime | None:
    """The first instant at which the grant's term no longer serves the question; None is never.

    What is already live may stay for the wind-down; a revocation is never softened.
    """
    ends = _ends_at(grant, question)
    revoked = grant.revoked_at
    return min((mark for mark in (ends, revoked) if mark), default=None)


def _ends_at(grant: Grant, question: Question) -> datetime | None:
    rest = grant.wind_down
    if question.publishing or grant.ends_at is None or rest is None:
        return grant.ends_at
    return rest.until(grant.ends_at) if covers_channel(rest.channels, question.channel) else grant.ends_at


def channel_missing(grant: Grant, channel: Channel) -> bool:
    """Whether a permission does not reach a channel."""
    granted = grant.channels or frozenset()
    if not granted.isdisjoint(channel.line):
        return False
    known = grant.future_media or channel.since <= grant.vocabulary_version
    return EVERY not in granted or not known


def product_missing(grant: Grant, products: frozenset[str]) -> bool:
    """Whether a permission is not for all of some products; naming none means any."""
    granted = grant.products or frozenset()
    return EVERY not in granted and not (products and products <= granted)


def edit_missing(grant: Grant, edits: frozenset[str]) -> bool:
    """Whether a permission lacks one of some editorial edits."""
    granted = grant.edits or frozenset()
    return ANY_EDIT not in granted and not edits <= granted


def ai_missing(grant: Grant, edits: frozenset[str]) -> bool:
    """Whether a permission lacks one of some AI edits; each must be listed."""
    return not edits <= (grant.edits or frozenset())


def hindrances(grant: Grant, need: Need, question: Question) -> Iterator[str]:
    """Name every code of what keeps a permission from clearing a layer, whatever the place and the instant.

    What most grants of an asset lack comes first: who only asks whether there is anything looks no further.
    """
    if channel_missing(grant, question.channel):
        yield "CHANNEL_NOT_GRANTED"
    if need.guards_edits and (question.ai or edit_missing(grant, question.editorial)):
        yield from _unlisted(grant, question)
    if product_missing(grant, question.products):
        yield "PRODUCT_NOT_GRANTED"
    if grant.state != ACTIVE:
        yield "NOT_ACTIVE"
    if not grant.open_to(question.parties):
        yield "GRANTEE_NOT_COVERED"
    if not grant.evidence_ok:
        yield "EVIDENCE_BROKEN"
    if grant.evidence_level < need.min_evidence:
        yield "EVIDENCE_INSUFFICIENT"
    if grant.starts_at is None or (grant.ends_at is None and not grant.perpetual):
        yield "TERM_UNKNOWN"
    if need.person is not None:
        yield from _unguarded(grant, need.person)
    if grant.caps and question.publishing:
        yield from _used_up(grant)


def _unlisted(grant: Grant, question: Question) -> Iterator[str]:
    if edit_missing(grant, question.editorial):
        yield "EDIT_NOT_GRANTED"
    if ai_missing(grant, question.ai):
        yield "AI_NOT_GRANTED"


def _unguarded(grant: Grant, person: Person) -> Iterator[str]:
    if person.is_adult is None:
        yield "AGE_UNKNOWN"
    if person.is_adult is False and grant.signed_by_role != "guardian":
        yield "GUARDIAN_REQUIRED"


def _used_up(grant: Grant) -> Iterator[str]:
    used = [(cap, grant.counters.get(name)) for name, cap in grant.caps.items()]
    if any(count is not None and count >= cap for cap, count in used):
        yield "CAP_REACHED"
    if any(count is None for _, count in used):
        yield "CAP_UNKNOWN"


@dataclass
class Candidates:
    """The permissions that could clear one layer, each judged once for what does not depend on place and time."""

    need: Need
    question: Question
    grants: list[Grant]
    """Permissions for this layer and subject, by id."""
    superseded: frozenset[str]
    rivals: list[Grant] = field(default_factory=list)
    """Exclusive permissions of this layer and subject to somebody else (see `could_exclude`)."""

    _codes: dict[int, frozenset[str]] = field(default_factory=dict, init=False)
    _sound: list[Grant] | None = field(default=None, init=False)

    def standing(self, grant: Grant) -> frozenset[str]:
        """Every code of what keeps one of the grants from clearing the layer, whatever the place and the instant."""
        # By identity: rows that share an id by mistake must not lend each other their standing.
        known = self._codes.get(id(grant))
        if known is None:
            replaced = ("SUPERSEDED",) if grant.id in self.superseded else ()
            known = self._codes[id(grant)] = frozenset((*hindrances(grant, self.need, self.question), *replaced))
        return known

    def clearing(self, place: str, at: datetime) -> list[Grant]:
        """The grants that clear the layer at one point."""
        if self._sound is None:
            # The codes themselves are asked for only where nothing clears.
            need, question, gone = self.need, self.question, self.superseded
            self._sound = [
                one for one in self.grants if one.id not in gone and not any(hindrances(one, need, question))
            ]
        return [one for one in self._sound if self.clears(one, place, at)]

    def clears(self, grant: Grant, place: str, at: datetime) -> bool:
        """Whether nothing at this place and instant keeps a grant from clearing."""
        return self.timely(grant, at) and self.reaches(grant, place, at)

    def timely(self, grant: Grant, at: datetime) -> bool:
        """Whether a grant is in force at an instant, if only at some places."""
        return not self._late(grant, at)

    def reaches(self, grant: Grant, place: str, at: datetime) -> bool:
        """Whether a place is granted, and neither revoked nor another's by then."""
        return grant.reach.covers(place) and not self._lost(grant, place, at)

    def missing(self, grant: Grant, place: str, at: datetime) -> frozenset[str]:
        """Every code that keeps a grant from clearing the layer at one point."""
        codes = {*self.standing(grant), *self._late(grant, at), *self._lost(grant, place, at)}
        if not grant.reach.covers(place):
            codes.add("TERRITORY_NOT_GRANTED")
        return frozenset(codes)

    def _late(self, grant: Grant, at: datetime) -> list[str]:
        codes = []
        if grant.starts_at is not None and at < grant.starts_at:
            codes.append("NOT_YET_VALID")
        ends, revoked = _ends_at(grant, self.question), grant.revoked_at
        if revoked is not None and at >= revoked and (ends is None or revoked <= ends):
            codes.append("REVOKED")
        elif ends is not None and at >= ends:
            codes.append("EXPIRED")
        return codes

    def _lost(self, grant: Grant, place: str, at: datetime) -> list[str]:
        if not (grant.partly_revoked or self.rivals):
            return []
        codes = []
        for one in grant.partly_revoked:
            if one.effective_at and at >= one.effective_at and one.touches(self.question.channel, place):
                codes.append("REVOKED")
        channel = self.question.channel
        if any(_goes_before(one, grant) and holds(one, channel, place, at) for one in self.rivals):
            codes.append("EXCLUSIVE_TO_OTHER")
        return codes


def could_exclude(grant: Grant, question: Question, replaced: frozenset[str]) -> bool:
    """Whether a permission is exclusive to somebody else on the channel, and was not replaced by a newer one."""
    return (
        grant.exclusive
        and grant.state == ACTIVE
        and grant.id not in replaced
        and not grant.open_to(question.parties)
        and bool(grant.channels)
        and touches_channel(grant.channels, question.channel)
    )


def _goes_before(rival: Grant, grant: Grant) -> bool:
    """Whether an exclusive grant pushes another one aside: not one that was signed earlier."""
    if rival is grant:
        return False
    return grant.signed_at is None or rival.signed_at is None or grant.signed_at >= rival.signed_at


def could_bar(grant: Grant, question: Question) -> bool:
    """Whether a prohibition overlaps the question in every dimension but place and time (section 2.6)."""
    return (
        grant.state == ACTIVE
        and touches_channel(grant.channels, question.channel)
        and touches_any(grant.grantees, question.parties)
        # A product, or a party, that is not stated may be the forbidden one.
        and touches_any(grant.products, question.products)
        and touches_edits(grant.edits, question.editorial, question.ai)
    )


def touches_any(stated: Values, asked: frozenset[str]) -> bool:
    """Whether a prohibition for some parties or products may be about those that are asked."""
    return not stated or not asked or EVERY in stated or not stated.isdisjoint(asked)


def touches_edits(stated: Values, editorial: frozenset[str], ai: frozenset[str]) -> bool:
    """Whether a prohibition of some edits, or of all use, is about one of those that are asked."""
    if not stated:
        return True
    edits = editorial | ai
    if not stated.isdisjoint(edits):
        return True
    return (ANY_EDIT in stated and bool(editorial)) or (EVERY in stated and bool(edits))


def holds(grant: Grant, channel: Channel, place: str, at: datetime) -> bool:
    """Whether a prohibition or an exclusive grant is in force at any part of a place, and was not withdrawn there."""
    if not grant.in_force(at) or not grant.reach.touches(place):
        return False
    return not any(
        one.effective_at and at >= one.effective_at and one.covers(channel, place) for one in grant.partly_revoked
    )


def concerns(grant: Grant, asset: AssetFacts) -> bool:
    """Whether a grant is about the asset; a prohibition that names no asset is about all with its subject."""
    if grant.assets and EVERY not in grant.assets:
        return asset.id in grant.assets
    if grant.permits:
        return bool(grant.assets)
    return grant.subject is None or grant.subject in asset.subjects
