"""The ledger as people read and keep it: copies with their names, where they run, and that they stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Forbidden, Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Campaign, Creator, TakedownTask, Usage, User

from .assigning import PENDING
from .copies import Wanted, find_usages, get_usage
from .milestones import Spent, record_usage

STOPPED = "stopped_by_hand"
"""Why a copy ended that somebody stopped without having to."""
LONGEST_REFERENCE = 2000
BATCH = 500


@dataclass(frozen=True)
class Line:
    """A copy with the names of what it is about and of who took it."""

    usage: Usage
    file_name: str
    creator: str = ""
    campaign: str = ""
    taker: str = ""

    @property
    def until(self) -> datetime | None:
        """When it ends or ended, as far as is known."""
        known = [one for one in (self.usage.ended_at, self.usage.valid_until) if one is not None]
        return min(known, default=None)

    def state(self, now: datetime) -> str:
        """Return live, ended or unknown, as `copies.STATES` means them."""
        if self.usage.status == "unknown":
            return "unknown"
        over = self.usage.status == "stopped" or (self.until is not None and self.until <= now)
        return "ended" if over else "live"


def find_lines(hub: Hub, session: Session, actor: Actor, wanted: Wanted) -> list[Line]:
    """Return copies that the actor may see with their names, newest first, in a fixed number of statements."""
    return named(session, actor, find_usages(hub, session, actor, wanted))


def every_line(hub: Hub, session: Session, actor: Actor, wanted: Wanted) -> Iterator[Line]:
    """Go through all copies that are wanted, newest first; memory does not grow with their number."""
    before: str | None = wanted.before
    while before is not None:
        found = find_lines(hub, session, actor, replace(wanted, before=before, limit=BATCH))
        yield from found
        before = found[-1].usage.id if len(found) == BATCH else None
        session.expunge_all()


def named(session: Session, actor: Actor, usages: Sequence[Usage]) -> list[Line]:
    """Put the names to copies; who took them is told to those who see rights."""
    about = (
        select(Asset.id, Asset.file_name, Creator.handle, Campaign.name)
        .outerjoin(Creator, Creator.id == Asset.creator_id)
        .outerjoin(Campaign, Campaign.id == Asset.campaign_id)
        .where(Asset.id.in_({usage.asset_id for usage in usages}))
    )
    assets = {asset_id: names for asset_id, *names in session.execute(about)}
    takers: dict[str, str] = {}
    if may(actor, "rights.view"):
        people = select(User).where(User.id.in_({usage.delivered_to for usage in usages if usage.delivered_to}))
        takers = {user.id: user.name or user.email for user in session.scalars(people)}
    lines = []
    for usage in usages:
        file_name, creator, campaign = assets.get(usage.asset_id, ("", None, None))
        taker = takers.get(usage.delivered_to or "", "")
        lines.append(Line(usage, file_name or usage.asset_id, creator or "", campaign or "", taker))
    return lines


def may_keep(actor: Actor, usage: Usage) -> bool:
    """Whether the actor may say where a copy runs and that it stopped: its taker, and who edits rights."""
    mine = actor.user_id is not None and usage.delivered_to == actor.user_id
    return may(actor, "rights.edit") or (mine and may(actor, "usage.view"))


def place(hub: Hub, session: Session, actor: Actor, *, usage_id: str, external_ref: str) -> Usage:
    """Keep where a copy runs: an ad id, the address of a post, a campaign. The first time it counts as a placement.

    Raises:
        Invalid: the reference is empty.
        Conflict: the copy has ended.
        Forbidden: somebody else took the copy.
        NotFound: there is no such copy.
    """
    hub.database.serialise(session, f"usage:{usage_id}")
    usage, reference = _kept(session, actor, usage_id, external_ref)
    first = not usage.external_ref and usage.token_sha256 is None
    if usage.external_ref != reference:
        if first:  # grants are locked before uses, as wherever both are
            record_usage(hub, session, usage, Spent(placements=1))
        usage.external_ref = reference
        session.flush()
        record(session, hub.now(), "copy.placed", usage.id, actor=actor.user_id)
    return usage


def stop(hub: Hub, session: Session, actor: Actor, *, usage_id: str, external_ref: str) -> Usage:
    """Keep that a copy does not run any more, and where it ran; a pending task to take it down is done with it.

    Raises: as `place`.
    """
    usage, reference = _kept(session, actor, usage_id, external_ref)
    session.refresh(usage, with_for_update=True)
    now = hub.now()
    usage.external_ref, usage.status = reference, "stopped"
    if usage.ended_at is None or usage.ended_at > now:
        usage.ended_at, usage.ended_why = now, STOPPED
    record(session, now, "copy.stopped", usage.id, actor=actor.user_id)
    pending = select(TakedownTask).where(TakedownTask.usage_id == usage.id, TakedownTask.state.in_(PENDING))
    for task in session.scalars(pending):
        task.state, task.note = "done", reference
        task.confirmed_at, task.confirmed_by = now, actor.user_id
        record(session, now, "takedown.confirmed", task.id, actor=actor.user_id, usage=usage.id, proof=None)
    session.flush()
    return usage


def _kept(session: Session, actor: Actor, usage_id: str, external_ref: str) -> tuple[Usage, str]:
    usage = get_usage(session, actor, usage_id)
    if not may_keep(actor, usage):
        raise Forbidden("Somebody else took this copy. They or a content manager can say this.")
    reference = " ".join(external_ref.split())[:LONGEST_REFERENCE]
    if not reference:
        raise Invalid("Say where it runs: an ad id, the address of the post.", extra={"field": "external_ref"})
    if usage.status == "stopped":
        raise Conflict("This copy has ended already. What is left to do stands under Takedowns.")
    return usage, reference
