"""Who acts, and the one question that every page, route and command asks before it does anything."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Protocol

from ugc_hub.errors import Forbidden

from .bounds import Bounds


class Owned(Protocol):
    """Something that belongs to a creator."""

    @property
    def creator_id(self) -> str | None:
        """The creator's id, or None."""


class Kept(Owned, Protocol):
    """An asset, which may lie in the trash."""

    @property
    def trashed_at(self) -> datetime | None:
        """When it went there, or None."""


@dataclass(frozen=True)
class Role:
    """What one role may do: `actions` on everything, `own` on what belongs to the creator who is signed in."""

    name: str
    title: str
    actions: frozenset[str]
    own: frozenset[str]
    signs_in: bool = True
    """Whether a person can have it."""


@dataclass(frozen=True)
class Actor:
    """The person or program that asks. `scopes` narrows what its role allows; empty narrows nothing."""

    user_id: str | None
    role: str
    creator_id: str | None = None
    scopes: frozenset[str] = frozenset()
    name: str = ""
    email: str = ""
    bounds: Bounds | None = None
    """What a token is bound to: channels, places and a party; None binds nothing."""


SYSTEM = Actor(user_id=None, role="admin", name="the hub")
"""The hub itself and the person at its command line, who can read the database anyway."""


@cache
def roles() -> dict[str, Role]:
    """Return the roles by name, as the data file states them."""
    table = tomllib.loads((files(__package__) / "roles.toml").read_text(encoding="utf-8"))
    return {
        name: Role(
            name, row["title"], frozenset(row.get("may", ())), frozenset(row.get("own", ())), row.get("signs_in", True)
        )
        for name, row in table.items()
    }


def may(actor: Actor, action: str, thing: Owned | None = None) -> bool:
    """Tell whether the actor may do the action, on the thing where there is one. Unknown roles may nothing."""
    role = roles().get(actor.role)
    if role is None or (actor.scopes and action not in actor.scopes):
        return False
    if "*" in role.actions or action in role.actions:
        return True
    if action not in role.own or actor.creator_id is None:
        return False
    # Without a thing the question is whether there can be any of their own; lists filter by creator themselves.
    return thing is None or thing.creator_id == actor.creator_id


def require(actor: Actor, action: str, thing: Owned | None = None) -> None:
    """Do nothing where the actor may; else raise.

    Raises:
        Forbidden: the role or the token's scopes do not allow it.
    """
    if not may(actor, action, thing):
        role = roles().get(actor.role)
        title = role.title if role else actor.role
        raise Forbidden(f"The role {title} may not do this ({action}). Ask an administrator.", extra={"action": action})


def who_lacks(actor: Actor, action: str) -> str:
    """Return what keeps the actor from an action, to begin a sentence: their role, or the token without its scope."""
    if actor.scopes and may(replace(actor, scopes=frozenset()), action):
        return f"This token, without the scope {action},"
    return "Your role"


RESCUES = ("asset.edit", "rights.edit", "rights.legal")
"""Who may do one of these can take an asset out of the trash, or keep it from being erased there by a hold."""


def sees(actor: Actor, asset: Kept) -> bool:
    """Tell whether the actor may know of an asset: any or their own; of the trash only who may rescue it.

    Creators go on seeing what they handed in.
    """
    if not may(actor, "asset.view", asset):
        return False
    return asset.trashed_at is None or rescues(actor) or only_own(actor, "asset.view") is not None


def rescues(actor: Actor) -> bool:
    """Tell whether the actor may open what lies in the trash."""
    return any(may(actor, action) for action in RESCUES)


PAPERS = ("rights.edit", "rights.legal", "rights.request")
"""Who does one of these needs to know who agreed to what; for everybody else the answer is enough."""


def reads_papers(actor: Actor) -> bool:
    """Tell whether the actor may read proofs, the texts of agreements and the names of those in them."""
    return any(may(actor, action) for action in PAPERS)


def require_papers(actor: Actor) -> None:
    """Do nothing where the actor may read proofs and agreements; else raise.

    Raises:
        Forbidden: the role or the token's scopes do not allow it.
    """
    if not reads_papers(actor):
        words = "Proofs and agreements name people; they are for those who answer for rights. Ask one of them."
        raise Forbidden(words, extra={"action": PAPERS[0]})


def only_own(actor: Actor, action: str) -> str | None:
    """Return the creator id that lists must be limited to, or None where the actor may see all.

    An actor without a creator record is limited to that of nobody.
    """
    role = roles()[actor.role]
    return None if "*" in role.actions or action in role.actions else actor.creator_id or ""
