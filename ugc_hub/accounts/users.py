"""Users: made by command or by an administrator; the first one is made at the first start."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from itertools import chain, count

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Event, User

from .actors import Actor, roles

ADDRESS = re.compile(r"[^@\s<>\"()\[\],:;\\\x00-\x1f\x7f]+@[^@\s<>\"()\[\],:;\\\x00-\x1f\x7f]+")
"""One address and nothing else: no list, group, comment or quoting, which mail programs read in their own ways."""


SAME_HOST = {"googlemail.com": "gmail.com"}


def actor_of(user: User, scopes: frozenset[str] = frozenset()) -> Actor:
    """Return who a user is when acting."""
    return Actor(user.id, user.role, user.creator_id, scopes, user.name, user.email)


def clean_email(email: str) -> str:
    """Return the address in lower case.

    Raises:
        Invalid: it does not look like an address.
    """
    address = email.strip().lower()
    if not address:
        raise Invalid("Write an e-mail address.", extra={"field": "email"})
    if len(address) > 320 or not ADDRESS.fullmatch(address):
        raise Invalid(f"{email[:80]!r} is not an e-mail address.", extra={"field": "email"})
    return address


def clean_outside(email: str) -> str:
    """Return the address of a stranger in lower case: one that a mail reaches, because it is all they can be told by.

    Raises:
        Invalid: it does not look like an address, or names a host of a local network.
    """
    address = clean_email(email)
    name, _, host = address.partition("@")
    labels = host.split(".")
    whole = all(name.split(".")) and all(label and label == label.strip("-") for label in labels)
    if not whole or len(labels) < 2 or len(labels[-1]) < 2 or labels[-1].isdigit():
        raise Invalid(f"{email[:80]!r} is not a whole e-mail address.", extra={"field": "email"})
    return address


def mailbox(email: str) -> str:
    """Return what two addresses of one mailbox have in common: without case, dots and what follows a plus sign.

    Some providers tell dots apart; where it matters that two people are two, it is safer not to.
    """
    name, _, host = unicodedata.normalize("NFKC", email).strip().casefold().rpartition("@")
    host = host.rstrip(".")
    return f"{name.partition('+')[0].replace('.', '')}@{SAME_HOST.get(host, host)}"


def create_user(hub: Hub, email: str, role: str, name: str = "", *, creator_id: str | None = None) -> User:
    """Make a user; `creator_id` ties one of the role `creator` to what is theirs.

    Raises:
        Invalid: the address or the role is wrong.
        Conflict: there is a user with this address.
    """
    known = [name for name, one in roles().items() if one.signs_in]
    if role not in known:
        raise Invalid(f"There is no role {role!r}; choose one of {', '.join(known)}.", extra={"field": "role"})
    if creator_id is not None and role != "creator":
        raise Invalid("Only a user of the role creator belongs to a creator.", extra={"field": "role"})
    user = User(
        id=hub.new_id("usr"),
        created_at=hub.now(),
        email=clean_email(email),
        role=role,
        name=name.strip()[:200],
        creator_id=creator_id,
    )
    try:
        with hub.database.write() as session:
            session.add(user)
            record(session, hub.now(), "user.created", user.id, role=role)
    except IntegrityError as error:
        raise Conflict(f"There is already a user {user.email}.") from error
    return user


def find_user(hub: Hub, email: str) -> User:
    """Return the user with an address.

    Raises:
        NotFound: there is none.
    """
    with hub.database.read() as session:
        user = session.scalar(select(User).where(User.email == clean_email(email)))
    if user is None:
        raise NotFound(f"There is no user {email[:80]}. Make one with: ugc-hub user add.")
    return user


def list_users(hub: Hub) -> list[User]:
    """Return all users by address."""
    with hub.database.read() as session:
        return list(session.scalars(select(User).order_by(User.email)))


def first_administrator(hub: Hub) -> tuple[User, bool]:
    """Return the first administrator, making one in an empty hub, and whether nobody has signed in as them yet."""
    addresses = chain(["admin@localhost"], (f"admin{number}@localhost" for number in count(2)))
    while (found := _first_administrator(hub)) is None:
        # Taken: by somebody who is disabled or has another role, or by another start of the hub that was quicker.
        with suppress(Conflict):
            return create_user(hub, next(addresses), "admin", "Administrator"), True
    return found


def _first_administrator(hub: Hub) -> tuple[User, bool] | None:
    with hub.database.read() as session:
        admins = select(User).where(User.role == "admin", User.disabled_at.is_(None))
        user = session.scalar(admins.order_by(User.id).limit(1))
        if user is None:
            return None
        signed_in = select(Event.id).where(Event.kind == "session.started", Event.object_id == user.id)
        return user, session.scalar(signed_in.limit(1)) is None
