"""Submission links: an address where somebody without an account may hand in a number of files, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.creators import campaign_by_name, creator_by_handle
from ugc_hub.errors import Gone, Invalid, NotFound, TooManyRequests
from ugc_hub.hub import Hub
from ugc_hub.models import Campaign, Creator, SubmissionLink

from .tokens import link_digest, new_link_token

MOST_FILES = 1000
MOST_DAYS = 365


@dataclass(frozen=True)
class NewLink:
    """What a link is for; without a creator it is open to everybody who has it."""

    label: str = ""
    creator: str | None = None
    """Handle."""
    campaign: str | None = None
    """Name."""
    days: int = 30
    most_files: int = 20


@dataclass(frozen=True)
class LinkView:
    """A link as it is listed; its address is shown once, when it is made."""

    id: str
    label: str
    creator: str | None
    campaign: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    most_files: int
    used_files: int
    state: str
    """open, used_up, expired or revoked."""
    url: str = ""


def make_link(hub: Hub, actor: Actor, wanted: NewLink) -> LinkView:
    """Make a link and return it with its address, which is kept nowhere.

    Raises:
        Forbidden: the actor may not edit rights.
        Invalid: a name is malformed, or a number out of range.
    """
    require(actor, "rights.edit")
    for name, value, most in (("days", wanted.days, MOST_DAYS), ("most_files", wanted.most_files, MOST_FILES)):
        if isinstance(value, bool) or not 1 <= value <= most:
            raise Invalid(f"{name} is a number from 1 to {most}.", extra={"field": name})
    token = new_link_token(hub)
    with hub.database.write() as session:
        creator = creator_by_handle(hub, session, wanted.creator) if wanted.creator else None
        campaign = campaign_by_name(hub, session, wanted.campaign) if wanted.campaign else None
        row = SubmissionLink(
            id=hub.new_id("slk"),
            created_at=hub.now(),
            token_sha256=str(link_digest(hub, token)),
            label=wanted.label.strip()[:200],
            creator_id=creator.id if creator else None,
            campaign_id=campaign.id if campaign else None,
            expires_at=hub.now() + timedelta(days=wanted.days),
            most_files=wanted.most_files,
            used_files=0,
            created_by=actor.user_id,
        )
        session.add(row)
        session.flush()
        details = {"creator": row.creator_id, "campaign": row.campaign_id, "most_files": row.most_files}
        record(session, hub.now(), "submission_link.made", row.id, actor=actor.user_id, **details)
        return _view(hub, session, row, url=f"{hub.settings.address}/s/{token}")


def _view(hub: Hub, session: Session, row: SubmissionLink, url: str = "") -> LinkView:
    creator = session.get(Creator, row.creator_id) if row.creator_id else None
    campaign = session.get(Campaign, row.campaign_id) if row.campaign_id else None
    return LinkView(
        id=row.id,
        label=row.label,
        creator=creator.handle if creator else None,
        campaign=campaign.name if campaign else None,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        most_files=row.most_files,
        used_files=row.used_files,
        state=state_of(hub, row),
        url=url,
    )


def state_of(hub: Hub, row: SubmissionLink) -> str:
    """Return `open`, or why nothing new can be handed in by this link."""
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at <= hub.now():
        return "expired"
    return "used_up" if row.used_files >= row.most_files else "open"


def list_links(hub: Hub, actor: Actor) -> list[LinkView]:
    """Return all links, newest first.

    Raises:
        Forbidden: the actor may not edit rights.
    """
    require(actor, "rights.edit")
    with hub.database.read() as session:
        rows = session.scalars(select(SubmissionLink).order_by(SubmissionLink.id.desc()))
        return [_view(hub, session, row) for row in rows]


def revoke_link(hub: Hub, actor: Actor, link_id: str) -> None:
    """Let a link end at once, with what was begun by it and not yet handed in; doing it twice changes nothing.

    Raises:
        Forbidden: the actor may not edit rights.
        NotFound: there is no such link.
    """
    require(actor, "rights.edit")
    with hub.database.write() as session:
        row = session.get(SubmissionLink, link_id)
        if row is None:
            raise NotFound("There is no such link.")
        if row.revoked_at is None:
            row.revoked_at = hub.now()
            record(session, hub.now(), "submission_link.revoked", row.id, actor=actor.user_id)


def find_link(hub: Hub, session: Session, token: str) -> SubmissionLink:
    """Return the link of a token.

    Raises:
        NotFound: the hub made none with it.
        Gone: it has expired or was revoked.
    """
    sha256 = link_digest(hub, token)
    row = session.scalar(select(SubmissionLink).where(SubmissionLink.token_sha256 == sha256)) if sha256 else None
    if row is None:
        raise NotFound("This link is not valid. Ask the brand to send it again.")
    demand_open(hub, row)
    return row


def demand_open(hub: Hub, row: SubmissionLink) -> None:
    """Do nothing while a link works.

    Raises:
        Gone: it has expired or was revoked.
    """
    if state_of(hub, row) in ("revoked", "expired"):
        raise Gone("This link has ended. Ask the brand for a new one; what you handed in is safe.", code="link_ended")


def take_place(hub: Hub, link_id: str) -> None:
    """Count one file before its bytes come, so that many at once are not more than the link allows.

    Raises:
        TooManyRequests: all files of the link are used up.
    """
    with hub.database.write() as session:
        counted = session.execute(
            update(SubmissionLink)
            .where(SubmissionLink.id == link_id, SubmissionLink.used_files < SubmissionLink.most_files)
            .values(used_files=SubmissionLink.used_files + 1)
            .returning(SubmissionLink.id)
        ).scalar_one_or_none()
    if counted is None:
        words = "This link takes no more files. Hand in what is here, or ask the brand for a new link."
        raise TooManyRequests(words, code="link_used_up")


def give_back(hub: Hub, link_id: str) -> None:
    """Uncount a file that was not taken."""
    with hub.database.write() as session:
        session.execute(
            update(SubmissionLink)
            .where(SubmissionLink.id == link_id, SubmissionLink.used_files > 0)
            .values(used_files=SubmissionLink.used_files - 1)
        )
