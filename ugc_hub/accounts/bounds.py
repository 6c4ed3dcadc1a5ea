"""What a token is bound to beyond its actions: channels, places and a party; every use asked through it lies within."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ugc_hub.errors import Invalid
from ugc_hub.rights import Reach, standard, world_atlas

PARTY = re.compile(r"[a-zA-Z0-9._-]{1,60}")
MOST_WORDS = 300


@dataclass(frozen=True)
class Bounds:
    """Channels with their children, places, and the party that uses; what is empty bounds nothing."""

    channels: frozenset[str] = frozenset()
    territories: frozenset[str] = frozenset()
    """As they were written; groups mean what they hold when a use is asked."""
    party: str = ""

    def __bool__(self) -> bool:
        return bool(self.channels or self.territories or self.party)

    @classmethod
    def of(cls, channels: Iterable[str] = (), territories: Iterable[str] = (), party: str = "") -> Bounds:
        """Return bounds as somebody states them.

        Raises:
            Invalid: a channel or a place is not known, or the party has another form.
        """
        made = cls(frozenset(channels), frozenset(one.upper() for one in territories), party.strip())
        for dimension, values in (("channels", made.channels), ("territories", made.territories)):
            if strange := standard().unknown(dimension, values):
                words = f"There is no {strange[0][:40]!r} among the {dimension}."
                raise Invalid(words, extra={"field": dimension})
            if len(values) > MOST_WORDS:
                raise Invalid(f"Name at most {MOST_WORDS} {dimension}.", extra={"field": dimension})
        if made.party and not PARTY.fullmatch(made.party):
            raise Invalid("A party is written with letters, digits, dots and hyphens.", extra={"field": "party"})
        return made

    def dump(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {"channels": sorted(self.channels), "territories": sorted(self.territories), "party": self.party}

    @classmethod
    def load(cls, plain: Mapping[str, Any] | None) -> Bounds | None:
        """Return what `dump` made; None where nothing is bound."""
        if not plain:
            return None
        made = cls(frozenset(plain["channels"]), frozenset(plain["territories"]), plain["party"])
        return made or None

    def allows_channel(self, channel: str) -> bool:
        """Whether a channel is one of them or lies below one."""
        return not self.channels or any(channel == one or channel.startswith(f"{one}.") for one in self.channels)

    def outside(self, territories: Iterable[str]) -> list[str]:
        """Return the places that do not lie within."""
        if not self.territories:
            return []
        atlas = world_atlas()
        reach = Reach(atlas.expand(self.territories))
        return [one for one in territories if not all(map(reach.covers, atlas.expand([one])))]
