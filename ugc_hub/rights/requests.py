"""Requests: one question to the grants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Request:
    """May these parties use this asset so, here, then?

    Either `at` or both `starts_at` and `ends_at` (half-open) are given. Every product, party and territory that is
    named must be allowed. Values are not checked here: `decide` answers INVALID_REQUEST to what is out of range.
    """

    asset: str
    channel: str
    parties: frozenset[str]
    at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    territories: tuple[str, ...] = ()
    """`WORLD`, groups, countries, subdivisions; none means the whole world."""
    edits: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    operation: str = "publish"
    """`publish` for a new use, `continue` for what is already live."""
    ingredients: tuple[str, ...] = ()
    """Other assets that become part of it; all of them must be allowed."""
    beds: tuple[str, ...] = ()
    """Tracks that are laid under its sound or in the place of it; each must be allowed by a licence that names it."""
    keeps_sound: bool = False
    """Whether its own sound is still heard, over the beds: then no edit of the sound spares the music that is in it."""
    now: datetime | None = None
    """The instant of knowledge: what was signed later is not known yet. Default: `at` or `starts_at`."""
    duty_state: Mapping[str, bool] = field(default_factory=dict)
    """`grant:duty` to whether it is fulfilled."""
