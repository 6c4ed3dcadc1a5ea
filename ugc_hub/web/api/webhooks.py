"""Webhooks: addresses that are told what happens, and the messages to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from ugc_hub import webhooks
from ugc_hub.models import WebhookMessage
from ugc_hub.web.context import allowed, changing, the_hub
from ugc_hub.webhooks import KINDS, Endpoint

from .blueprint import blueprint, body, described, gives, query
from .shapes import Asked, Given


class WebhookAsk(Asked):
    """An address to tell, and of what."""

    url: str = Field(max_length=2000, examples=["https://example.org/hook"])
    kinds: list[str] = Field(min_length=1, max_length=20, examples=[list(KINDS)])
    label: str = Field(default="", max_length=200)


class WebhookChange(Asked):
    """Of what an address is told from now on; `enabled` switches it on again."""

    kinds: list[str] | None = Field(default=None, min_length=1, max_length=20)
    label: str | None = Field(default=None, max_length=200)
    enabled: Literal[True] | None = None


class WebhookOut(Given):
    """An address that is told of some kinds of events."""

    id: str
    url: str
    label: str
    kinds: list[str]
    created_at: datetime
    disabled_at: datetime | None
    disabled_why: str


class WebhookMade(WebhookOut):
    """A new webhook with its secret, which is not shown again."""

    secret: str


class SecretOut(Given):
    """A new secret; the one before it signs as well for a day."""

    secret: str


class WebhooksOut(Given):
    """All webhooks, the oldest first."""

    items: list[WebhookOut]


class MessageOut(Given):
    """One message and what became of it."""

    id: str
    webhook_id: str
    kind: str
    state: Literal["waiting", "delivered", "failed"]
    created_at: datetime
    attempts: int
    last_at: datetime | None
    last_status: int | None
    last_error: str
    next_at: datetime | None
    body: dict[str, Any]


class MessagePage(Given):
    """Some messages, newest first."""

    items: list[MessageOut]
    next_cursor: str | None


class MessageQuery(Asked):
    """Where the list continues."""

    limit: int = Field(default=50, ge=1, le=200)
    cursor: str = Field(default="", max_length=60)


@blueprint.get("/webhooks")
@gives(WebhooksOut)
@described("Webhooks", "List webhooks")
def list_webhooks() -> dict[str, Any]:
    """Return every address that is told of something; never a secret."""
    actor = allowed("webhook.edit")
    with the_hub().database.read() as session:
        return {"items": [one.as_dict() for one in webhooks.list_all(session, actor)]}


@blueprint.post("/webhooks")
@body(WebhookAsk)
@gives(WebhookMade, 201, "Made; keep the secret")
@described("Webhooks", "Make a webhook")
def make_webhook(body: WebhookAsk) -> dict[str, Any]:
    """Tell an address of some kinds of events from now on."""
    with changing("webhook.edit") as (hub, session, actor):
        made = webhooks.add(hub, session, actor, url=body.url, kinds=body.kinds, label=body.label)
        return {**made.as_dict(), "secret": webhooks.secret_of(hub, session, actor, made.id)}


@blueprint.get("/webhooks/<webhook_id>")
@gives(WebhookOut)
@described("Webhooks", "One webhook")
def see_webhook(webhook_id: str) -> dict[str, Any]:
    """Return one address and of what it is told."""
    actor = allowed("webhook.edit")
    with the_hub().database.read() as session:
        return webhooks.get(session, actor, webhook_id).as_dict()


@blueprint.patch("/webhooks/<webhook_id>")
@body(WebhookChange)
@gives(WebhookOut)
@described("Webhooks", "Change a webhook, or switch it on again")
def change_webhook(webhook_id: str, body: WebhookChange) -> dict[str, Any]:
    """Keep what is given; the rest stays."""
    with changing("webhook.edit") as (hub, session, actor):
        made: Endpoint = webhooks.get(session, actor, webhook_id)
        if body.kinds is not None or body.label is not None:
            kinds = made.kinds if body.kinds is None else body.kinds
            label = made.label if body.label is None else body.label
            made = webhooks.change(hub, session, actor, webhook_id=webhook_id, kinds=kinds, label=label)
        if body.enabled:
            made = webhooks.enable(hub, session, actor, webhook_id=webhook_id)
        return made.as_dict()


@blueprint.delete("/webhooks/<webhook_id>")
@gives(WebhooksOut)
@described("Webhooks", "Remove a webhook")
def remove_webhook(webhook_id: str) -> dict[str, Any]:
    """Tell an address nothing more; returns those that are left."""
    with changing("webhook.edit") as (hub, session, actor):
        webhooks.remove(hub, session, actor, webhook_id=webhook_id)
        return {"items": [one.as_dict() for one in webhooks.list_all(session, actor)]}


@blueprint.post("/webhooks/<webhook_id>/secret")
@gives(SecretOut)
@described("Webhooks", "Make a new secret")
def renew_webhook_secret(webhook_id: str) -> dict[str, str]:
    """Return a new secret; for a day both sign, so that nothing is lost while the receiver changes over."""
    with changing("webhook.edit") as (hub, session, actor):
        return {"secret": webhooks.renew(hub, session, actor, webhook_id=webhook_id)}


@blueprint.post("/webhooks/<webhook_id>/trial")
@gives(MessageOut, 202, "The message is on its way")
@described("Webhooks", "Send a message that tells of nothing")
def try_webhook(webhook_id: str) -> WebhookMessage:
    """Send one message of the kind `webhook.trial`."""
    with changing("webhook.edit") as (hub, session, actor):
        made = webhooks.trial(hub, session, actor, webhook_id=webhook_id)
    hub.ring()
    return made


@blueprint.get("/webhooks/<webhook_id>/messages")
@query(MessageQuery)
@gives(MessagePage)
@described("Webhooks", "List the messages to a webhook")
def list_webhook_messages(webhook_id: str, query: MessageQuery) -> dict[str, Any]:
    """Return one page of messages with what became of each."""
    actor = allowed("webhook.edit")
    with the_hub().database.read() as session:
        found = webhooks.messages(session, actor, webhook_id, before=query.cursor, limit=query.limit + 1)
    items = found[: query.limit]
    return {"items": items, "next_cursor": items[-1].id if len(found) > query.limit else None}


@blueprint.post("/webhooks/messages/<message_id>/again")
@gives(MessageOut, 202, "The message is on its way")
@described("Webhooks", "Send a message again")
def send_webhook_again(message_id: str) -> WebhookMessage:
    """Send a message again that failed or was delivered; its id stays the same."""
    with changing("webhook.edit") as (hub, session, actor):
        made = webhooks.again(hub, session, actor, message_id=message_id)
    hub.ring()
    return made
