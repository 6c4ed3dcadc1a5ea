"""Grants: one permission or prohibition, for one layer of right, as it was agreed; immutable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Literal

from ugc_hub.rights.atlas import Reach, reach_of
from ugc_hub.rights.vocabulary import EVERY, Channel, ancestry

Effect = Literal["permit", "prohibit"]
Layer = Literal["copyright", "likeness", "property", "music", "platform"]
Phase = Literal["pre", "during", "post"]
Values = frozenset[str] | None
"""Values of one dimension. None states nothing: a permission then grants nothing, a prohibition reaches everything."""


@dataclass(frozen=True)
class Duty:
    """Something to do before (`pre`), while (`during`) or after (`post`) an asset is used."""

    name: str
    phase: Phase = "during"
    details: Mapping[str, Any] = field(default_factory=dict)
    """What the duty asks for exactly, as JSON values: the text of a credit, the days within which to inform."""


@dataclass(frozen=True)
class Revocation:
    """The end of a grant by somebody's word; without channels and territories it ends all of it."""

    effective_at: datetime | None
    """None where the grant cannot be revoked: then nothing ends (and the asset is on hold)."""
    basis: str = ""
    channels: Values = None
    territories: Values = None

    def __post_init__(self) -> None:
        _expect_aware(self.effective_at)

    @property
    def full(self) -> bool:
        """Whether it ends the whole grant."""
        return not self.channels and not self.territories

    @cached_property
    def reach(self) -> Reach:
        """The places it is about."""
        return Reach(self.territories or None)

    def touches(self, channel: Channel, place: str) -> bool:
        """Whether it is about any part of the channel and of the place."""
        return touches_channel(self.channels, channel) and self.reach.touches(place)

    def covers(self, channel: Channel, place: str) -> bool:
        """Whether it is about all of the channel and of the place."""
        return (not self.channels or covers_channel(self.channels, channel)) and self.reach.covers(place)


@dataclass(frozen=True)
class WindDown:
    """What may stay live after the end: `may_remain` without limit, `grace` for some days; on its channels only."""

    mode: Literal["may_remain", "grace"]
    days: int = 0
    channels: frozenset[str] = frozenset()

    def until(self, ends_at: datetime) -> datetime | None:
        """Return the later end; None is never."""
        if self.mode == "may_remain":
            return None
        try:
            return ends_at + timedelta(days=max(self.days, 0))
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Grant:
    """One permission or prohibition.

    Every default is the one that permits least. Instants are aware. Groups of countries are already expanded
    (`Atlas.expand`). Whoever writes a grant checks its words with `Vocabulary.unknown`.

    Raises:
        ValueError: an instant has no time zone.
    """

    id: str
    effect: Effect
    layer: Layer = "copyright"
    subject: str | None = None
    """The person, property or track that it is about."""
    assets: Values = None
    """Asset ids, or `*`."""
    state: str = "draft"
    """draft, pending, active, rejected or suspended; only `active` counts. Expired and revoked are computed."""
    grantees: Values = None
    sublicensees: Values = None
    channels: Values = None
    territories: Values = None
    excluded_territories: frozenset[str] = frozenset()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    """The first instant at which it no longer holds."""
    perpetual: bool = False
    products: Values = None
    edits: Values = None
    evidence_level: int = 0
    evidence_ok: bool = False
    """The stored evidence was compared with its hash and is unchanged."""
    signed_at: datetime | None = None
    signed_by_role: str | None = None
    """creator, guardian, agent or brand."""
    duties: tuple[Duty, ...] = ()
    exclusive: bool = False
    supersedes: frozenset[str] = frozenset()
    revocations: tuple[Revocation, ...] = ()
    caps: Mapping[str, int] = field(default_factory=dict)
    """Counter name (uses, impressions, spend_micros, placements) to the number at which no new use may begin."""
    counters: Mapping[str, int | None] = field(default_factory=dict)
    wind_down: WindDown | None = None
    vocabulary_version: int = 1
    """The vocabulary at signing: `*` in channels reaches only what existed then."""
    future_media: bool = False
    """All media now known or later: `*` reaches channels that were added since."""

    def __post_init__(self) -> None:
        for instant in (self.starts_at, self.ends_at, self.signed_at):
            _expect_aware(instant)

    @property
    def permits(self) -> bool:
        """Whether it is a permission; anything else counts as a prohibition."""
        return self.effect == "permit"

    @cached_property
    def reach(self) -> Reach:
        """The places it is about."""
        unstated = frozenset[str]() if self.permits else None
        return reach_of(self.territories or unstated, self.excluded_territories)

    @cached_property
    def parties(self) -> frozenset[str]:
        """Who may rely on it."""
        granted = self.grantees or frozenset()
        return granted | self.sublicensees if self.sublicensees else granted

    @cached_property
    def revoked_at(self) -> datetime | None:
        """The instant from which all of it is revoked."""
        if not self.revocations:
            return None
        return min([one.effective_at for one in self.revocations if one.full and one.effective_at], default=None)

    @cached_property
    def partly_revoked(self) -> tuple[Revocation, ...]:
        """Revocations of a part."""
        if not self.revocations:
            return ()
        return tuple([one for one in self.revocations if not one.full and one.effective_at])

    @cached_property
    def breaks(self) -> tuple[datetime, ...]:
        """Every instant at which what it says can change."""
        marks = [self.starts_at, self.ends_at, *[one.effective_at for one in self.revocations]]
        if self.ends_at and self.wind_down:
            marks.append(self.wind_down.until(self.ends_at))
        return tuple([mark for mark in marks if mark])

    @cached_property
    def beforehand(self) -> tuple[str, ...]:
        """The duties that must be done before a new use."""
        return tuple([duty.name for duty in self.duties if duty.phase == "pre"])

    def about(self, assets: Values) -> Grant:
        """Return the same grant for other assets; what it says of itself is worked out once for all of them."""
        if "breaks" not in self.__dict__:
            worked_out(self, self.assets)
        # The copy of a dictionary that nobody has deleted from is one copy of memory, filling a new one is not.
        members = self.__dict__.copy()
        members["assets"] = assets
        return _made(members)

    def open_to(self, parties: frozenset[str]) -> bool:
        """Whether all of the parties may rely on it; nobody named means no."""
        return bool(parties) and (parties <= self.parties or EVERY in self.parties)

    def in_force(self, at: datetime) -> bool:
        """Whether its term runs at `at`, unknown limits being open; parts that were revoked are not looked at."""
        if self.starts_at is not None and at < self.starts_at:
            return False
        return (self.ends_at is None or at < self.ends_at) and (self.revoked_at is None or at < self.revoked_at)


def grant_of(members: dict[str, Any]) -> Grant:
    """Return the grant of all its members by name; as `Grant(**members)`, which costs four times as much.

    Raises:
        ValueError: an instant has no time zone.
    """
    made = _made(members)
    made.__post_init__()
    return made


def worked_out(grant: Grant, assets: Values) -> Grant:
    """Give a grant that nobody else holds yet to assets, with all that it says of itself worked out."""
    members = grant.__dict__
    members["assets"] = assets
    for name, work_out in _WORKED_OUT:
        members[name] = work_out(grant)
    return grant


def _made(members: dict[str, Any]) -> Grant:
    made = object.__new__(Grant)
    object.__setattr__(made, "__dict__", members)  # a frozen class sets its members one by one, each by a call
    return made


_WORKED_OUT: tuple[tuple[str, Callable[[Grant], Any]], ...] = tuple(
    (name, vars(Grant)[name].func)
    for name in ("reach", "parties", "revoked_at", "partly_revoked", "breaks", "beforehand")
)
"""Set at once: asking a cached property for the first time costs a lock, as much again as the work."""


def covers_channel(granted: frozenset[str], channel: Channel) -> bool:
    """Whether the channel is one of `granted` or lies below one."""
    return not granted.isdisjoint(channel.line) or EVERY in granted


def touches_channel(stated: Values, channel: Channel) -> bool:
    """Whether the channel is equal to, above or below one that is stated; stating none means all."""
    if not stated or covers_channel(stated, channel):
        return True
    return any(channel.name in ancestry(one) for one in stated)


def _expect_aware(instant: datetime | None) -> None:
    if instant is not None and instant.tzinfo is not UTC and instant.utcoffset() is None:
        raise ValueError(f"The instant {instant} has no time zone.")
