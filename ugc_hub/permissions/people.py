"""Who is asked: a person whose address is sealed, found again for a creator, and never guessed."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.accounts.users import clean_email, mailbox
from ugc_hub.errors import Gone, Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import PersonData, keep_person, read_person, update_person
from ugc_hub.models import Creator, Person, RightsRequest, User


def trusted(actor: Actor) -> Actor:
    """Return the actor for what follows from something they may do; the record still names them."""
    return replace(actor, role="admin", creator_id=None, scopes=frozenset())


def clean(text: str, most: int) -> str:
    """Return a text without controls (line ends stay), without outer blanks, cut to its length."""
    kept = "".join(c if c.isprintable() or c == "\n" else " " for c in text.replace("\r\n", "\n"))
    return kept.encode("utf-8", "replace").decode().strip()[:most]


def of_creator(hub: Hub, session: Session, actor: Actor, *, creator_id: str, email: str, name: str) -> Person | None:
    """Return the person who is a creator, made or brought up to date; None where no address is known.

    Without an address the one is taken that is known of them, or that of the creator's own user.

    Raises:
        Invalid: the address is malformed.
    """
    email = clean_email(email) if email.strip() else ""
    known = session.scalars(
        select(Person).where(Person.creator_id == creator_id, Person.erased_at.is_(None)).order_by(Person.id.desc())
    )
    for person in known:
        data = read_person(hub, session, person.id)
        if data is None or (email and data.email not in ("", email)):
            continue
        wanted = replace(data, email=email or data.email, name=name or data.name)
        if wanted.email:
            if wanted != data:
                update_person(hub, session, trusted(actor), person_id=person.id, data=wanted)
            return person
    if not email:
        user = session.scalar(select(User).where(User.creator_id == creator_id, User.disabled_at.is_(None)))
        email = user.email if user else ""
    if not email:
        return None
    creator = session.get_one(Creator, creator_id)
    data = PersonData(name=name or creator.display_name, email=email)
    return keep_person(hub, session, data, creator_id=creator_id, by=actor.user_id)


def checked(data: PersonData, role: str) -> PersonData:
    """Return the data of somebody who can be asked in this role.

    Raises:
        Invalid: there is no address to ask at, or the guardian's is the person's own.
    """
    if not (data.guardian_email if role == "guardian" else data.email):
        words = "the guardian's address" if role == "guardian" else "an e-mail address"
        raise Invalid(f"Add {words} first: the link goes there.", extra={"field": "email"})
    if role == "guardian" and mailbox(data.guardian_email) == mailbox(data.email):
        raise Invalid("The guardian's address is that of the person; add another one.", extra={"field": "email"})
    return data


def addressee(hub: Hub, session: Session, row: RightsRequest) -> tuple[str, str]:
    """Return the name and the address of whoever is asked.

    Raises:
        Gone: what was known of them was erased.
    """
    data = read_person(hub, session, row.person_id) if row.person_id else PersonData()
    if data is None:
        raise Gone("What was known of this person was erased.")
    if row.role == "guardian":
        return data.guardian_name, data.guardian_email
    return data.name, data.email


def called(hub: Hub, session: Session, row: RightsRequest) -> str:
    """Return how whoever is asked is called: by name, or by handle."""
    name = addressee(hub, session, row)[0]
    creator = session.get(Creator, row.creator_id) if row.creator_id else None
    return name or (creator.display_name or f"@{creator.handle}" if creator else "")
