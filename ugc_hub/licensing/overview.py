"""What is allowed now, at a glance: by channel for one asset, in a few words for many."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.models import AssetPerson, AssetRights, Person, Property, Track
from ugc_hub.rights import WORLD, Channel, Decision, Grant, decide, standard, world_atlas

from .deciding import Use, request_of
from .loading import Situation, situation
from .missing import trashed, why_binned
from .panel import person_name
from .veiling import SOMEBODY
from .wording import channel_name, summarised

Answer = Literal["yes", "limited", "no"]
SOON = timedelta(days=30)
MOST_CHANNELS = 2
MOST_ASKED = 16
"""Uses that were asked for that are looked at, of each asset."""
_SUBJECT = re.compile(r"\b(?:prs|prp|trk)_[0-9a-z]+")


@dataclass(frozen=True)
class ChannelState:
    """Whether an asset may be used in a channel now."""

    channel: str
    answer: Answer
    places: tuple[str, ...]
    """Where: codes, groups by their name."""
    only: str
    """What limits it, in words; empty where nothing does."""
    sentence: str
    """Why not, where the answer is no."""
    ends_at: datetime | None


@dataclass(frozen=True)
class Badge:
    """The state of an asset in a few words; `tone` is good, warn, bad or empty."""

    tone: str
    words: str
    ends: str = ""
    """When what is told ends, in words; empty where that is not soon."""


def roots() -> list[Channel]:
    """Return the channels of the first rank, in the order of the vocabulary."""
    return [channel for name, channel in standard().channels.items() if "." not in name]


def _decide(hub: Hub, found: Situation, asset_id: str, use: Use) -> Decision:
    return decide(request_of(hub, asset_id, use, found.duty_state), found.grants, found.facts, hub.words)


def subject_names(hub: Hub, session: Session, asset_id: str, *, persons: bool = True) -> dict[str, str]:
    """Return how the persons, property and tracks of an asset are called, by id; without `persons`, not by name."""
    row = session.get(AssetRights, asset_id)
    shown = select(Person).join(AssetPerson, AssetPerson.person_id == Person.id)
    rows = session.scalars(shown.where(AssetPerson.asset_id == asset_id))
    names = {one.id: person_name(hub, session, one) if persons else SOMEBODY for one in rows}
    for table, column, ids in (
        (Property, Property.name, row.properties if row else []),
        (Track, Track.title, row.tracks if row else []),
    ):
        if ids:
            names |= dict(session.execute(select(table.id, column).where(table.id.in_(ids))).all())
    return names


def named(text: str, names: Mapping[str, str]) -> str:
    """Return a sentence with names in place of ids."""
    for one, name in names.items():
        text = text.replace(one, name)
    return text


def with_names(hub: Hub, session: Session, text: str, *, persons: bool = True) -> str:
    """Return words of a decision with names for the ids of persons, property and music, of whichever assets.

    Without `persons` they are not named.
    """
    ids = set(_SUBJECT.findall(text))
    rows = session.scalars(select(Person).where(Person.id.in_(ids)))
    names = {one.id: person_name(hub, session, one) if persons else SOMEBODY for one in rows}
    for table, column in ((Property, Property.name), (Track, Track.title)):
        names |= dict(session.execute(select(table.id, column).where(table.id.in_(ids))).all())
    return named(text, names)


def names_somebody(text: str) -> bool:
    """Tell whether words of a decision hold an id that `with_names` may put a name for."""
    return _SUBJECT.search(text) is not None


def channel_states(hub: Hub, session: Session, asset_id: str, *, persons: bool = True) -> list[ChannelState]:
    """Return for each channel of the first rank whether the asset may be used there now, and where.

    Without `persons` the reasons do not name them.
    """
    if binned := trashed(session, [asset_id]).get(asset_id):
        sentence = why_binned(asset_id, binned)
        return [ChannelState(channel.name, "no", (), "", sentence, None) for channel in roots()]
    found = situation(session, [asset_id]).settled(hub.now())
    names = subject_names(hub, session, asset_id, persons=persons)
    states = [_state(hub, found, asset_id, channel) for channel in roots()]
    return [replace(state, sentence=named(state.sentence, names)) for state in states]


def _state(hub: Hub, found: Situation, asset_id: str, channel: Channel) -> ChannelState:
    whole = _decide(hub, found, asset_id, Use(channel.name, (WORLD,)))
    if whole.allowed:
        return ChannelState(channel.name, "yes", (WORLD,), "", "", whole.valid_until)
    use, only = Use(channel.name, _countries()), ""
    if {reason.code for reason in whole.reasons} == {"PRODUCT_NOT_GRANTED"}:
        named = frozenset(one for grant in found.grants for one in grant.products or () if one != "*")
        use, only = replace(use, products=named), "for certain products"
    places, ends = _places(hub, found, asset_id, use)
    if not places:
        children = [name for name in standard().channels if name.startswith(f"{channel.name}.")]
        some = {name: _places(hub, found, asset_id, Use(name, _countries())) for name in children}
        open_ = {name: answer for name, answer in some.items() if answer[0]}
        places = summarised({place for answer in open_.values() for place in answer[0]})
        ends = min((answer[1] for answer in open_.values() if answer[1]), default=None)
        only = ", ".join(channel_name(name).partition("(")[2].rstrip(")") for name in open_)
    if places:
        return ChannelState(channel.name, "limited", tuple(places), only, "", ends)
    return ChannelState(channel.name, "no", (), "", whole.reasons[0].sentence, None)


def _countries() -> tuple[str, ...]:
    return tuple(sorted(world_atlas().countries))


def _places(hub: Hub, found: Situation, asset_id: str, use: Use) -> tuple[list[str], datetime | None]:
    """The countries where a use is allowed, and until when in all of them."""
    each = _decide(hub, found, asset_id, use)
    open_ = tuple(place for place, verdict in each.territory_decisions.items() if verdict == "allow")
    if not open_:
        return [], None
    again = _decide(hub, found, asset_id, replace(use, territories=open_))
    if len(open_) == len(use.territories) and each.allowed:
        return [WORLD], again.valid_until
    return summarised(open_), again.valid_until


def way(uses: Collection[Use]) -> Use | None:
    """Return what uses have in common that differ in the channel alone; None where they differ in more, or are none."""
    found = {replace(use, channel="") for use in uses}
    return found.pop() if len(found) == 1 else None


def badges(hub: Hub, session: Session, asset_ids: Sequence[str], asked: Collection[Use] = ()) -> dict[str, Badge]:
    """Return the state of assets in a few words, by id, in a fixed number of statements.

    "Cleared" is about what was asked, which is named first and whose end counts; else about the hub's own territories,
    now, without edits.
    """
    found = situation(session, asset_ids).settled(hub.now())
    everywhere = [grant for grant in found.grants if not _named(grant)]
    parts = {one for one, binned in trashed(session, asset_ids).items() if binned[0].asset_id != one}
    known = [one for one in asset_ids if one in found.facts]
    uses = list(asked)[:MOST_ASKED]
    return {one: _PART if one in parts else _badge(hub, found, one, (everywhere, uses)) for one in known}


def _named(grant: Grant) -> frozenset[str]:
    return grant.assets or frozenset()


_CLOSED = {
    "hold": Badge("bad", "On hold"),
    "taken_down": Badge("bad", "Taken down"),
    "erased": Badge("bad", "Erased"),
    "pending_review": Badge("warn", "To review"),
}
_PART = Badge("bad", "Part in the trash")


def _with_parts(found: Situation, asset_id: str) -> set[str]:
    """An asset with all that it was composed of: the grants of those bear on it as well."""
    whole, waiting = {asset_id}, [asset_id]
    while waiting:
        facts = found.facts.get(waiting.pop())
        further = set(facts.ingredients) - whole if facts else set()
        whole |= further
        waiting += further
    return whole


def _badge(hub: Hub, found: Situation, asset_id: str, known: tuple[Iterable[Grant], list[Use]]) -> Badge:
    everywhere, asked = known
    status = found.facts[asset_id].status
    if status != "active":
        return _CLOSED.get(status, _CLOSED["pending_review"])
    whole = _with_parts(found, asset_id)
    bearing = [grant for grant in found.grants if _named(grant) & whole]
    own = [grant for grant in bearing if asset_id in _named(grant)]
    part = replace(found, grants=(*bearing, *everywhere))
    granted = {name.partition(".")[0] for grant in own if grant.permits for name in grant.channels or ()}
    wanted = [one.name for one in roots() if one.public and ("*" in granted or one.name in granted)]
    like = way(asked) or Use("")
    uses = dict.fromkeys([*asked, *(replace(like, channel=name) for name in wanted)])
    answers = {use: _decide(hub, part, asset_id, use) for use in uses}
    cleared = {use: answer for use, answer in answers.items() if answer.allowed}
    if not cleared:
        waiting = any(grant.state == "pending" for grant in own)
        return Badge("", "Waits for proof" if waiting else "Not cleared")
    told = [answer for use, answer in cleared.items() if use in asked] or [*cleared.values()]
    ends = min((answer.valid_until for answer in told if answer.valid_until), default=None)
    names = list(dict.fromkeys(use.channel for use in cleared))
    more = len(names) - MOST_CHANNELS
    shown = ", ".join(map(channel_name, names[:MOST_CHANNELS])) + (f" +{more}" if more > 0 else "")
    soon = ends is not None and ends <= hub.now() + SOON
    return Badge("good", shown, f"Ends {ends.day} {ends:%b}" if ends and soon else "")
