"""Edits of many assets in one step, which can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, distinct, func, insert, literal, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may, require
from ugc_hub.audit import record
from ugc_hub.creators import campaign_by_name, creator_by_handle
from ugc_hub.errors import Conflict, Invalid, NotFound, Unavailable
from ugc_hub.hub import Hub
from ugc_hub.licensing.trash import parts_moved
from ugc_hub.models import Asset, Edit, EditAsset, EditValue

from . import batches
from .describing import clean_words
from .fields import Plain
from .filling import fill_chosen, lock_named
from .find import matching
from .selecting import MOST, Selection, settled
from .selecting import batches as parts
from .tags import MOST as MOST_TAGS
from .tags import ensure
from .view import under_order
from .words import key, named

UNDO_DAYS = 30
"""For so long what was there before is kept."""
SHOWN = 50
FEW = 200
"""So few assets are changed without waiting for those who change many."""
TURN = "edits"
WAIT_S = 25.0
"""For so long an edit waits for those before it: less than a proxy in front does for an answer."""


@dataclass(frozen=True)
class Change:
    """What becomes of each asset; None leaves a field alone, an empty text takes its value away.

    `campaign` is a name, `creator` a handle, `fields` values by the names of fields, which the campaigns of all assets
    must have. `live_too` says that assets with live uses may go into the trash as well.
    """

    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    title: str | None = None
    description: str | None = None
    language: str | None = None
    campaign: str | None = None
    creator: str | None = None
    trash: bool | None = None
    live_too: bool = False
    fields: Mapping[str, Plain] = field(default_factory=dict)


@dataclass(frozen=True)
class EditView:
    """An edit, and after its undoing what came of that."""

    id: str
    created_at: datetime
    user_id: str | None
    fields: tuple[str, ...]
    chosen: int
    changed: int
    """Assets of which something changed."""
    held: int
    """Assets that stay out of the trash, because somebody ordered that they are kept."""
    undone_at: datetime | None = None
    undone: int = 0
    """Assets of which something was brought back."""
    kept: int = 0
    """Assets that others changed meanwhile, in a field of this edit; that field was left as it is."""
    kept_assets: tuple[tuple[str, str], ...] = field(default=())
    """Some of them: id and file name."""


def edit(hub: Hub, actor: Actor, selection: Selection, change: Change, *, rehearsal: bool = False) -> EditView:
    """Change all chosen assets in one transaction, and keep what was there before.

    A rehearsal does the same and takes it back: it tells what would come of it, and there is no such edit.

    Raises:
        Conflict: assets with live uses would go into the trash (code `live_uses`, their number in `extra`).
        Forbidden: the actor may not edit assets; or not change whose they are, which takes `rights.edit`.
        Invalid: nothing is chosen or more than `MOST`, nothing is changed, or a value cannot be.
        Unavailable: others change many assets at the moment (code `edits_busy`); or a search is meant, and there is
            no index.
    """
    require(actor, "asset.edit")
    if change.creator is not None:
        require(actor, "rights.edit")
    told, selection = selection.told, settled(hub, actor, selection)
    with hub.database.write() as session:
        if selection.query is not None or len(selection.ids) > FEW:
            _take_turn(hub, session, TURN)
        row = Edit(id=hub.new_id("edt"), created_at=hub.now(), user_id=actor.user_id, fields=_fields(change), chosen=0)
        session.add(row)
        session.flush()
        row.chosen = _choose(session, actor, row.id, selection, told=told)
        _apply(hub, session, actor, row=row, change=change)
        counted = select(func.count(distinct(EditValue.asset_id))).where(EditValue.edit_id == row.id)
        row.changed = session.scalar(counted) or 0
        session.execute(delete(EditAsset).where(EditAsset.edit_id == row.id))
        # Without the values: they may name people, and an entry can never be erased.
        details: dict[str, Any] = {"fields": list(row.fields), "assets": row.changed}
        record(session, hub.now(), "assets.edited", row.id, actor=actor.user_id, **details)
        made = _view(session, row)
        if rehearsal:
            session.rollback()
    return made


def _take_turn(hub: Hub, session: Session, name: str) -> None:
    """Let edits of many assets follow one another.

    At once, each would take as long as all together, and two of the same assets could wait for each other.
    """
    try:
        hub.database.serialise(session, name, wait_s=WAIT_S)
    except OperationalError:
        words = "Others are changing many assets at the moment. Nothing of yours was changed; try again in a minute."
        raise Unavailable(words, code="edits_busy") from None


def _fields(change: Change) -> list[str]:
    names = [name for name in (*batches.COLUMNS, "trash") if getattr(change, name) is not None]
    names += ["tags"] if change.add_tags or change.remove_tags else []
    names += ["fields"] if change.fields else []
    if not names:
        raise Invalid("Say what is to be changed.", extra={"field": "change"})
    return names


def _choose(session: Session, actor: Actor, edit_id: str, selection: Selection, *, told: dict[str, str]) -> int:
    """Write down which assets are meant; returns their number. `told` is what an error says of how they were chosen."""
    if len(selection.ids) > MOST:
        raise Invalid(f"Choose at most {MOST:,} assets at once.", extra=told)
    if selection.query is not None:
        _insert(session, edit_id, _open(matching(session, actor, selection.query), actor).limit(MOST + 1))
    else:
        # Each once; an id of nothing is passed over, as one of an erased asset.
        for some in parts(list(dict.fromkeys(selection.ids))):
            known = select(Asset.id).where(Asset.id.in_(some), Asset.status != "erased")
            _insert(session, edit_id, _open(known, actor))
    count = session.scalar(select(func.count()).where(EditAsset.edit_id == edit_id)) or 0
    if not 1 <= count <= MOST:
        words = f"Choose at most {MOST:,} assets at once." if count else "No asset is chosen."
        raise Invalid(words, extra=told)
    return count


def _open(ids: Select[str], actor: Actor) -> Select[str]:
    """Leave out what a legal order hides: even how many of them an edit changes would tell what is said of them."""
    return ids if may(actor, "rights.legal") else ids.where(Asset.id.not_in(under_order()))


def _insert(session: Session, edit_id: str, ids: Select[str]) -> None:
    # Nobody takes them away until the end; SQLite has one writer at a time anyway.
    rows = ids.with_only_columns(literal(edit_id), Asset.id).with_for_update(read=True, key_share=True, of=Asset)
    session.execute(insert(EditAsset).from_select(["edit_id", "asset_id"], rows))


def _apply(hub: Hub, session: Session, actor: Actor, *, row: Edit, change: Change) -> None:
    batches.set_columns(session, row.id, _values(hub, session, change))
    gone = {tag.id for tag in named(session, change.remove_tags).values()}
    taken = {key(name.strip().removeprefix("#")) for name in change.remove_tags}  # of some there is no tag yet
    for tag in ensure(hub, session, actor, change.add_tags) if change.add_tags else ():
        if tag.id in gone or tag.folded in taken:
            raise Invalid(f"“{tag.name}” cannot be added and taken away at once.", extra={"field": "add_tags"})
        batches.add_tag(session, row.id, tag.id)
    for tag_id in sorted(gone):
        batches.remove_tag(session, row.id, tag_id)
    fill_chosen(hub, session, row.id, change.fields)
    if change.add_tags and batches.most_tags(session, row.id) > MOST_TAGS:
        raise Invalid(f"An asset has at most {MOST_TAGS} tags; one of these would have more.", code="too_many_tags")
    if change.trash:
        row.held = batches.count_held(session, row.id)
        count = 0 if change.live_too else batches.count_live(session, row.id, hub.now())
        if count:
            words = (
                f"Copies of {count:,} of these, or of what they are parts of, are in use. They go on to run elsewhere "
                "until somebody takes them down, and their links end."
            )
            raise Conflict(words, code="live_uses", extra={"live": count})
    if change.trash is not None:
        batches.trash(session, row.id, now=row.created_at if change.trash else None, by=actor.user_id)
        parts_moved(hub, session, batches.moved(row.id))


def _values(hub: Hub, session: Session, change: Change) -> Mapping[str, str | None]:
    """Return what columns are set to, by field; names become the ids of what they name."""
    words = {"title": change.title, "description": change.description, "language": change.language}
    values: dict[str, str | None] = dict(clean_words(words))
    if change.campaign is not None:
        name = change.campaign.strip()
        values["campaign"] = campaign_by_name(hub, session, name).id if name else None
    if change.creator is not None:
        name = change.creator.strip()
        values["creator"] = creator_by_handle(hub, session, name).id if name else None
    return values


def undo(hub: Hub, actor: Actor, edit_id: str) -> EditView:
    """Bring back what an edit changed; what others changed since is left as it is and told.

    Raises:
        Conflict: it was undone before, or is older than `UNDO_DAYS`.
        Forbidden: the actor may not make such an edit.
        NotFound: there is no such edit.
        Unavailable: as `edit`.
    """
    require(actor, "asset.edit")
    with hub.database.write() as session:
        _take_turn(hub, session, f"edit:{edit_id}")
        row = session.get(Edit, edit_id)
        if row is None:
            raise NotFound("There is no such edit.")
        if row.chosen > FEW:
            _take_turn(hub, session, TURN)
        if row.undone_at is not None:
            raise Conflict("This edit was undone before.", code="edit_undone")
        if row.created_at < hub.now() - timedelta(days=UNDO_DAYS):
            raise Conflict(f"An edit can be undone for {UNDO_DAYS} days.", code="edit_too_old")
        if "creator" in row.fields:
            require(actor, "rights.edit")
        names = session.scalars(select(EditValue.field).where(EditValue.edit_id == edit_id).distinct()).all()
        lock_named(hub, session, names)
        for name in names:
            batches.undo(session, edit_id, name, now=hub.now(), by=actor.user_id)
        parts_moved(hub, session, batches.moved(edit_id, back=True))
        row.undone_at, row.undone_by = hub.now(), actor.user_id
        record(session, hub.now(), "assets.edit_undone", edit_id, actor=actor.user_id)
    return get_edit(hub, actor, edit_id)


def get_edit(hub: Hub, actor: Actor, edit_id: str) -> EditView:
    """Return an edit.

    Raises:
        NotFound: there is none of this id.
    """
    require(actor, "asset.edit")
    with hub.database.read() as session:
        row = session.get(Edit, edit_id)
        if row is None:
            raise NotFound("There is no such edit.")
        return _view(session, row)


def _view(session: Session, row: Edit) -> EditView:
    undone, kept = (_count(session, row.id, outcome) for outcome in (batches.UNDONE, batches.CHANGED))
    wanted = select(Asset.id, Asset.file_name).where(Asset.id.in_(_with(row.id, batches.CHANGED)))
    some = session.execute(wanted.order_by(Asset.id.desc()).limit(SHOWN)).all() if kept else []
    return EditView(
        row.id,
        row.created_at,
        row.user_id,
        tuple(row.fields),
        row.chosen,
        row.changed,
        row.held,
        row.undone_at,
        undone,
        kept,
        tuple((one[0], one[1]) for one in some),
    )


def _with(edit_id: str, outcome: str) -> Select[str]:
    return select(EditValue.asset_id).where(EditValue.edit_id == edit_id, EditValue.outcome == outcome)


def _count(session: Session, edit_id: str, outcome: str) -> int:
    return session.scalar(select(func.count()).select_from(_with(edit_id, outcome).distinct().subquery())) or 0


def list_edits(hub: Hub, actor: Actor, *, limit: int = 50) -> list[Edit]:
    """Return the latest edits, newest first."""
    require(actor, "asset.edit")
    with hub.database.read() as session:
        return list(session.scalars(select(Edit).order_by(Edit.id.desc()).limit(limit)))


def forget_edits(hub: Hub) -> int:
    """Remove what was there before edits that can no longer be undone; returns the number of values."""
    old = select(Edit.id).where(Edit.created_at < hub.now() - timedelta(days=UNDO_DAYS + 1))
    with hub.database.write() as session:
        gone = session.execute(delete(EditValue).where(EditValue.edit_id.in_(old)))
        return gone.rowcount  # type: ignore[no-any-return, attr-defined]
