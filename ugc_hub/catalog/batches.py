"""The statements of an edit: what was there before is kept, then all of it is changed, whatever the number of assets.

Each field is one pair of statements, and its undoing another; nothing is read into memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, false, func, insert, literal, null, select, true, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLColumnExpression

from ugc_hub.licensing.trash import held, live, live_above
from ugc_hub.models import Asset, AssetIngredient, AssetTag, CampaignField, Edit, EditAsset, EditValue, FieldValue, Tag

Before = SQLColumnExpression[Any]
COLUMNS = {
    "title": Asset.title,
    "description": Asset.description,
    "language": Asset.language,
    "campaign": Asset.campaign_id,
    "creator": Asset.creator_id,
}
"""What an edit sets to one value, by the name of the field."""
TRASH, TAG, FIELD = "trash", "tag:", "field:"
IN_TRASH = "yes"
LASTED = timedelta(minutes=1)
"""Edits of earlier releases were noted before what they threw away, by no more than this."""
UNDONE, CHANGED = "undone", "changed"
_VALUES = ("edit_id", "asset_id", "field", "before", "after", "outcome")


def _chosen(edit_id: str) -> Select[str]:
    return select(EditAsset.asset_id).where(EditAsset.edit_id == edit_id)


def _kept(edit_id: str, field: str, outcome: str = "") -> Select[str]:
    return select(EditValue.asset_id).where(
        EditValue.edit_id == edit_id, EditValue.field == field, EditValue.outcome == outcome
    )


def _keep(
    session: Session,
    edit_id: str,
    field: str,
    rows: Select[Any],
    *,
    before: Before,
    after: str | None,
) -> None:
    """Write for the assets of a select what was there and what comes; its first column is the asset's id."""
    values = rows.with_only_columns(
        literal(edit_id),
        rows.selected_columns[0],
        literal(field),
        before,
        null() if after is None else literal(after),
        literal(""),
    )
    session.execute(insert(EditValue).from_select(_VALUES, values))


def set_columns(session: Session, edit_id: str, values: Mapping[str, str | None]) -> None:
    """Set fields of all chosen assets, each to one value, and keep of each field those that had another."""
    for field, value in values.items():
        column = COLUMNS[field]
        rows = select(Asset.id).where(Asset.id.in_(_chosen(edit_id)), column.is_distinct_from(value))
        _keep(session, edit_id, field, rows, before=column, after=value)
    if values:
        # All at once: a row is written as often as it is updated.
        changed = select(EditValue.asset_id).where(EditValue.edit_id == edit_id, EditValue.field.in_(values))
        pairs = {COLUMNS[field]: value for field, value in values.items()}
        moved = update(Asset).where(Asset.id.in_(changed)).values(pairs)
        session.execute(moved.execution_options(synchronize_session=False))


def add_tag(session: Session, edit_id: str, tag_id: str) -> None:
    """Give all chosen assets a tag, and keep those that had it not."""
    field, has = TAG + tag_id, select(AssetTag.asset_id).where(AssetTag.tag_id == tag_id)
    rows = select(EditAsset.asset_id).where(EditAsset.edit_id == edit_id, EditAsset.asset_id.not_in(has))
    _keep(session, edit_id, field, rows, before=null(), after=tag_id)
    _give(session, _kept(edit_id, field), tag_id)


def remove_tag(session: Session, edit_id: str, tag_id: str) -> None:
    """Take a tag from all chosen assets, and keep those that had it."""
    field = TAG + tag_id
    rows = select(AssetTag.asset_id).where(AssetTag.tag_id == tag_id, AssetTag.asset_id.in_(_chosen(edit_id)))
    _keep(session, edit_id, field, rows, before=literal(tag_id), after=None)
    _take(session, _kept(edit_id, field), tag_id)


def _give(session: Session, ids: Select[str], tag_id: str) -> None:
    rows = ids.add_columns(literal(tag_id))
    session.execute(insert(AssetTag).from_select(["asset_id", "tag_id"], rows))


def _take(session: Session, ids: Select[str], tag_id: str) -> None:
    gone = delete(AssetTag).where(AssetTag.tag_id == tag_id, AssetTag.asset_id.in_(ids))
    session.execute(gone.execution_options(synchronize_session=False))


def set_field(session: Session, edit_id: str, field: CampaignField, value: str | None) -> None:
    """Set a field of all chosen assets of its campaign to one value, and keep of those that had another what it was."""
    # The kind is part of the name: what a field of another kind said does not come back into it.
    name = f"{FIELD}{field.id}:{field.kind}"
    said = (FieldValue.asset_id == Asset.id) & (FieldValue.field_id == field.id)
    rows = select(Asset.id).select_from(Asset).outerjoin(FieldValue, said)
    rows = rows.where(Asset.id.in_(_chosen(edit_id)), Asset.campaign_id == field.campaign_id)
    rows = rows.where(FieldValue.value.is_distinct_from(value))
    _keep(session, edit_id, name, rows, before=FieldValue.value, after=value)
    _unsay(session, _kept(edit_id, name), field.id)
    if value is not None:
        _say(session, _kept(edit_id, name).add_columns(literal(field.id), literal(value)))


def _unsay(session: Session, ids: Select[str], field_id: str) -> None:
    gone = delete(FieldValue).where(FieldValue.field_id == field_id, FieldValue.asset_id.in_(ids))
    session.execute(gone.execution_options(synchronize_session=False))


def _say(session: Session, rows: Select[Any]) -> None:
    session.execute(insert(FieldValue).from_select(["asset_id", "field_id", "value"], rows))


def most_tags(session: Session, edit_id: str) -> int:
    """Return how many tags the chosen asset with the most of them has."""
    counted = (
        select(func.count().label("number")).where(AssetTag.asset_id.in_(_chosen(edit_id))).group_by(AssetTag.asset_id)
    ).subquery()
    return session.scalar(select(func.max(counted.c.number))) or 0


def count_live(session: Session, edit_id: str, now: datetime) -> int:
    """Return how many of the chosen assets, or of what they are parts of, have live uses; none of the trash."""
    runs = live(now) | Asset.id.in_(live_above(_chosen(edit_id), now))
    wanted = select(func.count()).where(Asset.id.in_(_chosen(edit_id)), Asset.trashed_at.is_(None), runs)
    return session.scalar(wanted.select_from(Asset)) or 0


def count_held(session: Session, edit_id: str) -> int:
    """Return how many of the chosen assets stay out of the trash."""
    wanted = select(func.count()).where(Asset.id.in_(_chosen(edit_id)), Asset.trashed_at.is_(None), held())
    return session.scalar(wanted.select_from(Asset)) or 0


def trash(session: Session, edit_id: str, *, now: datetime | None, by: str | None) -> None:
    """Move all chosen assets into the trash, but those that are held; without a time take them out of it."""
    rows = select(Asset.id).where(Asset.id.in_(_chosen(edit_id)))
    if now is None:
        rows = rows.where(Asset.trashed_at.is_not(None))
        _keep(session, edit_id, TRASH, rows, before=literal(IN_TRASH), after=None)
    else:
        _keep(session, edit_id, TRASH, rows.where(Asset.trashed_at.is_(None), ~held()), before=null(), after=IN_TRASH)
    _move(session, _kept(edit_id, TRASH), now, by)


def moved(edit_id: str, *, back: bool = False) -> Select[str]:
    """Return what an edit moved into the trash or out of it, or what undoing it moved back."""
    return _kept(edit_id, TRASH, UNDONE if back else "")


def _move(session: Session, ids: Select[str], now: datetime | None, by: str | None) -> None:
    # Asked again by PostgreSQL when it has waited for an erasure: of what is erased nothing is known any more.
    there = update(Asset).where(Asset.id.in_(ids), Asset.status != "erased")
    moved = there.values(trashed_at=now, trashed_by=by if now else None)
    session.execute(moved.execution_options(synchronize_session=False))


def undo(session: Session, edit_id: str, field: str, *, now: datetime, by: str | None) -> None:
    """Bring back what one field was, where it still is as the edit left it; note the outcome of each asset."""
    after = session.scalar(
        select(EditValue.after).where(EditValue.edit_id == edit_id, EditValue.field == field).limit(1)
    )
    of_edit = (EditValue.edit_id == edit_id) & (EditValue.field == field)
    made = session.get_one(Edit, edit_id).created_at
    still = select(Asset.id).where(_still(field, after, (made, now)))
    _mark(session, of_edit & EditValue.asset_id.not_in(still), CHANGED)
    if field.startswith(FIELD):
        _mark(session, of_edit & _not_taken(session, field), CHANGED)
    _mark(session, of_edit & (EditValue.outcome == ""), UNDONE)
    ids = _kept(edit_id, field, UNDONE)
    if field == TRASH:
        _move(session, ids, None if after else now, by)
    elif field.startswith(TAG):
        (_take if after else _give)(session, ids, field.removeprefix(TAG))
    elif field.startswith(FIELD):
        field_id = field.split(":")[1]
        _unsay(session, ids, field_id)
        rows = ids.where(EditValue.before.is_not(None)).add_columns(literal(field_id), EditValue.before)
        _say(session, rows)
    else:
        before = select(EditValue.before).where(of_edit, EditValue.asset_id == Asset.id).scalar_subquery()
        moved = update(Asset).where(Asset.id.in_(ids)).values({COLUMNS[field]: before})
        session.execute(moved.execution_options(synchronize_session=False))


def _mark(session: Session, which: ColumnElement[bool], outcome: str) -> None:
    marked = update(EditValue).where(which).values(outcome=outcome)
    session.execute(marked.execution_options(synchronize_session=False))


def _still(field: str, after: str | None, times: tuple[datetime, datetime]) -> ColumnElement[bool]:
    """Say of which assets a field is as an edit left it; `times` are when it was made, and now."""
    made, now = times
    if field == TRASH and after:
        # What was taken out meanwhile and thrown away again is there because somebody else wanted it.
        return Asset.trashed_at.between(made, made + LASTED)
    if field == TRASH:
        # What somebody holds or has begun to use since does not go into the trash unasked.
        of_wholes = live_above(select(AssetIngredient.ingredient_id), now)
        return Asset.trashed_at.is_(None) & ~held() & ~live(now) & Asset.id.not_in(of_wholes)
    if field.startswith(TAG):
        tag_id = field.removeprefix(TAG)
        has = Asset.id.in_(select(AssetTag.asset_id).where(AssetTag.tag_id == tag_id))
        # What was taken comes back only as long as there is such a tag.
        return has if after else ~has & exists().where(Tag.id == tag_id)
    if field.startswith(FIELD):
        said = select(FieldValue.asset_id).where(FieldValue.field_id == field.split(":")[1])
        return Asset.id.in_(said.where(FieldValue.value == after)) if after else Asset.id.not_in(said)
    return COLUMNS[field].is_not_distinct_from(after)


def _not_taken(session: Session, field: str) -> ColumnElement[bool]:
    """Say which values that were there before a field does not take any more."""
    _, field_id, kind = field.split(":")
    row = session.get(CampaignField, field_id)
    if row is None or row.kind != kind:
        return true()
    return EditValue.before.not_in(row.choices) if kind == "choice" else false()
