"""Keeps every question and every copy within the bounds of the token through which it is asked for."""

from __future__ import annotations

from dataclasses import replace

from ugc_hub.accounts import Actor
from ugc_hub.errors import Forbidden
from ugc_hub.hub import Hub

from .deciding import Use
from .wording import channel_name, listed

CODE = "outside_token"


def bounded(hub: Hub, actor: Actor, use: Use) -> Use:
    """Return a use as far as the token of the actor reaches: what it leaves open is filled with the bounds.

    Raises:
        Forbidden: it asks for more (code `outside_token`).
    """
    bounds = actor.bounds
    if bounds is None:
        return use
    if not bounds.allows_channel(use.channel):
        known = listed([channel_name(one) for one in sorted(bounds.channels)])
        words = f"This token is bound to {known}; it may not ask for {channel_name(use.channel)[:80]}."
        raise Forbidden(words, code=CODE, extra={"field": "channel", "bounds": bounds.dump()})
    if over := bounds.outside(use.territories):
        known = listed(sorted(bounds.territories))
        words = f"This token is bound to {known}; it may not ask for {listed([one[:20] for one in over])}."
        raise Forbidden(words, code=CODE, extra={"field": "territories", "bounds": bounds.dump()})
    if bounds.party and not use.parties <= {bounds.party}:
        words = f"This token is bound to the party {bounds.party}; it may not ask for another one."
        raise Forbidden(words, code=CODE, extra={"field": "parties", "bounds": bounds.dump()})
    places = use.territories
    if not places and bounds.outside(hub.settings.territories):
        places = tuple(sorted(bounds.territories))
    return replace(use, territories=places, parties=frozenset({bounds.party}) if bounds.party else use.parties)
