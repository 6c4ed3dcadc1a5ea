"""Persons shown or signing: what is known of them is sealed, and can be erased for good."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.accounts.users import mailbox
from ugc_hub.audit import record
from ugc_hub.creators import clean_handle
from ugc_hub.errors import Gone, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import AssetPerson, Creator, DataKey, Person

from .changes import changed
from .sealing import destroy, new_key, seal, unseal

ADULT_YEARS = 18


@dataclass(frozen=True)
class PersonData:
    """What is known of a person; empty is unknown."""

    name: str = ""
    email: str = ""
    born: date | None = None
    guardian_name: str = ""
    guardian_email: str = ""
    country: str = ""

    def adult_on(self, day: date) -> bool | None:
        """Whether the person is of age on a day (18 years); None where the date of birth is not known."""
        if self.born is None:
            return None
        return (day.year - self.born.year, day.month, day.day) >= (ADULT_YEARS, self.born.month, self.born.day)


def add_person(
    hub: Hub,
    session: Session,
    actor: Actor,
    data: PersonData,
    *,
    is_adult: bool | None = None,
    creator_id: str | None = None,
) -> Person:
    """Make a person in the caller's transaction; a known date of birth goes before what is said of their age.

    Raises:
        Invalid: a value is too long, the person would be born in the future, or be their own guardian.
    """
    require(actor, "rights.edit")
    return keep_person(hub, session, data, is_adult=is_adult, creator_id=creator_id, by=actor.user_id)


def keep_person(
    hub: Hub,
    session: Session,
    data: PersonData,
    *,
    is_adult: bool | None = None,
    creator_id: str | None = None,
    by: str | None = None,
) -> Person:
    """Make a person who gave their own data, by a link that was sent to them; see `add_person`."""
    today = hub.now().date()
    _two_people(data)
    if any(isinstance(value, str) and len(value) > 320 for value in asdict(data).values()):
        raise Invalid("Names and addresses have at most 320 characters.", extra={"field": "name"})
    if data.born is not None and data.born > today:
        raise Invalid("The date of birth lies in the future.", extra={"field": "born"})
    by_birth = data.adult_on(today)
    key = new_key(hub, session)
    person = Person(
        id=hub.new_id("prs"),
        created_at=hub.now(),
        key_id=key.id,
        sealed=seal(hub, key, _plain(data)),
        is_adult=is_adult if by_birth is None else by_birth,
        creator_id=creator_id,
    )
    session.add(person)
    session.flush()
    record(session, hub.now(), "person.added", person.id, actor=by, is_adult=person.is_adult)
    return person


def read_person(hub: Hub, session: Session, person_id: str) -> PersonData | None:
    """Return what is known of a person; None once it was erased.

    Raises:
        NotFound: there is no such person.
    """
    person = _get(session, person_id)
    plain = unseal(hub, session.get_one(DataKey, person.key_id), person.sealed)
    if plain is None:
        return None
    born = plain.pop("born", None)
    return PersonData(**plain, born=date.fromisoformat(born) if born else None)


def update_person(hub: Hub, session: Session, actor: Actor, *, person_id: str, data: PersonData) -> Person:
    """Replace what is known of a person; their age follows a date of birth.

    Raises:
        NotFound: there is no such person.
        Gone: they were erased.
        Invalid: they would be their own guardian.
    """
    require(actor, "rights.edit")
    _two_people(data)
    person = _get(session, person_id)
    key = session.get_one(DataKey, person.key_id)
    if key.sealed is None:
        raise Gone("What was known of this person was erased; add them again.")
    by_birth = data.adult_on(hub.now().date())
    person.sealed = seal(hub, key, _plain(data))
    person.is_adult = person.is_adult if by_birth is None else by_birth
    record(session, hub.now(), "person.updated", person.id, actor=actor.user_id, is_adult=person.is_adult)
    _assets_changed(hub, session, person.id)
    return person


def set_adult(hub: Hub, session: Session, actor: Actor, *, person_id: str, is_adult: bool | None) -> Person:
    """Keep whether a person is of age, where no date of birth says so; None is not known.

    Raises:
        NotFound: there is no such person.
    """
    require(actor, "rights.edit")
    person = _get(session, person_id)
    person.is_adult = is_adult
    record(session, hub.now(), "person.updated", person.id, actor=actor.user_id, is_adult=is_adult)
    _assets_changed(hub, session, person.id)
    return person


def tie(hub: Hub, session: Session, actor: Actor, *, person_id: str, handle: str) -> Person:
    """Keep that a person is the creator of this handle, so that they may agree to be seen; empty: they are nobody's.

    Raises:
        NotFound: there is no such person.
        Invalid: there is no such creator.
    """
    require(actor, "rights.edit")
    person = _get(session, person_id)
    creator = session.scalar(select(Creator).where(Creator.handle == clean_handle(handle))) if handle else None
    if handle and creator is None:
        raise Invalid(f"There is no creator @{clean_handle(handle)}.", extra={"field": "creator"})
    person.creator_id = creator.id if creator else None
    session.flush()
    record(session, hub.now(), "person.tied", person.id, actor=actor.user_id, creator=person.creator_id)
    return person


def erase_person(hub: Hub, session: Session, actor: Actor, *, person_id: str) -> None:
    """Destroy the person's key: what was known of them can be read nowhere any more.

    Raises:
        NotFound: there is no such person.
    """
    require(actor, "rights.edit")
    person = _get(session, person_id)
    destroy(hub, session.get_one(DataKey, person.key_id))
    person.sealed, person.erased_at = b"", person.erased_at or hub.now()
    record(session, hub.now(), "person.erased", person.id, actor=actor.user_id)


def _get(session: Session, person_id: str) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def _two_people(data: PersonData) -> None:
    if data.email and data.guardian_email and mailbox(data.email) == mailbox(data.guardian_email):
        words = "Person and guardian have the same address, so the guardian's link would reach the person."
        raise Invalid(words, extra={"field": "guardian_email"})


def _assets_changed(hub: Hub, session: Session, person_id: str) -> None:
    session.flush()
    assets = session.scalars(select(AssetPerson.asset_id).where(AssetPerson.person_id == person_id))
    changed(hub, session, list(assets))


def _plain(data: PersonData) -> dict[str, Any]:
    return {**asdict(data), "born": data.born.isoformat() if data.born else None}
