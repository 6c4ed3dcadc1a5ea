"""Jobs that come again by the clock: every worker looks, and whoever is first asks for the job of each period.

What was asked for last stands in the database and commits with the job, so that a period has one job however many
workers there are, and none is forgotten when all of them were down.
"""

from __future__ import annotations

import logging
from importlib import import_module

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.loading import LOADING
from ugc_hub.models import Meta, Webhook
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

from .beside import Beside

LOG = logging.getLogger("ugc_hub.jobs")
HOUR_S, DAY_S = 3600, 86400
SCHEDULE = {
    "afterlife": HOUR_S,
    "due": HOUR_S,
    "alerts": HOUR_S,
    "digest": DAY_S,
    "proofs": DAY_S,
    "drafts": DAY_S,
    "collect": DAY_S,
    "empty": DAY_S,
    "stamp": DAY_S,
}
"""Seconds between two jobs of a kind; periods are counted from 1970-01-01 UTC."""
LOOK_S = 30.0


def tick(hub: Hub) -> list[str]:
    """Ask for the jobs of the periods that have begun; return their kinds.

    The first look ever only notes the period: nothing is due in a hub that has just been made.
    """
    stamped = bool(hub.settings.audit_timestamp_url)
    every = {kind: every_s for kind, every_s in SCHEDULE.items() if stamped or kind != "stamp"}
    periods = {kind: int(hub.now().timestamp()) // every_s for kind, every_s in every.items()}
    with hub.database.read() as session:
        known = _known(session)
    if all(known.get(kind, -1) >= period for kind, period in periods.items()):
        return []
    asked = []
    with hub.database.write() as session:
        hub.database.serialise(session, "schedule")
        known = _known(session)
        for kind, period in periods.items():
            if known.get(kind, -1) >= period:
                continue
            session.merge(Meta(name=f"schedule.{kind}", value=str(period)))
            if kind in known:
                options = Options(key=f"schedule:{kind}", group="schedule", max_attempts=hub.settings.job_attempts)
                enqueue(session.connection(), kind, {}, options=options)
                asked.append(kind)
    hub.ring()
    return asked


def _known(session: Session) -> dict[str, int]:
    rows = session.execute(select(Meta.name, Meta.value).where(Meta.name.startswith("schedule.")))
    return {name.removeprefix("schedule."): int(value) for name, value in rows}


def tell(hub: Hub) -> None:
    """Write the messages about what happened; where nobody listens, what signs and sends them is not even loaded."""
    with hub.database.read() as session:
        listened = session.scalar(select(Webhook.id).limit(1)) is not None
    if listened:
        with LOADING:
            webhooks = import_module("ugc_hub.webhooks")
        webhooks.fan_out(hub)


class Ticker(Beside):
    """Looks at the clock beside a worker, as long as the block runs."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub, "schedule")

    def _run(self) -> None:
        while True:
            try:
                tick(self._hub)
                tell(self._hub)
            except SQLAlchemyError as error:
                LOG.warning("the schedule cannot be read: %s", error)
            except Exception as error:  # whatever it was: jobs that nobody asks for any more are worse
                LOG.error("the schedule goes on after an error", exc_info=error)
            if self._end.wait(LOOK_S):
                return
