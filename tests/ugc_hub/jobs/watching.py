"""People who want to be told of new assets, the hours that pass, and the mails that they get."""

from __future__ import annotations

import email
from collections.abc import Callable
from email.policy import default
from pathlib import Path

from tests.sandboxes import lent_for
from tests.ugc_hub.rows import Clock, asset_row, user_row
from ugc_hub import catalog, notify
from ugc_hub.accounts import Actor, actor_of
from ugc_hub.catalog import Question
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub
from ugc_hub.jobs.handlers import handlers
from workers.queue.jobs import enqueue, find
from workers.queue.runner import RunnerOptions, drain
from workers.queue.shapes import Query

BEACH = Question("beach")
Round = Callable[[], None]


def looking(hub: Hub, clock: Clock) -> Round:
    """Return a function that lets an hour pass, indexes everything, and looks for what is new."""

    def work() -> None:
        clock.go_on(hours=1)
        rebuild(hub)
        work_off(hub)

    return work


def work_off(hub: Hub) -> None:
    """Look for what is new, and send the mails."""
    with hub.database.write() as session:
        enqueue(session.connection(), "alerts", {})
    with lent_for(hub.settings) as sandbox:
        drain(hub.database.engine, handlers(hub, sandbox), RunnerOptions(folder=hub.runs))
    with hub.database.read() as session:
        jobs = find(session.connection(), Query(limit=1000))
    assert {job.state for job in jobs} == {"done"}


def mails(hub: Hub) -> list[tuple[str, str, str]]:
    """Return to whom, about what, and what was said."""
    found = []
    for path in sorted(Path(notify.outbox(hub)).glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=default)
        part = message.get_body()
        assert part is not None
        found.append((str(message["To"]), str(message["Subject"]), str(part.get_content())))
    return found


def watcher(hub: Hub, role: str = "viewer", asked: Question = BEACH, alert: str = "mail") -> tuple[Actor, str]:
    """Make somebody who has a search with an alert, and return them and its id."""
    actor = actor_of(user_row(hub, role))
    return actor, catalog.save(hub, actor, f"Search of {role}", asked, alert=alert)


def watched(hub: Hub) -> None:
    """Make two people who want to be told of photos, and one that both are told of."""
    for role in ("viewer", "designer"):
        watcher(hub, role, Question("", {"kind": frozenset({"image"})}))
    asset_row(hub)
    rebuild(hub)
