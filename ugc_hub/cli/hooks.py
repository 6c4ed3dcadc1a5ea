"""Webhooks at the command line."""

from __future__ import annotations

import click

from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import always_json, as_json, say, show


@click.group()
def webhook() -> None:
    """Tell other programs by signed messages what ends or has to be taken down."""


@webhook.command("add")
@click.argument("url")
@click.option("--kind", "kinds", multiple=True, help="Such as rights.revoked; repeatable. Default: all.")
@click.option("--label", default="", help="How people call it.")
@always_json
def add_command(url: str, kinds: tuple[str, ...], label: str) -> None:
    """Make a webhook, and print it with its secret, once."""
    from ugc_hub import webhooks

    with opened() as hub, hub.database.write() as session:
        made = webhooks.add(hub, session, SYSTEM, url=url, kinds=kinds or webhooks.KINDS, label=label)
        show({**made.as_dict(), "secret": webhooks.secret_of(hub, session, SYSTEM, made.id)})


@webhook.command("list")
@as_json
def list_command(json_: bool) -> None:
    """List webhooks, and whether they are on."""
    from ugc_hub import webhooks

    with opened() as hub, hub.database.read() as session:
        found = webhooks.list_all(session, SYSTEM)
    if json_:
        show({"items": [one.as_dict() for one in found]})
        return
    for one in found:
        say(f"{one.id}  {'off' if one.disabled_at else 'on ':3}  {one.url}  {', '.join(one.kinds)}")


@webhook.command("messages")
@click.argument("webhook_id")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@as_json
def messages_command(webhook_id: str, limit: int, json_: bool) -> None:
    """List the messages to a webhook, newest first, with what became of each."""
    from ugc_hub import webhooks

    names = ("id", "kind", "state", "created_at", "attempts", "last_at", "last_status", "last_error", "next_at", "body")
    with opened() as hub, hub.database.read() as session:
        found = webhooks.messages(session, SYSTEM, webhook_id, limit=limit)
    if json_:
        show({"items": [{name: getattr(one, name) for name in names} for one in found]})
        return
    for one in found:
        problem = f"  {one.last_error}" if one.last_error else ""
        say(f"{one.id}  {one.state:9}  {one.kind:16}  {one.attempts} attempts{problem}")


@webhook.command("try")
@click.argument("webhook_id")
def try_command(webhook_id: str) -> None:
    """Send a message that tells of nothing; a worker carries it out."""
    from ugc_hub import webhooks

    with opened() as hub:
        with hub.database.write() as session:
            made = webhooks.trial(hub, session, SYSTEM, webhook_id=webhook_id)
        hub.ring()
    say(f"{made.id} is on its way. Look at: ugc-hub webhook messages {webhook_id}")


@webhook.command("again")
@click.argument("message_id")
def again_command(message_id: str) -> None:
    """Send a message again that failed or was delivered."""
    from ugc_hub import webhooks

    with opened() as hub:
        with hub.database.write() as session:
            webhooks.again(hub, session, SYSTEM, message_id=message_id)
        hub.ring()
    say(f"{message_id} is on its way.")


@webhook.command("enable")
@click.argument("webhook_id")
def enable_command(webhook_id: str) -> None:
    """Switch a webhook on again."""
    from ugc_hub import webhooks

    with opened() as hub, hub.database.write() as session:
        webhooks.enable(hub, session, SYSTEM, webhook_id=webhook_id)
    say(f"{webhook_id} is on.")


@webhook.command("remove")
@click.argument("webhook_id")
def remove_command(webhook_id: str) -> None:
    """Remove a webhook; messages that wait are not sent."""
    from ugc_hub import webhooks

    with opened() as hub, hub.database.write() as session:
        webhooks.remove(hub, session, SYSTEM, webhook_id=webhook_id)
    say(f"{webhook_id} is removed.")
