"""What was composed of assets of the hub: the company's own work on them, and nothing more.

Whoever made the parts, is shown or is heard in them, is asked where the parts are: a use of the whole is allowed where
it is allowed for each of them, with everything that was done to them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.errors import Conflict
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetIngredient, AssetRights

from .canonical import canonical
from .evidence import Proof, attach
from .facts import answer, row_of, set_status
from .grants import Draft, add
from .missing import trashed
from .own import EVERYTHING

_ANSWERS = {
    "digital_source_type": "compositeCapture",
    "is_testimonial": False,
    "compensation": "none",
    "people": [],
    "properties": [],
    "music": "none",
}
"""Of what was added to the parts: nobody and nothing that is not in them."""


@dataclass(frozen=True)
class Whole:
    """Of which assets something was composed, in order, and what was done to them."""

    parts: Sequence[str]
    edits: Collection[str]


def declare_composed(hub: Hub, session: Session, actor: Actor, *, asset_id: str, whole: Whole) -> str:
    """Write down in the caller's transaction what an asset was composed of, and return the id of its own grant.

    Raises:
        Conflict: a part was erased or closed meanwhile.
        Forbidden: the actor may not edit rights.
    """
    gone = closed_among(session, whole.parts)
    if gone:
        raise Conflict(f"{', '.join(gone)} cannot be used any more.", code="part_closed")
    row = tie_parts(hub, session, actor, asset_id=asset_id, whole=whole)
    answer(hub, session, actor, asset_id=asset_id, answers=_ANSWERS)
    now = hub.now()
    dates = {"starts_at": now.isoformat(), "signed_at": now.isoformat()}
    grant = add(hub, session, actor, Draft({**EVERYTHING, **dates}, (asset_id,)))
    said = {"composed_of": row.ingredients, "edits": row.edits, "on": now.date().isoformat()}
    proof = Proof("own_declaration", canonical(said), "application/json", by_hub=True)
    attach(hub, session, actor, grant_id=grant.id, proof=proof)
    set_status(hub, session, actor, asset_id=asset_id, status="active", note="Composed here")
    return grant.id


def tie_parts(hub: Hub, session: Session, actor: Actor, *, asset_id: str, whole: Whole) -> AssetRights:
    """Make some assets parts of another, beside those that it has; the same bytes may be composed of others as well.

    Raises:
        Forbidden: the actor may not edit rights.
        NotFound: there is no such asset.
    """
    known = select(AssetIngredient.ingredient_id).where(AssetIngredient.asset_id == asset_id)
    before = list(session.scalars(known.order_by(AssetIngredient.position)))
    row = row_of(hub, session, asset_id)
    parts = list(dict.fromkeys([*before, *whole.parts]))
    session.add_all(
        AssetIngredient(asset_id=asset_id, position=number, ingredient_id=part)
        for number, part in enumerate(parts)
        if part not in before
    )
    row.edits = sorted({*row.edits, *whole.edits})
    session.flush()
    wanted = list(dict.fromkeys([*parts, *row.ingredients]))
    return answer(hub, session, actor, asset_id=asset_id, answers={"ingredients": wanted})


def closed_among(session: Session, asset_ids: Iterable[str]) -> list[str]:
    """Return those of some assets of which nothing new may be made: erased, taken down, on hold, or in the trash.

    What was composed of something that lies in the trash counts as that does.
    """
    ids = sorted(set(asset_ids))
    wanted = (
        select(Asset.id)
        .outerjoin(AssetRights, AssetRights.asset_id == Asset.id)
        .where(Asset.id.in_(ids))
        .where(Asset.status == "ready")
        .where(AssetRights.status.is_(None) | AssetRights.status.not_in(("hold", "taken_down", "erased")))
    )
    open_ = set(session.scalars(wanted)) - trashed(session, ids).keys()
    return [one for one in ids if one not in open_]


def wholes_of(session: Session, asset_ids: Iterable[str]) -> list[str]:
    """Return the assets that were composed of any of these, and of those again; erased ones are left out."""
    found: list[str] = []
    waiting = sorted(set(asset_ids))
    while waiting:
        wanted = (
            select(AssetIngredient.asset_id)
            .join(Asset, Asset.id == AssetIngredient.asset_id)
            .where(AssetIngredient.ingredient_id.in_(waiting), Asset.status != "erased")
        )
        waiting = sorted(set(session.scalars(wanted)) - set(found))
        found += waiting
    return found
