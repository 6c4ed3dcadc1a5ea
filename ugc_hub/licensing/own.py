"""The company's own content: one declaration that opens an asset for every use, because nobody else has a say in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.hub import Hub
from ugc_hub.models import AgreementVersion, Asset, AssetRights, Grant, GrantAsset
from workers.media.shapes import MediaFacts

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
_WORDINGS = (hashlib.sha256(STATEMENT.encode()).hexdigest(),)
"""Hashes of the statement and of what it said before: an asset stays declared when the wording changes."""
_CLAIMS = {
    "creator": "creator",
    "copyright": "copyright",
    "credit": "credit",
    "licensor": "licensor",
    "usage_terms": "usage terms",
}
"""What a file may say of itself that speaks against the declaration."""
_SHOWN = 80
"""Characters of a claim that are repeated."""
EVERYTHING = {
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
"""The scope of a grant of the brand's own: every use, everywhere and without end."""
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
    grant = add(hub, session, actor, Draft({**EVERYTHING, **dates}, (asset_id,), version.id))
    said = {"statement_sha256": text, "user": actor.user_id, "on": now.date().isoformat()}
    attach(
        hub,
        session,
        actor,
        grant_id=grant.id,
        proof=Proof("own_declaration", canonical(said), "application/json", by_hub=True),
    )
    set_status(hub, session, actor, asset_id=asset_id, status="active", note="Own content")
    return grant.id


def is_own(session: Session, asset_id: str) -> bool:
    """Return whether an asset is declared the company's own, and the declaration still in force."""
    return bool(own_among(session, [asset_id]))


def own_among(session: Session, asset_ids: Iterable[str]) -> set[str]:
    """Return those of the assets for which `is_own` holds."""
    return set(session.scalars(_DECLARED, {"ids": list(asset_ids)}))


_DECLARED = (
    select(GrantAsset.asset_id)
    .join(Grant, GrantAsset.grant_id == Grant.id)
    .join(AgreementVersion, AgreementVersion.id == Grant.version_id)
    .where(GrantAsset.asset_id.in_(bindparam("ids", expanding=True)), Grant.state == "active", Grant.revoked.is_(False))
    .where(AgreementVersion.text_sha256.in_(_WORDINGS))
)


def doubt(hub: Hub, session: Session, asset_id: str) -> str | None:
    """Return a warning where an asset is declared own and its file names somebody else; None before it is measured.

    What is written in a file is a claim of whoever wrote it: the declaration stands, and a person should look.
    """
    asset = session.get(Asset, asset_id)
    if asset is None or asset.facts is None or not is_own(session, asset_id):
        return None
    said = MediaFacts.load(asset.facts).embedded
    ours = [name.casefold() for name in (hub.settings.brand_name, hub.settings.credit) if name]
    found = [(words, getattr(said, field)) for field, words in _CLAIMS.items()]
    others = [(words, text) for words, text in found if text and not any(name in text.casefold() for name in ours)]
    if not others:
        return None
    named = ", ".join(f"{words} \u201c{text[:_SHOWN]}\u201d" for words, text in others)
    return (
        f"It is declared your own, but the file itself names {named}. Make sure that your company holds all rights; "
        "if not, put it on hold on its page."
    )
