"""Webhooks as jobs: what the daily look finds is told, sent, and an address that is gone is told to administrators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.sandboxes import lent_for
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, user_row
from tests.ugc_hub.webhooks.receiver import Receiver, receiver
from ugc_hub import notify, webhooks
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.jobs.handlers import handlers
from ugc_hub.jobs.schedule import tell
from workers.queue.jobs import enqueue
from workers.queue.runner import RunnerOptions, drain


@pytest.fixture
def home(hub: Hub) -> Hub:
    """A hub that may send to this machine."""
    hub.runs.mkdir(parents=True, exist_ok=True)
    return replace(hub, settings=replace(hub.settings, webhooks_private=True))


@pytest.fixture
def there() -> Iterator[Receiver]:
    """A receiver."""
    with receiver() as listening:
        yield listening


def run(hub: Hub, *kinds: str) -> None:
    with hub.database.write() as session:
        for kind in kinds:
            enqueue(session.connection(), kind, {})
    tell(hub)
    with lent_for(hub.settings) as sandbox:
        drain(hub.database.engine, handlers(hub, sandbox), RunnerOptions(folder=hub.runs))


def listen(hub: Hub, url: str, *kinds: str) -> str:
    with hub.database.write() as session:
        return webhooks.add(hub, session, SYSTEM, url=url, kinds=kinds).id


def sent(hub: Hub, path: Path) -> Any:
    return message_from_bytes(path.read_bytes(), policy=default)


def test_a_coming_end_that_the_daily_look_finds_is_sent_signed(home: Hub, there: Receiver) -> None:
    hook = listen(home, there.url, "rights.expiring")
    asset = asset_row(home)
    end = home.now() + timedelta(days=6)
    grant = clear(home, asset, perpetual=False, ends_at=end.isoformat())
    run(home, "digest")
    run(home)
    (body,), (headers,) = there.bodies, there.headers
    with home.database.read() as session:
        secret = webhooks.secret_of(home, session, SYSTEM, hook)
    assert webhooks.verify(secret, headers, body, now=int(home.now().timestamp()))
    for words in ('"type":"rights.expiring"', f'"asset_id":"{asset}"', f'"grant_id":"{grant}"', '"days":7'):
        assert words in body.decode()
    run(home, "digest")
    run(home)
    assert len(there.bodies) == 1


def test_administrators_are_told_by_mail_of_an_address_that_was_switched_off(home: Hub, there: Receiver) -> None:
    user_row(home, "admin", "admin@example.org")
    user_row(home, "legal")
    there.statuses = [410]
    hook = listen(home, there.url, "rights.hold")
    with home.database.write() as session:
        webhooks.trial(home, session, SYSTEM, webhook_id=hook)
    run(home)
    (mail,) = [sent(home, path) for path in notify.outbox(home).glob("*.eml")]
    assert (mail["To"], mail["Subject"]) == ("admin@example.org", "A webhook was switched off")
    text = mail.get_content()
    assert there.url in text
    assert f"/webhooks/{hook}" in text
    assert "The receiver says that it is gone." in text
