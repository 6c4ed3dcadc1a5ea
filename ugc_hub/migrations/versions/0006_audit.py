"""The audit becomes a chain, and what must never change can no longer be changed

Revision: 0006, follows 0005
"""

from datetime import UTC

import sqlalchemy as sa
from alembic import context, op

from ugc_hub.audit.chain import GENESIS, HEAD, Head, Link, storable

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEPT = {
    "events": "id = NEW.id OR prev_hash = NEW.prev_hash",
    "decisions": "id = NEW.id",
    "decision_inputs": "sha256 = NEW.sha256",
    "revocations": "id = NEW.id",
    "agreement_versions": "id = NEW.id OR (agreement_id = NEW.agreement_id AND number = NEW.number)",
}
"""Tables that are only ever appended to, with when a row is there already."""
CHUNK = 1000

events = sa.table(
    "events",
    sa.column("id", sa.BigInteger),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("actor", sa.String),
    sa.column("kind", sa.String),
    sa.column("object_id", sa.String),
    sa.column("body", sa.JSON),
    sa.column("prev_hash", sa.String),
    sa.column("hash", sa.String),
)


def upgrade() -> None:
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("prev_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("hash", sa.String(length=64), nullable=True))
    head = _chain(op.get_bind()).sealed(context.config.attributes["audit_key"])
    meta = sa.table("meta", sa.column("name", sa.String), sa.column("value", sa.Text))
    op.get_bind().execute(meta.insert().values(name=HEAD, value=head.write()))
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.alter_column("prev_hash", existing_type=sa.String(length=64), nullable=False)
        batch_op.alter_column("hash", existing_type=sa.String(length=64), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_events_prev_hash"), ["prev_hash"])
    guard(op.get_bind())


def _chain(bind: sa.Connection) -> Head:
    """Chain the events that are there, in their order."""
    head, after = Head(0, GENESIS), 0
    change = (
        events.update()
        .where(events.c.id == sa.bindparam("which"))
        .values(body=sa.bindparam("said"), prev_hash=sa.bindparam("before"), hash=sa.bindparam("own"))
    )
    while rows := bind.execute(sa.select(events).where(events.c.id > after).order_by(events.c.id).limit(CHUNK)).all():
        changes = []
        for row in rows:
            at = row.at.replace(tzinfo=UTC) if row.at.tzinfo is None else row.at
            link = Link(row.id, head.hash, at, row.actor, row.kind, row.object_id, storable(row.body))
            head = Head(row.id, link.digest())
            changes.append({"which": row.id, "said": link.body, "before": link.prev_hash, "own": head.hash})
        bind.execute(change, changes)
        after = rows[-1].id
    return head


def guard(bind: sa.Connection) -> None:
    if bind.dialect.name == "sqlite":
        for table, same in KEPT.items():
            refuse = f"BEGIN SELECT RAISE(ABORT, '{table} are only ever appended to'); END"
            op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
            op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
            # INSERT OR REPLACE removes the older row without asking the trigger above.
            again = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names of our own
            op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {again} {refuse}")
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% are only ever appended to', TG_TABLE_NAME; END $$"
    )
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
