"""Fields of campaigns: what is said of each of their assets, of which kind it is, and whether it has to be said."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.creators import clean_name
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Campaign, CampaignField, FieldValue

from .fields import KINDS, LONGEST_CHOICE, LONGEST_NAME, clean
from .filling import lock
from .view import under_order
from .words import key

MOST_FIELDS = 50
"""Fields of one campaign."""
MOST_CHOICES = 100


@dataclass(frozen=True)
class Definition:
    """A new field; choices are those of a choice, in their order."""

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class FieldChange:
    """What becomes of a field; what is None stays."""

    name: str | None = None
    kind: str | None = None
    required: bool | None = None
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True)
class DefinedField:
    """A field of a campaign, and the number of assets of which a search finds what it says.

    Those in the trash, under a legal order or in another campaign by now are not among them, whoever asks.
    """

    id: str
    campaign: str
    name: str
    kind: str
    required: bool
    choices: tuple[str, ...]
    assets: int


def list_fields(hub: Hub, actor: Actor, campaign: str | None = None) -> dict[str, tuple[DefinedField, ...]]:
    """Return the fields of all campaigns, or of the one with a name, by its name; also of those without any.

    Raises:
        NotFound: there is no campaign with this name.
    """
    require(actor, "field.view")
    wanted = select(Campaign.name, CampaignField, _found())
    wanted = wanted.outerjoin(CampaignField, CampaignField.campaign_id == Campaign.id)
    if campaign is not None:
        wanted = wanted.where(Campaign.name == unicodedata.normalize("NFC", campaign).strip())
    found: defaultdict[str, tuple[DefinedField, ...]] = defaultdict(tuple)
    with hub.database.read() as session:
        for name, row, count in session.execute(wanted.order_by(Campaign.name, CampaignField.id)):
            found[name] += (_shown(row, name, count),) if row is not None else ()
    if campaign is not None and not found:
        raise NotFound(f"There is no campaign “{campaign[:60]}”.")
    return dict(found)


def _shown(row: CampaignField, campaign: str, count: int) -> DefinedField:
    return DefinedField(row.id, campaign, row.name, row.kind, row.required, tuple(row.choices), count)


def get_field(hub: Hub, actor: Actor, field_id: str) -> DefinedField:
    """Return one field.

    Raises:
        NotFound: there is none of this id.
    """
    require(actor, "field.view")
    with hub.database.read() as session:
        row = _field(session, field_id)
        count = session.scalar(select(_found()).where(CampaignField.id == field_id)) or 0
        return _shown(row, session.get_one(Campaign, row.campaign_id).name, count)


def _found() -> ScalarSelect[int]:
    """Of how many assets a search finds what a field says."""
    said = select(func.count()).select_from(FieldValue).join(Asset, Asset.id == FieldValue.asset_id)
    said = said.where(FieldValue.field_id == CampaignField.id, Asset.campaign_id == CampaignField.campaign_id)
    said = said.where(Asset.trashed_at.is_(None), Asset.id.not_in(under_order()))
    return said.correlate(CampaignField).scalar_subquery()


def assets_of_fields(hub: Hub, actor: Actor) -> dict[str, int]:
    """Return of how many assets each field says something, by its id, whether they are seen or not; none says 0."""
    require(actor, "field.edit")
    wanted = select(FieldValue.field_id, func.count()).group_by(FieldValue.field_id)
    with hub.database.read() as session:
        return {row[0]: row[1] for row in session.execute(wanted)}


def field_names(hub: Hub, actor: Actor) -> list[str]:
    """Return the names that fields have in any campaign, each once however it is written, in alphabetical order."""
    require(actor, "field.view")
    wanted = select(func.min(CampaignField.name)).group_by(CampaignField.folded).order_by(CampaignField.folded)
    with hub.database.read() as session:
        return list(session.scalars(wanted))


def _field(session: Session, field_id: str) -> CampaignField:
    row = session.get(CampaignField, field_id)
    if row is None:
        raise NotFound("There is no such field.")
    return row


def _count(session: Session, field_id: str) -> int:
    return session.scalar(select(func.count()).where(FieldValue.field_id == field_id)) or 0


def _name(text: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not key(name) or len(name) > LONGEST_NAME or not name.isprintable() or set(name) & set('=",'):
        words = f'The name of a field has 1 to {LONGEST_NAME} characters, and none of = " and commas.'
        raise Invalid(words, extra={"field": "name"})
    return name


def _choices(kind: str, given: Iterable[str]) -> list[str]:
    if kind not in KINDS:
        raise Invalid(f"The kind of a field is one of {', '.join(KINDS)}.", extra={"field": "kind"})
    if kind != "choice":
        return []
    wanted = {key(text): " ".join(unicodedata.normalize("NFC", text).split()) for text in given}
    wrong = any(not folded or len(text) > LONGEST_CHOICE or not text.isprintable() for folded, text in wanted.items())
    if wrong or not 1 <= len(wanted) <= MOST_CHOICES:
        words = f"A field of this kind has 1 to {MOST_CHOICES} choices with 1 to {LONGEST_CHOICE} characters each."
        raise Invalid(words, extra={"field": "choices"})
    return list(wanted.values())


def add_field(hub: Hub, actor: Actor, campaign: str, definition: Definition) -> DefinedField:
    """Give a campaign a field; if it is required, its assets are incomplete from now on.

    Raises:
        Conflict: the campaign has a field with this name.
        Invalid: name, kind or choices cannot be, or the campaign has `MOST_FIELDS`.
        NotFound: there is no such campaign.
    """
    require(actor, "field.edit")
    name, text = _name(definition.name), clean_name(campaign)
    choices = _choices(definition.kind, definition.choices)
    with hub.database.write() as session:
        found = session.scalar(select(Campaign).where(Campaign.name == text))
        if found is None:
            raise NotFound(f"There is no campaign “{text[:60]}”.")
        lock(hub, session, found.id)
        if (session.scalar(select(func.count()).where(CampaignField.campaign_id == found.id)) or 0) >= MOST_FIELDS:
            raise Invalid(f"A campaign has at most {MOST_FIELDS} fields.", extra={"field": "name"})
        row = CampaignField(
            id=hub.new_id("fld"),
            created_at=hub.now(),
            campaign_id=found.id,
            kind=definition.kind,
            required=definition.required,
            choices=choices,
        )
        _set_name(session, row, name)
        session.add(row)
        record(session, hub.now(), "field.added", row.id, actor=actor.user_id, campaign=found.id, type=row.kind)
    return _shown(row, text, 0)


def _set_name(session: Session, row: CampaignField, name: str) -> None:
    same = select(CampaignField.id).where(
        CampaignField.campaign_id == row.campaign_id, CampaignField.folded == key(name), CampaignField.id != row.id
    )
    if session.scalar(same) is not None:
        raise Conflict(f"The campaign has a field “{name}” already.", code="field_taken")
    row.name, row.folded = name, key(name)


def change_field(hub: Hub, actor: Actor, field_id: str, change: FieldChange) -> DefinedField:
    """Change a field; where its kind or its choices change, values that the new ones take are converted.

    Raises:
        Conflict: the campaign has a field with this name; or assets have values that would not be taken (code
            `field_in_use`, the number of assets in `extra`).
        Invalid: name, kind or choices cannot be.
        NotFound: there is no such field.
    """
    require(actor, "field.edit")
    with hub.database.write() as session:
        row = _locked(hub, session, field_id)
        kind = change.kind if change.kind is not None else row.kind
        choices = _choices(kind, change.choices if change.choices is not None else row.choices)
        said: dict[str, object] = {"name": row.name, "kind": row.kind, "required": row.required, "choices": row.choices}
        converted = _convert(session, field_id, kind, choices) if (kind, choices) != (row.kind, row.choices) else 0
        if change.name is not None:
            _set_name(session, row, _name(change.name))
        row.kind, row.choices = kind, choices
        row.required = row.required if change.required is None else change.required
        changed = [name for name, before in said.items() if getattr(row, name) != before]
        if changed:
            session.flush()
            details = {"changed": changed, "converted": converted}
            record(session, hub.now(), "field.changed", row.id, actor=actor.user_id, **details)
    return get_field(hub, actor, field_id)


def _locked(hub: Hub, session: Session, field_id: str) -> CampaignField:
    row = _field(session, field_id)
    lock(hub, session, row.campaign_id)
    session.expire(row)  # as it is now that nobody else changes it
    return _field(session, field_id)


def _convert(session: Session, field_id: str, kind: str, choices: list[str]) -> int:
    """Bring the values of a field into the form of another kind; returns of how many assets that changed them."""
    wanted = select(FieldValue.value, func.count()).where(FieldValue.field_id == field_id).group_by(FieldValue.value)
    others: dict[str, str] = {}
    lost = converted = 0
    for value, count in session.execute(wanted):
        try:
            new = clean(kind, choices, value)
        except Invalid:
            lost += count
            continue
        if new is not None and new != value:
            others[value] = new
            converted += count
    if lost:
        have = "1 asset has a value" if lost == 1 else f"{lost:,} assets have values"
        words = f"{have} that this would not take. Change them first; a search for the field finds them."
        raise Conflict(words, code="field_in_use", extra={"assets": lost})
    if others:
        # What a value becomes stays as it is, so that none is changed twice.
        moved = update(FieldValue.__table__).where(  # type: ignore[arg-type]
            FieldValue.field_id == bindparam("of"), FieldValue.value == bindparam("old")
        )
        rows = [{"of": field_id, "old": old, "new": new} for old, new in others.items()]
        session.connection().execute(moved.values(value=bindparam("new")), rows)
    return converted


def remove_field(hub: Hub, actor: Actor, field_id: str, *, values: bool = False) -> int:
    """Take a field away from its campaign; returns the number of assets of which it said something.

    Raises:
        Conflict: it says something of assets, and `values` does not say that this may go as well (code
            `field_in_use`, the number of assets in `extra`).
        NotFound: there is no such field.
    """
    require(actor, "field.edit")
    with hub.database.write() as session:
        row = _locked(hub, session, field_id)
        count = _count(session, field_id)
        if count and not values:
            have = "1 asset has a value" if count == 1 else f"{count:,} assets have values"
            raise Conflict(f"{have} of this field.", code="field_in_use", extra={"assets": count})
        session.execute(delete(FieldValue).where(FieldValue.field_id == field_id))
        session.execute(delete(CampaignField).where(CampaignField.id == field_id))
        session.expunge(row)
        record(session, hub.now(), "field.removed", field_id, actor=actor.user_id, assets=count)
    return count
