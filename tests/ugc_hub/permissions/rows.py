"""Requests made for tests: a creator with an address, an asset of theirs, and what the mails say."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import select

from tests.ugc_hub.licensing.rows import FREE
from tests.ugc_hub.rows import Clock, asset_row
from ugc_hub import licensing, notify, permissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.jobs.mailing import mail
from ugc_hub.models import Event, Grant, GrantAsset, RightsRequest
from ugc_hub.permissions import Answer, Ask, Choice, Trace
from workers.queue.context import JobContext
from workers.queue.jobs import find
from workers.queue.shapes import Query
from workers.queue.table import jobs

YEAR = {"trigger": "signature", "count": 12, "unit": "months", "zone": "Europe/Berlin"}
SCOPE: dict[str, Any] = {
    "channels": ["email", "website", "organic_social.instagram"],
    "territories": ["DE", "AT"],
    "edits": ["crop", "caption_overlay"],
    "window": YEAR,
}
TRACE = Trace("203.0.113.7", "A browser/1.0")


def own_asset(hub: Hub, creator: str = "ana", **known: Any) -> str:
    """Make an asset of a creator, with nothing left open but permission."""
    asset_id = asset_row(hub, creator=creator, **known)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset_id, answers=FREE)
        licensing.set_status(hub, session, SYSTEM, asset_id=asset_id, status="active")
    return asset_id


def asked(hub: Hub, *asset_ids: str, copied: bool = False, **known: Any) -> tuple[str, str]:
    """Send a request for the assets and return its id and the token of its link."""
    ask = Ask(known.pop("scope", SCOPE), asset_ids=asset_ids, **{"email": "ana@example.org", "name": "Ana", **known})
    row = permissions.draft(hub, SYSTEM, ask)
    _, link = permissions.send(hub, SYSTEM, row.id, copied=copied)
    return row.id, (link or link_in(work_off(hub)[-1])).rpartition("/")[2]


def work_off(hub: Hub) -> list[EmailMessage]:
    """Send the letters that wait, and return all mails of the outbox in the order in which they were written."""
    with hub.database.read() as session:
        waiting = find(session.connection(), Query(state="queued", kind="mail", limit=1000))
    for job in sorted(waiting, key=lambda one: one.id):
        mail(hub, JobContext(job, Path()))
        with hub.database.write() as session:
            session.execute(jobs.update().where(jobs.c.id == job.id).values(state="done"))
    found = sorted(notify.outbox(hub).glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found]


def link_in(letter: EmailMessage) -> str:
    """Return the address of a request, or of its receipt, that a mail names."""
    found = re.search(r"http\S+/[rw]/[\w-]+", letter.get_content())
    assert found is not None
    return found[0]


def yes(hub: Hub, token: str, *, name: str = "Ana Ant", **choice: Any) -> RightsRequest:
    """Agree to what a link asks, or to the part that `choice` leaves."""
    everything = permissions.everything(permissions.opened(hub, token).row.asked)
    chosen = Choice(**{**vars(everything), **choice})
    _, text = permissions.preview(hub, token, chosen)
    answer = Answer(chosen, name, True, hashlib.sha256(text.encode()).hexdigest())
    return permissions.accept(hub, token, answer, TRACE)


def grants_of(hub: Hub, asset_id: str) -> list[Grant]:
    """Return the grants that name an asset."""
    rows = select(Grant).join(GrantAsset, GrantAsset.grant_id == Grant.id).where(GrantAsset.asset_id == asset_id)
    with hub.database.read() as session:
        return list(session.scalars(rows.order_by(Grant.id)))


def allowed(hub: Hub, asset_id: str, channel: str, **use: Any) -> bool:
    """Whether the asset may be used on a channel in Germany now."""
    wanted: Mapping[str, Any] = {"territories": ("DE",), **use}
    with hub.database.read() as session:
        return licensing.ask(hub, session, asset_id, licensing.Use(channel, **wanted)).allowed


def events_of(hub: Hub, object_id: str) -> list[str]:
    """Return the kinds of events of an object, in order."""
    with hub.database.read() as session:
        return list(session.scalars(select(Event.kind).where(Event.object_id == object_id).order_by(Event.id)))


def pass_days(clock: Clock, days: float) -> None:
    """Let days pass, and a second, so that what ends then has ended."""
    clock.at += timedelta(days=days, seconds=1)
