"""Addresses that are told what happens: made, changed and removed by administrators."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Webhook, WebhookMessage

from .outbox import KINDS, TRIAL, put
from .sending import checked_url
from .signing import secret_text

MOST = 50
OVERLAP = timedelta(days=1)
"""How long an old secret still signs beside a new one."""


@dataclass(frozen=True)
class Endpoint:
    """An address with what it is told of; never its secret."""

    id: str
    url: str
    label: str
    kinds: tuple[str, ...]
    created_at: datetime
    disabled_at: datetime | None
    disabled_why: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {**self.__dict__, "kinds": list(self.kinds)}


def view(row: Webhook) -> Endpoint:
    """Return the record of a row."""
    return Endpoint(
        row.id, row.url, row.label, tuple(row.kinds), row.created_at, row.disabled_at, disabled_why=row.disabled_why
    )


def _secret(hub: Hub, row: Webhook, number: int) -> str:
    said = f"ugc-hub webhook:{row.id}:{number}"
    return secret_text(hmac.new(hub.secret, said.encode(), hashlib.sha256).digest())


def secrets_of(hub: Hub, row: Webhook) -> list[str]:
    """Return the secrets that sign now: the newest, and for a day the one before it."""
    found = [_secret(hub, row, row.secret_number)]
    if row.renewed_at is not None and hub.now() < row.renewed_at + OVERLAP:
        found.append(_secret(hub, row, row.secret_number - 1))
    return found


def secret_of(hub: Hub, session: Session, actor: Actor, webhook_id: str) -> str:
    """Return the secret with which messages to an address are signed.

    Raises:
        Forbidden: the actor may not manage webhooks.
        NotFound: there is no such address.
    """
    row = find(session, actor, webhook_id)
    return _secret(hub, row, row.secret_number)


def _kinds(kinds: Iterable[str]) -> list[str]:
    wanted = set(kinds)
    if not wanted or not wanted <= set(KINDS):
        raise Invalid(f"Choose of {', '.join(KINDS)}.", extra={"field": "kinds"})
    return [kind for kind in KINDS if kind in wanted]


def _label(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


def add(hub: Hub, session: Session, actor: Actor, *, url: str, kinds: Iterable[str], label: str = "") -> Endpoint:
    """Tell an address of some kinds of events from now on; see `secret_of` for its secret.

    Raises:
        Invalid: the address may not be used, or a kind is not known.
        Conflict: there are too many.
        Forbidden: the actor may not manage webhooks.
    """
    require(actor, "webhook.edit")
    checked_url(url, private=hub.settings.webhooks_private)
    if (session.scalar(select(func.count()).where(Webhook.removed_at.is_(None))) or 0) >= MOST:
        raise Conflict(f"There are {MOST} webhooks already. Remove one first.")
    row = Webhook(
        id=hub.new_id("whk"),
        created_at=hub.now(),
        url=url,
        label=_label(label),
        kinds=_kinds(kinds),
        created_by=actor.user_id,
        secret_number=1,
    )
    session.add(row)
    session.flush()
    record(session, hub.now(), "webhook.added", row.id, actor=actor.user_id, kinds=row.kinds)
    return view(row)


def find(session: Session, actor: Actor, webhook_id: str) -> Webhook:
    """Return the row of an address.

    Raises:
        Forbidden: the actor may not manage webhooks.
        NotFound: there is no such address.
    """
    require(actor, "webhook.edit")
    row = session.get(Webhook, webhook_id)
    if row is None or row.removed_at is not None:
        raise NotFound("There is no such webhook.")
    return row


def get(session: Session, actor: Actor, webhook_id: str) -> Endpoint:
    """Return one address; raises as `find`."""
    return view(find(session, actor, webhook_id))


def list_all(session: Session, actor: Actor) -> list[Endpoint]:
    """Return all addresses, the oldest first."""
    require(actor, "webhook.edit")
    rows = session.scalars(select(Webhook).where(Webhook.removed_at.is_(None)).order_by(Webhook.id))
    return [view(row) for row in rows]


def change(
    hub: Hub, session: Session, actor: Actor, *, webhook_id: str, kinds: Iterable[str], label: str = ""
) -> Endpoint:
    """Change of what an address is told; for another address make another webhook, with a secret of its own.

    Raises: as `add` and `find`.
    """
    row = find(session, actor, webhook_id)
    row.kinds, row.label = _kinds(kinds), _label(label)
    record(session, hub.now(), "webhook.changed", row.id, actor=actor.user_id, kinds=row.kinds)
    return view(row)


def renew(hub: Hub, session: Session, actor: Actor, *, webhook_id: str) -> str:
    """Make a new secret and return it; for a day the old one signs as well.

    Raises: as `find`.
    """
    row = find(session, actor, webhook_id)
    row.secret_number, row.renewed_at = row.secret_number + 1, hub.now()
    record(session, hub.now(), "webhook.secret_renewed", row.id, actor=actor.user_id)
    return _secret(hub, row, row.secret_number)


def enable(hub: Hub, session: Session, actor: Actor, *, webhook_id: str) -> Endpoint:
    """Tell an address again that was switched off; what happened meanwhile is not told, the feed has it.

    Raises: as `find`.
    """
    row = find(session, actor, webhook_id)
    row.disabled_at, row.disabled_why = None, ""
    record(session, hub.now(), "webhook.enabled", row.id, actor=actor.user_id)
    return view(row)


def remove(hub: Hub, session: Session, actor: Actor, *, webhook_id: str) -> None:
    """Tell an address nothing more; messages that wait are not sent.

    Raises: as `find`.
    """
    row = find(session, actor, webhook_id)
    row.removed_at = hub.now()
    record(session, hub.now(), "webhook.removed", row.id, actor=actor.user_id)


def trial(hub: Hub, session: Session, actor: Actor, *, webhook_id: str) -> WebhookMessage:
    """Send a message that tells of nothing, to see whether it arrives.

    Raises: as `find`; Conflict where the address is switched off.
    """
    row = find(session, actor, webhook_id)
    if row.disabled_at is not None:
        raise Conflict("This webhook is switched off. Switch it on first.")
    tried = select(func.min(WebhookMessage.event_id)).where(WebhookMessage.webhook_id == row.id)
    number = min(session.scalar(tried) or 0, 0) - 1
    body = {"type": TRIAL, "timestamp": hub.now().isoformat(), "data": {"webhook_id": row.id}}
    return put(hub, session, row, event_id=number, body=body)
