"""What has to follow in the same transaction when grants or rights facts of assets change."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from ugc_hub.audit import record
from ugc_hub.hub import Hub
from ugc_hub.models import (
    AssetIngredient,
    AssetPerson,
    AssetRights,
    Grant,
    GrantAsset,
    GrantSupersession,
    Usage,
    UsageBed,
)

from .afterlife import OPEN, settle
from .clearing import follow


def changed(hub: Hub, session: Session, asset_ids: Iterable[str] | None) -> None:
    """Note that the answers for these assets may differ from now on; None means all assets."""
    ids = None if asset_ids is None else sorted(set(asset_ids))
    _tell(hub, session, ids)
    follow(hub, session, ids)


def grants_changed(hub: Hub, session: Session, grant_ids: Iterable[str]) -> None:
    """Note that these grants say something else from now on, and with them the answers for all assets they reach.

    What takes the place of another grant also reaches the assets of that one.
    """
    session.flush()
    ids = set(grant_ids)
    ids |= set(session.scalars(select(GrantSupersession.older_id).where(GrantSupersession.newer_id.in_(ids))))
    named = select(GrantAsset.asset_id).where(GrantAsset.grant_id.in_(ids)).distinct()
    assets = list(session.scalars(named))
    every = session.execute(
        select(Grant.effect, Grant.subject).where(Grant.id.in_(ids), Grant.reach == "all").distinct()
    ).all()
    for _, subject in every:
        if subject is not None:
            assets += _showing(session, subject)
    ofall = [effect for effect, subject in every if subject is None]
    _tell(hub, session, None if ofall else sorted(set(assets)))
    if ofall:  # what was composed already may have been edited in a way that is forbidden now
        assets += session.scalars(select(AssetIngredient.asset_id).distinct())
    # A prohibition of everybody's use is asked with each use; see `usable`.
    follow(hub, session, None if "permit" in ofall else assets)


def _showing(session: Session, subject: str) -> list[str]:
    """The assets that show a person or a property, or in which a track is heard, be it only in a copy that is out."""
    listed = (cast(column, Text).contains(subject, autoescape=True) for column in _LISTS)
    persons = session.scalars(select(AssetPerson.asset_id).where(AssetPerson.person_id == subject))
    beds = select(Usage.asset_id).join(UsageBed, UsageBed.usage_id == Usage.id).where(UsageBed.track_id == subject)
    copies = session.scalars(beds.where(Usage.status.in_(OPEN)).distinct())
    return [*persons, *copies, *session.scalars(select(AssetRights.asset_id).where(or_(*listed)))]


_LISTS = (AssetRights.properties, AssetRights.tracks)


def _tell(hub: Hub, session: Session, ids: list[str] | None) -> None:
    """Write it down, and bring copies that are out up to date."""
    for asset_id in ["*"] if ids is None else ids:
        record(session, hub.now(), "rights.changed", asset_id)
    settle(hub, session, ids)
