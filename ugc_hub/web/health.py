"""Is the process alive (`/healthz`), and can it do its work (`/readyz`)? Neither tells a secret."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Flask, Response, jsonify
from sqlalchemy import select

from ugc_hub.catalog.condition import condition
from ugc_hub.hub import Hub
from ugc_hub.models import Meta
from workers.queue.jobs import lag_s

from .context import the_hub

LOG = logging.getLogger("ugc_hub.web")
LONGEST_LAG_S = 600.0
"""A job that is due and waited longer says that no worker runs."""


def _database(hub: Hub) -> str:
    with hub.database.read() as session:
        session.scalar(select(Meta.value).limit(1))
    return "ok"


def _storage(hub: Hub) -> str:
    with hub.database.read() as session:
        identity = session.scalar(select(Meta.value).where(Meta.name == "identity"))
    hub.storage.check(identity)
    return "ok"


def _jobs(hub: Hub) -> str:
    with hub.database.read() as session:
        lag = lag_s(session.connection())
    return "ok" if lag < LONGEST_LAG_S else "late"


CHECKS: dict[str, Callable[[Hub], str]] = {"database": _database, "storage": _storage, "jobs": _jobs}


def _index(hub: Hub) -> dict[str, object]:
    """The state of the index, which holds nobody off: without one, names are searched, and a worker makes another."""
    found = condition(hub)
    told: dict[str, object] = {"state": found.state, "message": found.message}
    if found.share is not None:
        told["share"] = round(found.share, 3)
    if found.state == "behind":
        told["waiting"] = found.waiting
    return told


def _state(name: str, check: Callable[[Hub], str]) -> str:
    try:
        return check(the_hub())
    except Exception:
        LOG.warning("not ready", exc_info=True, extra={"fields": {"part": name}})
        return "failing"


def register(app: Flask) -> None:
    """Add both addresses; they need no sign-in."""

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        parts = {name: _state(name, check) for name, check in CHECKS.items()}
        ready = all(state == "ok" for state in parts.values())
        index = _index(the_hub()) if parts["database"] == "ok" else {"state": "unknown"}
        return jsonify(status="ok" if ready else "failing", parts=parts, index=index), 200 if ready else 503
