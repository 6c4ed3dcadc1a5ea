"""The company's own content: one declaration that opens an asset for every use, because nobody else has a say in it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.hub import Hub
from ugc_hub.models import AssetRights, GrantAsset

from .agreements import Agreed, agree, keep_text
from .canonical import canonical
from .evidence import Proof, attach
from .facts import answer, set_status
from .grants import Draft, add

STATEMENT = (
    "We made this ourselves or hold all rights in it, for every use, everywhere and without end. Nobody can be "
    "recognised in it, nothing in it belongs to others, no music of others can be heard, and no AI made or changed it."
)
"""What whoever declares it says; where a part of it does not hold, the questions on the asset's page are answered."""
_SCOPE = {
    "effect": "permit",
    "layer": "copyright",
    "state": "active",
    "channels": ["*"],
    "future_media": True,
    "territories": ["WORLD"],
    "edits": ["any_edit", "ai_enhance"],
    "products": ["*"],
    "perpetual": True,
    "evidence_level": 3,
    "signed_by_role": "brand",
}
_ANSWERS = {
    "digital_source_type": "digitalCapture",
    "is_testimonial": False,
    "compensation": "none",
    "people": [],
    "properties": [],
    "music": "original",
}


def declare_known(hub: Hub, session: Session, actor: Actor, *, asset_id: str) -> bool:
    """Declare an asset that was here before, unless somebody has answered for its rights; return whether it was done.

    Raises: as `declare_own`.
    """
    hub.database.serialise(session, f"rights:{asset_id}")
    rights = session.get(AssetRights, asset_id)
    granted = select(GrantAsset.grant_id).where(GrantAsset.asset_id == asset_id).limit(1)
    if (rights is not None and rights.status != "pending_review") or session.scalar(granted) is not None:
        return False
    declare_own(hub, session, actor, asset_id=asset_id)
    return True


def declare_own(hub: Hub, session: Session, actor: Actor, *, asset_id: str) -> str:
    """Keep the declaration for one asset in the caller's transaction, and return the id of its grant.

    Raises:
        Forbidden: the actor may not edit rights.
        NotFound: there is no such asset.
    """
    now = hub.now()
    answer(hub, session, actor, asset_id=asset_id, answers=_ANSWERS)
    text = keep_text(hub, STATEMENT)
    agreed = Agreed(
        "licence",
        "Own content",
        licensor=hub.settings.party,
        text_sha256=text,
        signed_at=now,
        signed_by_role="brand",
    )
    version = agree(hub, session, actor, agreed)
    dates = {"starts_at": now.isoformat(), "signed_at": now.isoformat()}
    grant = add(hub, session, actor, Draft({**_SCOPE, **dates}, (asset_id,), version.id))
    said = {"statement_sha256": text, "user": actor.user_id, "on": now.date().isoformat()}
    attach(hub, session, actor, grant_id=grant.id, proof=Proof("clickwrap", canonical(said), "application/json"))
    set_status(hub, session, actor, asset_id=asset_id, status="active", note="Own content")
    return grant.id
