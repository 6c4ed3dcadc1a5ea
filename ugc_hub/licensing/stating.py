"""What somebody says of the use for which they want a copy, before it is known which asset and which edits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.rights import standard

from .deciding import Use

MOST_WORDS = 300


@dataclass(frozen=True)
class StatedUse:
    """Where and when a copy is to be used. Without a channel it is that of the preset; without places the setting's."""

    channel: str | None = None
    territories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def use(self, hub: Hub, channel: str, edits: Iterable[str] = ()) -> Use:
        """Return the question to the grants; a copy cannot be used before it is taken, so no window begins earlier.

        Raises:
            Invalid: a word is not known, or the time is over.
        """
        channels = standard().channels
        if channel not in channels:
            known = ", ".join(channels)
            raise Invalid(f"There is no channel {channel[:60]!r}. It is one of {known}.", extra={"field": "channel"})
        if strange := standard().unknown("territories", frozenset(self.territories)):
            raise Invalid(f"There is no place {strange[0][:40]!r}.", extra={"field": "territories"})
        if len(self.territories) > MOST_WORDS or len(self.products) > MOST_WORDS:
            raise Invalid(f"Name at most {MOST_WORDS} places and products.", extra={"field": "territories"})
        now = hub.now()
        for name, value in (("from", self.starts_at), ("until", self.ends_at)):
            if value is not None and value.utcoffset() is None:
                raise Invalid("Give times with their offset, such as 2026-12-31T00:00:00Z.", extra={"field": name})
        start = max(self.starts_at, now) if self.starts_at else now
        if self.ends_at is not None and self.ends_at <= start:
            raise Invalid("The time of the use is over before it begins.", extra={"field": "until"})
        later = start if start > now else None
        return Use(
            channel=channel,
            territories=self.territories,
            edits=frozenset(edits),
            products=frozenset(self.products),
            at=None if self.ends_at else later,
            starts_at=start if self.ends_at else None,
            ends_at=self.ends_at,
        )

    def dump(self) -> dict[str, object]:
        """Return plain JSON."""
        return {
            "channel": self.channel,
            "territories": list(self.territories),
            "products": list(self.products),
            "from": self.starts_at and self.starts_at.isoformat(),
            "until": self.ends_at and self.ends_at.isoformat(),
        }

    @classmethod
    def load(cls, plain: dict[str, object]) -> StatedUse:
        """Return what `dump` made."""

        def instant(name: str) -> datetime | None:
            value = plain.get(name)
            return datetime.fromisoformat(str(value)) if value else None

        def words(name: str) -> tuple[str, ...]:
            value = plain.get(name)
            return tuple(map(str, value)) if isinstance(value, list) else ()

        channel = plain.get("channel")
        return cls(
            str(channel) if channel else None,
            words("territories"),
            words("products"),
            instant("from"),
            instant("until"),
        )
