"""What lies in the trash, and what was composed of it: no exit lets either out, and every answer names why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CTE, Select, func, null, select
from sqlalchemy.orm import Session

from ugc_hub.database import READS
from ugc_hub.database.among import among
from ugc_hub.errors import Gone
from ugc_hub.models import Asset, AssetIngredient
from ugc_hub.rights import Decision, Reason

CODE = "IN_TRASH"
_NAMED = 3
BATCH = 500
"""Assets of one statement: some databases take few values in it."""


@dataclass(frozen=True)
class Binned:
    """Something that lies in the trash: an asset that was asked for, or one that it was composed of."""

    asset_id: str
    name: str


def trashed(session: Session, asset_ids: Collection[str]) -> dict[str, list[Binned]]:
    """Return those of some assets that lie in the trash or were composed of something that does, with what does."""
    found: dict[str, list[Binned]] = {}
    if not session.info.get(READS):
        session.flush()
    rows = session.connection().execute(_TRASHED, {"ids": list(asset_ids)}).all()
    for asset_id, part_id, title, file_name in sorted(rows):
        found.setdefault(asset_id, []).append(Binned(part_id, title or file_name))
    return found


def with_parts_in_trash(session: Session, asset_ids: Collection[str]) -> frozenset[str]:
    """Return those of some assets that were composed of something in the trash."""
    found: set[str] = set()
    ids = list(asset_ids)
    for first in range(0, len(ids), BATCH):
        binned = trashed(session, ids[first : first + BATCH])
        found |= {one for one, parts in binned.items() if any(part.asset_id != one for part in parts)}
    return frozenset(found)


def _trashed() -> Select[Any]:
    asked = select(Asset.id.label("asset_id"), Asset.id.label("part_id"))
    parts = asked.where(among(Asset.id)).cte("parts", recursive=True)
    below = select(parts.c.asset_id, AssetIngredient.ingredient_id)
    parts = parts.union(below.join(AssetIngredient, AssetIngredient.asset_id == parts.c.part_id))
    wanted = select(parts.c.asset_id, Asset.id, Asset.title, Asset.file_name)
    # Written so that no database begins with all assets, for the sake of the order or of an index: parts are few.
    binned = func.coalesce(Asset.trashed_at, null()).is_not(None)
    return wanted.join(Asset, Asset.id == parts.c.part_id).where(binned)


_TRASHED = _trashed()
"""Put together once: for every download that took as long as asking it."""


def above(parts: Select[str]) -> CTE:
    """Return `part_id` and `asset_id` of everything that was composed of some assets, and of that again."""
    direct = select(AssetIngredient.ingredient_id.label("part_id"), AssetIngredient.asset_id)
    wholes = direct.where(AssetIngredient.ingredient_id.in_(parts)).cte("wholes", recursive=True)
    further = select(wholes.c.part_id, AssetIngredient.asset_id)
    return wholes.union(further.join(AssetIngredient, AssetIngredient.ingredient_id == wholes.c.asset_id))


def in_trash(asset_id: str, binned: Sequence[Binned]) -> Gone:
    """Return the error of an exit for an asset that lies in the trash, or a part of which does; see `trashed`."""
    reasons = [_reason(asset_id, one) for one in binned]
    told = " ".join(dict.fromkeys(reason.sentence for reason in reasons[:_NAMED]))
    return Gone(
        f"{told} {reasons[0].next_step}",
        code="in_trash",
        extra={"reasons": [reason.key for reason in reasons], "parts": [one.asset_id for one in binned]},
    )


def why_binned(asset_id: str, binned: Sequence[Binned]) -> str:
    """Return in a sentence what of an asset lies in the trash; see `trashed`."""
    return _reason(asset_id, binned[0]).sentence


def with_trash(session: Session, asset_id: str, decision: Decision) -> Decision:
    """Return an answer to somebody who asks, with what lies in the trash first among its reasons.

    What is kept of an answer is what the grants say, so that it can be replayed: the trash is asked by every exit.
    """
    binned = trashed(session, [asset_id]).get(asset_id)
    if not binned:
        return decision
    return replace(
        decision,
        decision="deny",
        reasons=(*(_reason(asset_id, one) for one in binned), *decision.reasons),
        duties=(),
        grants_used=(),
        valid_until=None,
        territory_decisions=dict.fromkeys(decision.territory_decisions, "deny"),
    )


def _reason(asset_id: str, one: Binned) -> Reason:
    if one.asset_id == asset_id:
        return Reason(CODE, sentence="This asset is in the trash.", next_step="Take it out of there first.")
    sentence = f"This asset was composed of “{one.name}”, which is in the trash."
    return Reason(CODE, asset=one.asset_id, sentence=sentence, next_step="Take it out of there first.")
