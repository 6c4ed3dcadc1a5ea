"""What somebody with all rights in the database, but without the hub's secret, may do to the audit."""

from __future__ import annotations

from sqlalchemy import select, text

from ugc_hub.accounts import SYSTEM
from ugc_hub.audit import Broken, record, verify
from ugc_hub.hub import Hub
from ugc_hub.models import Event

KEPT = ("events", "decisions", "decision_inputs", "revocations", "agreement_versions")
TABLES = (*KEPT, "grants", "evidence", "usages")


def happen(hub: Hub, count: int = 6, kind: str = "thing.done") -> None:
    """Let something happen a few times, each in a transaction of its own."""
    for number in range(count):
        with hub.database.write() as session:
            record(session, hub.now(), kind, f"thing_{number}", actor=SYSTEM.user_id, number=number)


def tamper(hub: Hub, *statements: str) -> None:
    """Take the guards away and change rows by hand."""
    with hub.database.engine.begin() as connection:
        if hub.database.sqlite:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in TABLES:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement))


def broken(hub: Hub) -> Broken | None:
    """What the check finds."""
    with hub.database.read() as session:
        return verify(session, hub.secret).broken


def chain(hub: Hub) -> list[Event]:
    """All entries, in their order."""
    with hub.database.read() as session:
        return list(session.scalars(select(Event).order_by(Event.id)))
