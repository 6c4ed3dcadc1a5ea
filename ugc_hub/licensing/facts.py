"""What is known of an asset that bears on rights: answered by people, and never guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetIngredient, AssetPerson, AssetRights, Person, Property, Track
from ugc_hub.rights import UnknownWord, data_mining, source_type

from .changes import changed
from .regions import checked

WORDS: Mapping[str, tuple[str, ...]] = {
    "compensation": ("paid", "gifted", "affiliate", "employee", "none", "unknown"),
    "people_state": ("none", "listed", "unknown"),
    "property_state": ("none", "listed", "unknown"),
    "music": ("none", "original", "present", "unknown"),
}
STATUSES = ("pending_review", "active", "hold", "taken_down", "erased")
CLOSED = ("hold", "taken_down")
"""Statuses that a legal order or legal itself may have set."""
LISTS: Mapping[str, type[Any]] = {"properties": Property, "tracks": Track, "ingredients": Asset}
TEXTS = ("copyright_notice",)
TERMS: Mapping[str, Callable[[str], str]] = {"digital_source_type": source_type, "data_mining": data_mining}
"""Answers from lists of IPTC and PLUS, with what reads them."""
ANSWERS = frozenset({*WORDS, *LISTS, *TEXTS, *TERMS, "is_testimonial", "people"})


def row_of(hub: Hub, session: Session, asset_id: str) -> AssetRights:
    """Return the row of an asset's rights facts, made where there is none.

    Raises:
        NotFound: there is no such asset.
    """
    row = session.get(AssetRights, asset_id)
    if row is None:
        asset = session.get(Asset, asset_id)
        if asset is None:
            raise NotFound("There is no such asset.")
        audio = None if asset.facts is None else asset.facts.get("audio") is not None
        row = AssetRights(asset_id=asset_id, updated_at=hub.now(), has_audio=audio)
        session.add(row)
        session.flush()
    return row


def measured(hub: Hub, session: Session, asset_id: str) -> None:
    """Note what the measurement found where somebody answered before it: whether there is sound."""
    row, asset = session.get(AssetRights, asset_id), session.get(Asset, asset_id)
    if row is not None and asset is not None and asset.facts is not None:
        row.has_audio = asset.facts.get("audio") is not None
        session.flush()
        changed(hub, session, [asset_id])


def answer(hub: Hub, session: Session, actor: Actor, *, asset_id: str, answers: Mapping[str, Any]) -> AssetRights:
    """Keep answers about an asset; those that are not given stay as they are.

    `people` is a list of person ids or of `{"id", "region"}`; empty means that nobody can be recognised. A region is
    `x`, `y`, `width`, `height` as fractions of the picture as shown, or with `unit` pixel in pixels of it.

    Raises:
        Conflict: it was composed of an asset that the answer leaves out.
        Invalid: there is no such question, or the answer is none of those it takes.
        NotFound: there is no such asset.
    """
    require(actor, "rights.edit")
    row = row_of(hub, session, asset_id)
    answers = {name: _listed(name, value) for name, value in answers.items()}
    for name, value in answers.items():
        _check(session, name, value)
        if name == "ingredients":
            _keeps_parts(session, asset_id, value)
        if name == "people":
            _people(session, row, value)
        else:
            setattr(row, name, value)
            if name == "properties":
                row.property_state = "listed" if value else "none"
    row.updated_at = hub.now()
    session.flush()
    # A notice may name somebody, and an entry of the audit can never be erased.
    said = {name: None if name == "copyright_notice" else value for name, value in answers.items()}
    record(session, hub.now(), "asset.rights_answered", asset_id, actor=actor.user_id, answers=said)
    changed(hub, session, [asset_id])
    return row


def check_answers(session: Session, answers: Mapping[str, Any]) -> None:
    """Do nothing where `answer` would take answers that are kept for assets still to come.

    Raises:
        Invalid: there is no such question, or the answer is none of those it takes.
    """
    for name, value in answers.items():
        listed = _listed(name, value)
        _check(session, name, listed)
        if name == "people":
            _shown(session, listed, None, None)


def _listed(name: str, value: Any) -> Any:
    """An answer from a list of IPTC or PLUS as that list writes it; empty is no answer."""
    if name not in TERMS:
        return value
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Invalid(f"{name} is a word of its list.", extra={"field": name})
    try:
        return TERMS[name](value)
    except UnknownWord as error:
        near = f" Did you mean {' or '.join(error.near)}?" if error.near else ""
        words = f"{name} has no term {value[:60]!r}.{near}"
        raise Invalid(words, extra={"field": name, "near": list(error.near)}) from error


def _check(session: Session, name: str, value: Any) -> None:
    if name not in ANSWERS:
        raise Invalid(f"Nobody asks for {name} of an asset.", extra={"field": name})
    if name in WORDS and value not in WORDS[name]:
        raise Invalid(f"{name} is one of {', '.join(WORDS[name])}.", extra={"field": name})
    if name == "is_testimonial" and not (value is None or isinstance(value, bool)):
        raise Invalid("Say true or false, or nothing.", extra={"field": name})
    if name in TEXTS and not (value is None or (isinstance(value, str) and len(value) <= 300)):
        raise Invalid(f"{name} is a text of at most 300 characters.", extra={"field": name})
    if name in LISTS:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise Invalid(f"{name} is a list of ids.", extra={"field": name})
        known = set(session.scalars(select(LISTS[name].id).where(LISTS[name].id.in_(value))))
        if set(value) - known:
            raise Invalid(f"There is no {', '.join(sorted(set(value) - known))}.", extra={"field": name})


def _keeps_parts(session: Session, asset_id: str, value: list[str]) -> None:
    """Refuse to leave out what an asset was composed of: it can be seen in it, whatever anybody says."""
    parts = select(AssetIngredient.ingredient_id).where(AssetIngredient.asset_id == asset_id)
    if missing := sorted(set(session.scalars(parts)) - set(value)):
        words = f"It was composed of {', '.join(missing)}, which stay a part of it."
        raise Conflict(words, code="composed", extra={"field": "ingredients"})


def _people(session: Session, row: AssetRights, people: Any) -> None:
    """Keep who can be seen; an empty list means nobody, and is an answer."""
    asset = session.get_one(Asset, row.asset_id)
    shown = _shown(session, people, asset.width, asset.height)
    session.execute(delete(AssetPerson).where(AssetPerson.asset_id == row.asset_id))
    session.add_all(
        AssetPerson(asset_id=row.asset_id, person_id=person, region=region) for person, region in shown.items()
    )
    row.people_state = "listed" if shown else "none"


def _shown(session: Session, people: Any, width: int | None, height: int | None) -> dict[str, Any]:
    """Return persons by id with where they are, in a picture of some size."""
    if not isinstance(people, list | tuple):
        raise Invalid("People are a list of persons; an empty one means nobody.", extra={"field": "people"})
    shown = {one["id"]: checked(one.get("region"), width, height) for one in map(_person, people)}
    known = set(session.scalars(select(Person.id).where(Person.id.in_(shown))))
    if set(shown) - known:
        raise Invalid(f"There is no person {', '.join(sorted(set(shown) - known))}.", extra={"field": "people"})
    return shown


def _person(one: Any) -> Mapping[str, Any]:
    plain = {"id": one} if isinstance(one, str) else one
    if not isinstance(plain, Mapping) or not isinstance(plain.get("id"), str):
        raise Invalid("Persons are given by id.", extra={"field": "people"})
    if not isinstance(plain.get("region"), Mapping | None):
        raise Invalid("Where a person is, is x, y, width and height.", extra={"field": "people"})
    return plain


def set_status(
    hub: Hub, session: Session, actor: Actor, *, asset_id: str, status: str, note: str = "", legal_order: bool = False
) -> AssetRights:
    """Open an asset for use (`active`) or close it; `erased` is final.

    What a legal order or legal itself has closed stays as it is for everybody else, in every direction.

    Raises:
        Forbidden: the actor may not edit rights, or legal has closed the asset.
        Invalid: there is no such status, or a legal order is to open the asset.
        Conflict: the asset was erased.
        NotFound: there is no such asset.
    """
    require(actor, "rights.edit")
    if status not in STATUSES:
        raise Invalid(f"The status of an asset is one of {', '.join(STATUSES)}.", extra={"field": "status"})
    if legal_order and status not in CLOSED:
        raise Invalid(f"A legal order closes an asset: {', '.join(CLOSED)}.", extra={"field": "legal_order"})
    row = _locked(hub, session, asset_id)
    if row.status == "erased":
        raise Conflict("The asset was erased; nothing brings it back.")
    if legal_order or row.legal_order or row.legal_hold:
        require(actor, "rights.legal")
    # The hub acts for anybody, so that only a person makes it a matter of legal.
    by_legal = actor.user_id is not None and may(actor, "rights.legal")
    return _keep(hub, session, actor, row=row, status=(status, note, legal_order, by_legal and status in CLOSED))


def close(
    hub: Hub, session: Session, actor: Actor, *, asset_id: str, status: str, note: str, for_claim: bool = False
) -> AssetRights:
    """Close an asset (`hold` or `taken_down`) because of something that happened, never opening it by that.

    What is closed further already stays so, and so does a legal order. `for_claim` makes it a matter of legal, who
    alone opens it again.

    Raises:
        NotFound: there is no such asset.
    """
    row = _locked(hub, session, asset_id)
    closed = row.status in ("taken_down", "erased") or row.legal_order
    legal = row.legal_hold or for_claim
    if closed and legal == row.legal_hold:
        return row
    kept = (row.status, row.status_note, row.legal_order) if closed else (status, note, False)
    return _keep(hub, session, actor, row=row, status=(*kept, legal))


def _locked(hub: Hub, session: Session, asset_id: str) -> AssetRights:
    """The row as it is now, which nobody else changes until the transaction ends."""
    row = row_of(hub, session, asset_id)
    session.flush()
    session.refresh(row, with_for_update=True)
    return row


def _keep(
    hub: Hub, session: Session, actor: Actor, *, row: AssetRights, status: tuple[str, str, bool, bool]
) -> AssetRights:
    row.status, row.status_note, row.legal_order, row.legal_hold = status
    row.updated_at = hub.now()
    session.flush()
    said = {"legal_order": row.legal_order, "legal_hold": row.legal_hold}
    record(session, hub.now(), f"asset.{row.status}", row.asset_id, actor=actor.user_id, **said)
    changed(hub, session, [row.asset_id])
    return row
