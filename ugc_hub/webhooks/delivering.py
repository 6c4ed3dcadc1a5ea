"""One attempt at one message, and what follows: it was taken, is tried again later, or its address is switched off."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, NotFound
from ugc_hub.hub import Hub, crash_point
from ugc_hub.models import Webhook, WebhookMessage

from .endpoints import find, secrets_of
from .outbox import ask
from .sending import NotSent, Sender
from .signing import sign

DELAYS_S = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 21600, 36000)
"""Before the second and each further attempt: the last one comes a day after the first."""
GONE = 410
"""The receiver says that nobody listens there any more."""


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt: delivered, again, failed, or over (there was nothing to send)."""

    state: str
    disabled: str = ""
    """Id of the webhook where this attempt switched it off."""


Tell = Callable[[Session, str], None]


def deliver(
    hub: Hub, message_id: str, attempt: int, *, sender: Sender | None = None, switched_off: Tell | None = None
) -> Outcome:
    """Send a message once more and keep what came of it. It may arrive twice where a worker dies in between.

    `attempt` is the number of attempts before this one: a job that runs again after its attempt was kept does nothing.
    `switched_off` is called with the id of the webhook in the transaction that switches it off.
    """
    with hub.database.read() as session:
        message = session.get(WebhookMessage, message_id)
        webhook = session.get(Webhook, message.webhook_id) if message is not None else None
    if message is None or webhook is None or message.state != "waiting" or message.attempts != attempt:
        return Outcome("over")
    if webhook.disabled_at is not None or webhook.removed_at is not None:
        return _keep(hub, message_id, None, "The webhook was switched off.", last=True)
    body = json.dumps(message.body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    headers = sign(secrets_of(hub, webhook), message.id, int(hub.now().timestamp()), body)
    headers |= {"Content-Type": "application/json", "User-Agent": "UGC-Hub-Webhooks"}
    sender = sender or Sender(private=hub.settings.webhooks_private)
    try:
        answer = sender.post(webhook.url, body, headers)
    except NotSent as error:
        status, problem = None, str(error)
    else:
        status, problem = answer.status, "" if answer.taken else f"The answer was {answer.status}."
    crash_point("after_posted")
    outcome = _keep(hub, message_id, status, problem, switched_off=switched_off)
    hub.ring()
    return outcome


def _keep(
    hub: Hub,
    message_id: str,
    status: int | None,
    problem: str,
    *,
    last: bool = False,
    switched_off: Tell | None = None,
) -> Outcome:
    with hub.database.write() as session:
        message = session.get_one(WebhookMessage, message_id, with_for_update=True)
        if message.state != "waiting":
            return Outcome("over")
        now = hub.now()
        message.attempts += 1
        message.last_status, message.last_error, message.last_at = status, problem, now
        message.next_at = None
        if not problem:
            message.state = "delivered"
            return Outcome("delivered")
        if not last and status != GONE and message.attempts <= len(DELAYS_S):
            delay = DELAYS_S[message.attempts - 1]
            message.next_at = now + timedelta(seconds=delay)
            ask(hub, session, message, delay)
            return Outcome("again")
        message.state = "failed"
        webhook = session.get_one(Webhook, message.webhook_id, with_for_update=True)
        if last or not _hopeless(session, message, status):
            return Outcome("failed")
        outcome = _switch_off(hub, session, webhook, status)
        if outcome.disabled and switched_off is not None:
            switched_off(session, webhook.id)
        return outcome


def _hopeless(session: Session, message: WebhookMessage, status: int | None) -> bool:
    """Whether nothing at all arrived there since the message was made."""
    if status == GONE:
        return True
    arrived = select(WebhookMessage.id).where(
        WebhookMessage.webhook_id == message.webhook_id,
        WebhookMessage.state == "delivered",
        WebhookMessage.last_at >= message.created_at,
    )
    return session.scalar(arrived.limit(1)) is None


def _switch_off(hub: Hub, session: Session, webhook: Webhook, status: int | None) -> Outcome:
    if webhook.disabled_at is not None or webhook.removed_at is not None:
        return Outcome("failed")
    webhook.disabled_at = hub.now()
    gone = status == GONE
    webhook.disabled_why = "The receiver says that it is gone." if gone else "Nothing arrived for a day."
    record(session, hub.now(), "webhook.disabled", webhook.id)
    return Outcome("failed", webhook.id)


def messages(
    session: Session, actor: Actor, webhook_id: str, *, before: str = "", limit: int = 50
) -> list[WebhookMessage]:
    """Return the messages to an address, newest first; raises as `endpoints.find`."""
    find(session, actor, webhook_id)
    wanted = select(WebhookMessage).where(WebhookMessage.webhook_id == webhook_id)
    wanted = wanted.where(WebhookMessage.id < before) if before else wanted
    return list(session.scalars(wanted.order_by(WebhookMessage.id.desc()).limit(limit)))


def again(hub: Hub, session: Session, actor: Actor, *, message_id: str) -> WebhookMessage:
    """Send a message again that failed or was delivered; its id stays the same, so that the receiver knows it.

    Raises:
        Forbidden: the actor may not manage webhooks.
        NotFound: there is no such message.
        Conflict: it waits already, or its address is switched off.
    """
    require(actor, "webhook.edit")
    message = session.get(WebhookMessage, message_id, with_for_update=True)
    if message is None:
        raise NotFound("There is no such message.")
    webhook = find(session, actor, message.webhook_id)
    if message.state == "waiting":
        raise Conflict("This message waits already for its next attempt.")
    if webhook.disabled_at is not None:
        raise Conflict("This webhook is switched off. Switch it on first.")
    message.state, message.attempts, message.next_at = "waiting", 0, hub.now()
    ask(hub, session, message)
    return message
