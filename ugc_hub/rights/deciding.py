"""Deciding: the one function that answers whether a use is allowed.

It is pure (request, rows, vocabulary and rule version give the answer; no clock, no chance) and total (what cannot be
answered is denied with INVALID_REQUEST). Permission must cover, prohibition need only overlap, unknown is no. The
rule is explained in docs/explanation/rights.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from operator import attrgetter

from ugc_hub.rights.atlas import Reach
from ugc_hub.rights.clearing import Candidates, concerns, could_bar, could_exclude, end_of, holds, superseded
from ugc_hub.rights.decisions import Decision, Reason, Verdict
from ugc_hub.rights.duties import duties_of, unmet
from ugc_hub.rights.facts import AssetFacts
from ugc_hub.rights.grants import Grant
from ugc_hub.rights.questions import Malformed, Need, Question, ask, needs, unanswered
from ugc_hub.rights.reasons import explain, in_order, precedence
from ugc_hub.rights.requests import Request
from ugc_hub.rights.vocabulary import Vocabulary, standard

_NOT_OPEN = {"erased": "ASSET_ERASED", "taken_down": "ASSET_TAKEN_DOWN", "hold": "ASSET_ON_HOLD"}
_BY_ID = attrgetter("id")
Alike = tuple[tuple[str, ...], ...]
"""Places in groups, each of which gets one answer."""
_DATED = {"EXPIRED", "REVOKED", "NOT_YET_VALID"}


def decide(
    request: Request,
    grants: Iterable[Grant],
    facts: Mapping[str, AssetFacts],
    vocabulary: Vocabulary | None = None,
) -> Decision:
    """Answer whether a use is allowed, with all reasons or all duties.

    `grants` are rows of any kind, in any order, with unique ids; those of other assets are passed over. `facts` holds
    the asset and its ingredients by id. Never raises on values of these types.
    """
    words = vocabulary or standard()
    try:
        question = ask(request, facts, words)
    except Malformed as error:
        return invalid(error.field, words)
    case = Case(question, sorted(grants, key=_BY_ID))
    return case.decision(words)


def invalid(field: str, vocabulary: Vocabulary | None = None) -> Decision:
    """Return the answer to what is no question; `field` says which part is missing or unknown."""
    reason = explain(Reason("INVALID_REQUEST", detail=field))
    return Decision("deny", (reason,), vocabulary_version=(vocabulary or standard()).told)


@dataclass(frozen=True)
class Part:
    """One asset of the question, with the rows that bear on it."""

    asset: AssetFacts
    mark: str | None
    """Its id where it is an ingredient."""
    prohibitions: list[Grant]
    candidates: list[Candidates]


def parts_of(question: Question, rows: list[Grant]) -> list[Part]:
    """Return every asset of a question with the rows that bear on it; `rows` are in the order of their ids."""
    gone = superseded(rows, question.now)
    # An exclusive licence that a newer one replaced binds nobody; a prohibition cannot set it aside.
    replaced = superseded((row for row in rows if row.permits), question.now) if gone else gone
    return [_part(question, asset, rows, gone=gone, replaced=replaced) for asset in question.assets]


def _part(
    question: Question, asset: AssetFacts, rows: list[Grant], *, gone: frozenset[str], replaced: frozenset[str]
) -> Part:
    rows = [row for row in rows if concerns(row, asset)]
    permits = [row for row in rows if row.effect == "permit"]
    exclusive = [row for row in permits if row.exclusive and could_exclude(row, question, replaced)]
    candidates = []
    for need in needs(asset, question):
        fitting = [row for row in permits if _serves(row, need)]
        rivals = [row for row in exclusive if _serves(row, need)]
        candidates.append(Candidates(need, question, fitting, gone, rivals))
    barring = len(permits) < len(rows)
    prohibitions = [row for row in rows if not row.permits and could_bar(row, question)] if barring else []
    mark = None if asset.id == question.assets[0].id else asset.id
    return Part(asset, mark, prohibitions, candidates)


def closed(asset: AssetFacts, question: Question, words: Vocabulary, mark: str | None = None) -> Iterator[Reason]:
    """Say what the asset's own state has against a use, whatever the grants say."""
    if asset.status != "active":
        yield Reason(_NOT_OPEN.get(asset.status, "ASSET_NOT_APPROVED"), asset=mark)
    if question.channel.public and not words.tells_ai(asset.digital_source_type):
        yield Reason("AI_STATUS_UNKNOWN", asset=mark)
    for layer in unanswered(asset, question):
        yield Reason("LAYER_UNKNOWN", layer, asset=mark)


@dataclass
class Case:
    """One question with its rows; collects what stands in the way and what was chosen."""

    question: Question
    rows: list[Grant]
    found: dict[str, Reason] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    chosen: dict[int, Grant] = field(default_factory=dict)
    """By identity, so that no row hides another with its id."""
    relied: list[tuple[Candidates, Grant, str]] = field(default_factory=list)
    """Every chosen grant with the layer that it clears and one of the places where it does."""

    def decision(self, words: Vocabulary) -> Decision:
        """Look at every asset, layer, place and instant, and answer."""
        question = self.question
        parts = parts_of(question, self.rows)
        for part in parts:
            for reason in closed(part.asset, question, words, part.mark):
                self._deny(reason, *question.places)
        alike = self._alike(parts)
        for at in self._instants(parts):
            for places in alike:
                for part in parts:
                    self._point(part, places, at)
        verdicts: dict[str, Verdict] = {place: "deny" if place in self.denied else "allow" for place in question.places}
        if self.found:
            reasons = in_order(explain(one) for one in self.found.values())
            return Decision("deny", reasons, territory_decisions=verdicts, vocabulary_version=words.told)
        used = sorted(self.chosen.values(), key=_BY_ID)
        return Decision(
            "allow",
            duties=duties_of(used, question, words),
            grants_used=tuple(dict.fromkeys(grant.id for grant in used)),
            valid_until=question.ends_at or self._valid_until(parts, alike),
            territory_decisions=verdicts,
            vocabulary_version=words.told,
        )

    def allows(self, words: Vocabulary) -> bool:
        """Return whether `decision` allows the use; rows may be in any order."""
        parts = parts_of(self.question, self.rows)
        if any(True for part in parts for _ in closed(part.asset, self.question, words)):
            return False
        alike = self._alike(parts)
        return all(
            self._cleared(part, places[0], at) for at in self._instants(parts) for places in alike for part in parts
        )

    def _cleared(self, part: Part, place: str, at: datetime) -> bool:
        """Whether nothing bars an asset at one point, and a grant without unmet duties clears each of its layers."""
        question = self.question
        if any(holds(row, question.channel, place, at) for row in part.prohibitions):
            return False
        return all(
            any(not unmet(one, question) for one in candidates.clearing(place, at)) for candidates in part.candidates
        )

    def _alike(self, parts: list[Part]) -> Alike:
        """Places that no row tells apart, together: they get one answer, and many places cost little more than one."""
        if len(self.question.places) == 1:
            return (self.question.places,)
        rows = [row for part in parts for row in self._rows_of(part)]
        reaches = {row.reach for row in rows} | {one.reach for row in rows for one in row.partly_revoked}
        return _told_apart(self.question.places, frozenset(reaches))

    def _instants(self, parts: list[Part]) -> list[datetime]:
        """One instant of each stretch of time in which nothing changes; every limit is half-open."""
        start, end = self.question.starts_at, self.question.ends_at
        if end is None:
            return [start]
        rows = {id(row): row for part in parts for row in self._rows_of(part)}.values()
        return sorted({start} | {mark for row in rows for mark in row.breaks if start < mark < end})

    @staticmethod
    def _rows_of(part: Part) -> Iterator[Grant]:
        yield from part.prohibitions
        for candidates in part.candidates:
            yield from candidates.grants
            yield from candidates.rivals

    def _point(self, part: Part, places: tuple[str, ...], at: datetime) -> None:
        channel, place = self.question.channel, places[0]
        barring = tuple(row.id for row in part.prohibitions if holds(row, channel, place, at))
        if barring:
            self._deny(Reason("PROHIBITED", asset=part.mark, grants=barring), *places)
        for candidates in part.candidates:
            clearing = candidates.clearing(place, at)
            if clearing:
                self._choose(part, candidates, clearing, places)
            else:
                self._miss(part, candidates, places, at)

    def _choose(self, part: Part, candidates: Candidates, clearing: list[Grant], places: tuple[str, ...]) -> None:
        """Take the grant that asks least and lasts longest (section 2.7)."""
        best = clearing[0] if len(clearing) == 1 else min(clearing, key=self._burden)
        self.chosen[id(best)] = best
        self.relied.append((candidates, best, places[0]))
        for duty in unmet(best, self.question):
            self._deny(Reason("PRE_DUTY_UNMET", asset=part.mark, detail=duty, grants=(best.id,)), *places)

    def _burden(self, grant: Grant) -> tuple[int, int, bool, float, str]:
        end = end_of(grant, self.question)
        lasting = 0.0 if end is None else -end.timestamp()
        return len(unmet(grant, self.question)), len(grant.duties), end is not None, lasting, grant.id

    def _miss(self, part: Part, candidates: Candidates, places: tuple[str, ...], at: datetime) -> None:
        """Report the nearest miss (section 2.12)."""
        need = candidates.need
        about = Reason("NO_GRANT", need.layer, need.subject, part.mark)
        if not candidates.grants:
            self._deny(about, *places)
            return
        misses = ((candidates.missing(row, places[0], at), row) for row in candidates.grants)
        codes, nearest = min(misses, key=lambda miss: (len(miss[0]), min(map(precedence, miss[0])), miss[1].id))
        for code in codes:
            detail = self._date(code, nearest) if code in _DATED else None
            self._deny(replace(about, code=code, detail=detail, grants=(nearest.id,)), *places)

    def _date(self, code: str, grant: Grant) -> str | None:
        dates = {"EXPIRED": grant.ends_at, "REVOKED": grant.revoked_at, "NOT_YET_VALID": grant.starts_at}
        date = dates[code]
        return f"{date:%Y-%m-%d %H:%M %Z}" if date else None

    def _deny(self, reason: Reason, *places: str) -> None:
        self.denied.update(places)
        known = self.found.setdefault(reason.key, reason)
        self.found[reason.key] = replace(
            known,
            grants=tuple(sorted({*known.grants, *reason.grants})),
            territories=tuple(sorted({*known.territories, *places})),
        )

    def _valid_until(self, parts: list[Part], alike: Alike) -> datetime | None:
        """The first later instant at which a chosen grant no longer clears, or a prohibition begins."""
        # What nobody relies on may come and go: only these can end the answer, and each at one of its own breaks.
        rows = [row for candidates, grant, _ in self.relied for row in (grant, *candidates.rivals)]
        rows += [row for part in parts for row in part.prohibitions]
        later = {mark for row in rows for mark in row.breaks if mark > self.question.starts_at}
        return next((mark for mark in sorted(later) if self._changes(parts, alike, mark)), None)

    def _changes(self, parts: list[Part], alike: Alike, at: datetime) -> bool:
        if any(not candidates.clears(grant, place, at) for candidates, grant, place in self.relied):
            return True
        prohibitions = [row for part in parts for row in part.prohibitions]
        return any(holds(row, self.question.channel, places[0], at) for row in prohibitions for places in alike)


@lru_cache(maxsize=1024)
def _told_apart(places: tuple[str, ...], reaches: frozenset[Reach]) -> Alike:
    """Places that no reach tells apart, together; the rows of most assets reach as far as those of many others."""
    found: dict[tuple[bool, ...], list[str]] = {}
    for place in places:
        seen = tuple(view for reach in reaches for view in (reach.covers(place), reach.touches(place)))
        found.setdefault(seen, []).append(place)
    return tuple(map(tuple, found.values()))


def _serves(grant: Grant, need: Need) -> bool:
    """Whether a permission is about the layer and its subject; a music licence may name no single track."""
    if grant.layer != need.layer:
        return False
    return grant.subject == need.subject or (need.layer == "music" and grant.subject is None and not need.named)
