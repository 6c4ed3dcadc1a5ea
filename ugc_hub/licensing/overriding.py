"""Overrides by legal: a permission for a short time, given by those who answer for it instead of the creator.

It is a grant like any other, so prohibitions, exclusive licences of others, the asset's own state, and what nobody has
answered of it stand against it all the same; it ends by itself, and says everywhere what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Grant
from ugc_hub.rights import AssetFacts, standard

from .agreements import Agreed, agree
from .canonical import canonical
from .evidence import Proof, attach
from .grants import Draft, add
from .loading import load_facts

MOST_DAYS = 30
LONGEST_REASON = 2000
KIND = "override"
"""Kind of the proof by which an override is known."""


@dataclass(frozen=True)
class Override:
    """What legal allows, where, for how many days, and why."""

    channels: tuple[str, ...]
    territories: tuple[str, ...]
    days: int
    reason: str
    edits: tuple[str, ...] = ()


def override(hub: Hub, session: Session, actor: Actor, *, asset_id: str, wish: Override) -> list[Grant]:
    """Write a permission of each layer that the asset has, in force from now on and for at most 30 days.

    Raises:
        Forbidden: the actor may not decide on legal matters.
        Invalid: no reason is given, the days are none of 1 to 30, or a word is not known.
        NotFound: there is no such asset.
        Conflict: the asset is on hold, taken down, erased or not reviewed: an override opens nothing that is closed.
    """
    require(actor, "rights.legal")
    reason = wish.reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid("Say why; the reason stays with the grant.", extra={"field": "reason"})
    if not 1 <= wish.days <= MOST_DAYS:
        raise Invalid(f"An override holds for 1 to {MOST_DAYS} days.", extra={"field": "days"})
    if not wish.channels or not wish.territories:
        raise Invalid("Say in which channels and where.", extra={"field": "channels"})
    facts = load_facts(session, [asset_id]).get(asset_id)
    if facts is None:
        raise NotFound("There is no such asset.")
    if facts.status != "active":
        raise Conflict("The asset is not open for use. An override opens nothing that is closed or not reviewed.")
    now = hub.now()
    agreed = Agreed("policy", "Override by legal", licensor=hub.settings.party, signed_at=now, signed_by_role="brand")
    version = agree(hub, session, actor, agreed)
    rows = []
    for layer in _layers(facts):
        plain = _plain(wish, reason) | layer
        plain |= {"starts_at": now.isoformat(), "ends_at": (now + timedelta(days=wish.days)).isoformat()}
        row = add(hub, session, actor, Draft({**plain, "signed_at": now.isoformat()}, (asset_id,), version.id))
        said = {"asset": asset_id, "by": actor.user_id, "days": wish.days, "reason": reason, "at": now.isoformat()}
        proof = Proof(KIND, canonical({**said, **layer}), "application/json", by_hub=True)
        attach(hub, session, actor, grant_id=row.id, proof=proof)
        rows.append(row)
    ids = [row.id for row in rows]
    record(session, hub.now(), "grant.override", asset_id, actor=actor.user_id, grants=ids, days=wish.days)
    return rows


def _layers(facts: AssetFacts) -> list[dict[str, Any]]:
    """The rights that the asset has, as far as they are known; what is not known stays to be answered."""
    found: list[dict[str, Any]] = [{"layer": "copyright"}, {"layer": "platform"}]
    found += [{"layer": "likeness", "subject": one.id} for one in facts.people or ()]
    found += [{"layer": "property", "subject": one} for one in facts.properties or ()]
    if facts.music == "present":
        found += [{"layer": "music", "subject": one} for one in facts.tracks] or [{"layer": "music"}]
    return found


def _plain(wish: Override, reason: str) -> dict[str, Any]:
    return {
        "effect": "permit",
        "state": "active",
        "channels": list(wish.channels),
        "territories": list(wish.territories),
        "edits": list(wish.edits) or None,
        "products": ["*"],
        "evidence_level": 4,
        "signed_by_role": "brand",
        "vocab_version": standard().version,
        "note": reason,
    }
