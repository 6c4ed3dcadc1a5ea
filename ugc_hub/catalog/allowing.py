"""Answers the questions about rights that a query asks: which situations, and which single assets, may be used so."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, Bounds, may, who_lacks
from ugc_hub.errors import Forbidden, HubError, Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import StatedUse, Use, bounded, usable_now, usable_situations
from ugc_hub.licensing.bounding import CODE as OUTSIDE
from ugc_hub.licensing.live import beginning
from ugc_hub.licensing.wording import channel_name, listed
from ugc_hub.rights import standard
from ugc_hub.search.folding import fold
from ugc_hub.search.holding import AsOf
from ugc_hub.search.plan import Cleared, Empty, Plan, Telling, either
from ugc_hub.search.shapes import Problem
from ugc_hub.search.tree import And, Node, Not, Nothing, Or, Usable, usables

_CLAUSES = re.compile(r"\b(usable|platform|territory|until|edits?)\s*:\s*(\"[^\"]*\"|\S*)", re.IGNORECASE)


@dataclass
class Answers:
    """What may be used so, by question; what could not be asked is told and matches nothing."""

    cleared: dict[Usable, Plan] = field(default_factory=dict)
    uses: dict[Usable, tuple[Use, ...]] = field(default_factory=dict)
    """The uses that a question means, any of which is enough."""
    problems: list[Problem] = field(default_factory=list)


def answers(hub: Hub, session: Session, actor: Actor, asked: tuple[Node, str], *, kept: AsOf | None = None) -> Answers:
    """Answer the questions of a tree, with the text that it was read from.

    `kept` is as of when what the index keeps about rights is true, asked before it is searched: then it is asked
    itself, where it can tell. Otherwise all answers are situations and single assets (`Cleared`).
    """
    tree, text = asked
    found = Answers()
    known: dict[Use, list[Plan]] = {}
    for question in usables(tree):
        found.cleared[question] = Empty()
        try:
            uses = uses_of(hub, actor, question)
            for use in uses:
                if use not in known:
                    known[use] = _answer(hub, session, use, kept)
        except HubError as error:
            found.problems.append(_problem(error.message, text))
            continue
        found.uses[question] = uses
        found.cleared[question] = _any_of([one for use in uses for one in known[use]])
    return found


def _answer(hub: Hub, session: Session, use: Use, kept: AsOf | None) -> list[Plan]:
    """What may be used so: any of some plans."""
    told = usable_now(hub, session, use, kept) if kept is not None else None
    if told is None:
        return [Cleared(*usable_situations(hub, session, use))]
    tells, ids = told
    found: list[Plan] = [Cleared(frozenset(), ids)] if ids else []
    return found if tells is None else [Telling("allowed", (beginning(use.channel),), tells), *found]


def answerable(tree: Node, found: Answers) -> Node:
    """Return a tree in which a question that could not be asked finds nothing, not even by its opposite."""
    match tree:
        case And(parts):
            return And(tuple(answerable(part, found) for part in parts))
        case Or(parts):
            return Or(tuple(answerable(part, found) for part in parts))
        case Not(part):
            return tree if all(one in found.uses for one in usables(part)) else Nothing()
    return tree


def _any_of(answers: list[Plan]) -> Plan:
    """Any of some answers, each kind as one: an index looks up a long list faster than several."""
    if len(answers) == 1:
        return answers[0]  # thousands of numbers, which need not be put together anew
    sets = [one for one in answers if isinstance(one, Cleared)]
    numbers, ids = (frozenset().union(*(getattr(one, name) for one in sets)) for name in ("numbers", "ids"))
    told: dict[object, Telling] = {}
    for one in answers:
        if isinstance(one, Telling):
            before = told.get(one.tells)
            told[one.tells] = one if before is None else replace(one, beginnings=before.beginnings + one.beginnings)
    return either([*told.values(), *([Cleared(numbers, ids)] if sets else [])])


class Asking:
    """Asks the same of trees that are like one whose questions were answered; each question is answered once."""

    def __init__(self, hub: Hub, session: Session, asked: tuple[Actor, str], kept: AsOf | None) -> None:
        self._hub = hub
        self._session = session
        self._asked = asked
        self._kept = kept
        self._known = Answers()

    def first(self, tree: Node) -> Answers:
        """Return the answers to a tree, also what could not be asked of it; see `answers`."""
        actor, text = self._asked
        self._known = answers(self._hub, self._session, actor, (tree, text), kept=self._kept)
        return replace(self._known, cleared={**self._known.cleared}, uses={**self._known.uses})

    def __call__(self, tree: Node) -> tuple[Node, Mapping[Usable, Plan]]:
        """Return a tree that can be searched for (see `answerable`), and the answers to its questions."""
        actor, text = self._asked
        known = self._known
        new = tuple(one for one in usables(tree) if one not in known.cleared)
        if new:
            found = answers(self._hub, self._session, actor, (Or(new), text), kept=self._kept)
            known.cleared.update(found.cleared)
            known.uses.update(found.uses)
        return answerable(tree, known), known.cleared


def refusals(hub: Hub, actor: Actor, asked: tuple[Node, str]) -> tuple[Problem, ...]:
    """Return what of the questions of a tree the actor cannot ask, without asking them."""
    tree, text = asked
    found = []
    for question in usables(tree):
        try:
            uses_of(hub, actor, question)
        except HubError as error:
            found.append(_problem(error.message, text))
    return tuple(found)


def uses_of(hub: Hub, actor: Actor, question: Usable) -> tuple[Use, ...]:
    """The uses that a question means: one for each channel that it may be about, within the actor's token.

    Raises:
        Invalid: a word is not known, the time is over, or the actor's role or the scopes of their token forbid it.
        Forbidden: the actor's token is bound to others.
    """
    if not may(actor, "rights.view"):
        raise Invalid(f"{who_lacks(actor, 'rights.view')} may not ask what can be used.")
    question = _in_codes(question)
    edits = frozenset(question.edits)
    if strange := standard().unknown("edits", edits):
        raise Invalid(f"There is no edit {strange[0][:40]!r}.")
    places = tuple(filter(None, question.territory.split(",")))
    end = _end(question.until)
    made = []
    for channel in _within(_channels(question), question, actor.bounds):
        stated = StatedUse(channel, places, ends_at=end)
        use = replace(stated.use(hub, channel, edits), starts_at=None)  # now, whenever it is asked: the same question
        made.append(bounded(hub, actor, use))
    return tuple(made)


def _in_codes(question: Usable) -> Usable:
    """The question with the codes of channels and places that it calls by their names, as pages do."""
    channels, places = _named()
    each = [one.strip() for one in question.territory.split(",")]
    named = places.get(fold(question.territory)) or ",".join(places.get(fold(one), one) for one in each)
    return replace(question, channel=channels.get(fold(question.channel), question.channel), territory=named)


@cache
def _named() -> tuple[dict[str, str], dict[str, str]]:
    """The codes of channels and of places by their folded names."""
    words = standard()
    channels = {fold(channel_name(one)): one for one in words.channels}
    return channels, {fold(words.atlas.name(one)): one for one in (*words.atlas.groups, *words.atlas.countries)}


def _channels(question: Usable) -> tuple[str, ...]:
    known = standard().channels
    if not question.platform:
        if question.channel in ("", "any"):
            return tuple(name for name, one in known.items() if one.public and "." not in name)
        if question.channel not in known:
            raise Invalid(
                f"There is no channel {question.channel[:40]!r}; there is paid_social, email, website and so on."
            )
        return (question.channel,)
    start = f"{question.channel}." if question.channel else ""
    found = tuple(name for name in known if name.startswith(start) and name.endswith(f".{question.platform}"))
    if not found:
        raise Invalid(f"There is no platform {question.platform[:40]!r} in {question.channel or 'any channel'}.")
    return found


def _within(channels: tuple[str, ...], question: Usable, bounds: Bounds | None) -> tuple[str, ...]:
    """Those of the channels of a question that leaves them open which a token reaches.

    One that reaches but a part of a channel, such as a platform, is asked for that.

    Raises:
        Forbidden: it reaches none of them.
    """
    if bounds is None or not (question.platform or question.channel in ("", "any")):
        return channels
    found = tuple(one for one in channels if bounds.allows_channel(one))
    below = () if question.platform else (one for one in sorted(bounds.channels) if one.startswith(_below(channels)))
    if reached := tuple(dict.fromkeys((*found, *below))):
        return reached
    known = listed([channel_name(one) for one in sorted(bounds.channels)])
    if question.platform:
        told = f"it may not ask for {question.platform[:40]!r}"
    else:
        told = f"ask for a channel by its name, such as usable:{min(bounds.channels)}"
    raise Forbidden(f"This token is bound to {known}; {told}.", code=OUTSIDE, extra={"field": "channel"})


def _below(channels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{one}." for one in channels)


def _end(until: str) -> datetime | None:
    """The instant behind the last day."""
    if not until:
        return None
    try:
        return datetime.combine(date.fromisoformat(until) + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        raise Invalid(f"{until[:40]!r} is not a day.") from None


def _problem(message: str, text: str) -> Problem:
    """Put a problem where in the text the word stands that it is about, else at the first clause about rights."""
    places = list(_CLAUSES.finditer(text))
    word = _quoted(message)
    about = [one for one in places if word and one[2].strip('"').lower() == word]
    about = about or [one for one in places if word and word in one[2].lower()] or places
    start, end = about[0].span() if about else (0, len(text))
    return Problem(message, start, end)


def of_choice(problem: Problem, text: str, channels: Collection[str]) -> Problem:
    """Return a problem with the facet in place of characters where it is about chosen channels, not about the text."""
    word = _quoted(problem.message)
    chosen = word in {one.lower() for one in channels} and word not in text.lower()
    if chosen or (channels and not _CLAUSES.search(text)):
        return replace(problem, start=0, end=0, facet="usable")
    return problem


def _quoted(message: str) -> str:
    found = re.search(r"'([^']+)'", message)
    return found[1].lower() if found else ""
