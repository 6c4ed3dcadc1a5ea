"""Says what the fields of a campaign are for one asset, or for all assets of an edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.audit import record
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Campaign, CampaignField, EditAsset, FieldValue

from . import batches
from .fields import Plain, asked_for, checked
from .words import key


def lock(hub: Hub, session: Session, campaign_id: str) -> None:
    """Let whoever fills in fields of a campaign and whoever changes what they take follow one another."""
    hub.database.serialise(session, f"fields:{campaign_id}")


def lock_named(hub: Hub, session: Session, values: Iterable[str]) -> None:
    """Lock the campaigns of what an edit set, by the names of its values: what comes back is of the kind asked for."""
    ids = {name.split(":")[1] for name in values if name.startswith(batches.FIELD)}
    campaigns = session.scalars(select(CampaignField.campaign_id).where(CampaignField.id.in_(ids)).distinct())
    for campaign_id in sorted(campaigns.all()):
        lock(hub, session, campaign_id)


def fill(hub: Hub, session: Session, actor: Actor, *, asset: Asset, given: Mapping[str, Plain]) -> None:
    """Keep what some fields say of an asset, in the caller's transaction; the others stay. None and empty take away.

    Raises:
        Invalid: its campaign has no such field, or the field does not take the value.
    """
    if not given:
        return
    campaign_id = asset.campaign_id or ""
    lock(hub, session, campaign_id)
    fields = session.scalars(select(CampaignField).where(CampaignField.campaign_id == campaign_id)).all()
    wanted = asked_for(fields, given)
    has = {row.field_id: row for row in session.scalars(select(FieldValue).where(FieldValue.asset_id == asset.id))}
    changed = []
    for field_id, (_, value) in wanted.items():
        row = has.get(field_id)
        if value == (row.value if row else None):
            continue
        changed.append(field_id)
        if value is None:
            session.execute(delete(FieldValue).where(FieldValue.asset_id == asset.id, FieldValue.field_id == field_id))
        elif row is not None:
            row.value = value
        else:
            session.add(FieldValue(asset_id=asset.id, field_id=field_id, value=value))
    if changed:
        session.flush()
        # Which of them, not what they say: values may name people, and an entry can never be erased.
        record(session, hub.now(), "asset.filled", asset.id, actor=actor.user_id, fields=sorted(changed))


def fill_chosen(hub: Hub, session: Session, edit_id: str, given: Mapping[str, Plain]) -> None:
    """Keep what some fields, by name, say of all chosen assets of an edit, with what they said before.

    Raises:
        Invalid: one of the assets has no such field (code `no_such_field`, their number in `extra`), or a field of
            one of the campaigns does not take the value.
    """
    if not given:
        return
    chosen = select(EditAsset.asset_id).where(EditAsset.edit_id == edit_id)
    campaigns = session.scalars(select(Asset.campaign_id).where(Asset.id.in_(chosen)).distinct()).all()
    for campaign_id in sorted(filter(None, campaigns)):
        lock(hub, session, campaign_id)
    names = {key(name): (name, value) for name, value in given.items()}
    if len(names) < len(given):
        raise Invalid("A field is named twice.", extra={"field": "fields"})
    for folded, (name, value) in names.items():
        wanted = select(CampaignField, Campaign.name).join(Campaign, Campaign.id == CampaignField.campaign_id)
        wanted = wanted.where(CampaignField.folded == folded, CampaignField.campaign_id.in_(filter(None, campaigns)))
        rows = session.execute(wanted.order_by(CampaignField.id)).all()
        _require_all(session, chosen, (name, [field.campaign_id for field, _ in rows]))
        for field, campaign in rows:
            batches.set_field(session, edit_id, field, _taken(field, campaign, value))


def _taken(field: CampaignField, campaign: str, value: Plain) -> str | None:
    try:
        return checked(field, value)
    except Invalid as problem:
        raise Invalid(f"{campaign}: {problem.message}", code=problem.code, extra=problem.extra) from None


def _require_all(session: Session, chosen: Select[str], field: tuple[str, list[str]]) -> None:
    name, campaigns = field
    others = select(func.count()).select_from(Asset).where(Asset.id.in_(chosen))
    count = session.scalar(others.where(Asset.campaign_id.is_(None) | Asset.campaign_id.not_in(campaigns))) or 0
    if count:
        words = f"{count:,} of these are of campaigns without a field “{name[:60]}”. Leave them out, or add it there."
        raise Invalid(words, code="no_such_field", extra={"field": "fields", "assets": count})
