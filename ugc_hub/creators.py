"""Creators, campaigns, and the submissions that tie an upload to both."""

from __future__ import annotations

import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from .accounts import Actor, create_user, require
from .audit import record
from .errors import Forbidden, Invalid, NotFound
from .hub import Hub
from .models import Campaign, Creator, Submission, User


def clean_handle(handle: str) -> str:
    """Return a handle in lower case without the leading @.

    Raises:
        Invalid: it is empty, too long, or holds blanks or control characters.
    """
    text = unicodedata.normalize("NFC", handle).strip().removeprefix("@").lower()
    if not 1 <= len(text) <= 100 or any(not c.isprintable() or c.isspace() for c in text):
        raise Invalid("A creator's handle has 1 to 100 characters and no blanks.", extra={"field": "creator"})
    return text


def clean_name(name: str) -> str:
    """Return a campaign name without outer blanks.

    Raises:
        Invalid: it is empty, too long, or holds control characters.
    """
    text = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(text) <= 200 or not text.isprintable():
        raise Invalid("A campaign's name has 1 to 200 printable characters.", extra={"field": "campaign"})
    return text


def creator_by_handle(hub: Hub, session: Session, handle: str) -> Creator:
    """Return the creator with a handle, making the record where there is none."""
    text = clean_handle(handle)
    hub.database.serialise(session, f"creator:{text}")
    creator = session.scalar(select(Creator).where(Creator.handle == text))
    if creator is None:
        creator = Creator(id=hub.new_id("crt"), created_at=hub.now(), handle=text)
        session.add(creator)
        session.flush()
        # Without the handle: what names a person must be erasable, and the audit is not.
        record(session, hub.now(), "creator.created", creator.id)
    return creator


def campaign_by_name(hub: Hub, session: Session, name: str) -> Campaign:
    """Return the campaign with a name, making the record where there is none."""
    text = clean_name(name)
    hub.database.serialise(session, f"campaign:{text}")
    campaign = session.scalar(select(Campaign).where(Campaign.name == text))
    if campaign is None:
        campaign = Campaign(id=hub.new_id("cmp"), created_at=hub.now(), name=text)
        session.add(campaign)
        session.flush()
        record(session, hub.now(), "campaign.created", campaign.id, name=text)
    return campaign


def submit(
    hub: Hub, session: Session, actor: Actor, *, door: str, creator: str | None, campaign: str | None
) -> Submission:
    """Record one hand-in in the caller's transaction. A signed-in creator always hands in as themselves.

    Raises:
        Forbidden: the role `creator` without a creator record.
    """
    if actor.role == "creator":
        if actor.creator_id is None:
            raise Forbidden("This account is not tied to a creator yet. Ask the brand to do that.")
        creator_id: str | None = actor.creator_id
    else:
        creator_id = creator_by_handle(hub, session, creator).id if creator else None
    submission = Submission(
        id=hub.new_id("sub"),
        created_at=hub.now(),
        creator_id=creator_id,
        campaign_id=campaign_by_name(hub, session, campaign).id if campaign else None,
        user_id=actor.user_id,
        door=door,
    )
    session.add(submission)
    session.flush()
    return submission


def creator_user(hub: Hub, email: str, handle: str, name: str = "") -> User:
    """Make a user of the role `creator` for the creator with a handle, who is made where there is none.

    Raises:
        Invalid: the address or the handle is malformed.
        Conflict: there is a user with this address.
    """
    with hub.database.write() as session:
        creator_id = creator_by_handle(hub, session, handle).id
    return create_user(hub, email, "creator", name, creator_id=creator_id)


def the_creator(hub: Hub, handle: str) -> Creator:
    """Return the creator with a handle.

    Raises:
        Invalid: the handle is malformed.
        NotFound: there is none.
    """
    text = clean_handle(handle)
    with hub.database.read() as session:
        creator = session.scalar(select(Creator).where(Creator.handle == text))
    if creator is None:
        raise NotFound(f"There is no creator @{text}. List them with: ugc-hub creators list.")
    return creator


def set_niche(hub: Hub, actor: Actor, creator_id: str, niche: str) -> None:
    """Keep what a creator makes content about; empty takes it away.

    Raises:
        Forbidden: the actor may not.
        Invalid: it is longer than 100 characters, or holds control characters.
        NotFound: there is no such creator.
    """
    require(actor, "creator.edit")
    text = " ".join(unicodedata.normalize("NFC", niche).split())
    if len(text) > 100 or not text.isprintable():
        raise Invalid("A niche has at most 100 printable characters.", extra={"field": "niche"})
    with hub.database.write() as session:
        creator = session.get(Creator, creator_id)
        if creator is None:
            raise NotFound("There is no such creator.")
        if creator.niche != text:
            creator.niche = text
            record(session, hub.now(), "creator.niche", creator.id, actor=actor.user_id)


def list_niches(hub: Hub) -> list[str]:
    """Return the niches that creators have, in alphabetical order."""
    with hub.database.read() as session:
        wanted = select(Creator.niche).where(Creator.niche != "").distinct().order_by(Creator.niche)
        return list(session.scalars(wanted))


def list_campaigns(hub: Hub) -> list[Campaign]:
    """Return all campaigns by name."""
    with hub.database.read() as session:
        return list(session.scalars(select(Campaign).order_by(Campaign.name)))


def list_creators(hub: Hub) -> list[Creator]:
    """Return all creators by handle."""
    with hub.database.read() as session:
        return list(session.scalars(select(Creator).order_by(Creator.handle)))
