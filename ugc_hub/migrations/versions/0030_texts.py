"""The words in an asset, read or written down, which are noted like every change of what is found

Revision: 0030, follows 0029
"""

import sqlalchemy as sa
from alembic import op

from ugc_hub.models.base import UtcTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLE = "asset_texts"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("asset_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("reader", sa.String(length=200), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["assets.id"], name=op.f("fk_asset_texts_asset_id_assets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("asset_id", "kind", name=op.f("pk_asset_texts")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    note = "INSERT INTO asset_changes (asset_id, at)"
    now = "CAST(strftime('%s', 'now') AS INTEGER)"
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        op.execute(
            f"CREATE TRIGGER {TABLE}_noted_{event.lower()} AFTER {event} ON {TABLE} "
            f"BEGIN {note} VALUES ({row}.asset_id, {now}); END"
        )


def _postgresql() -> None:
    note = "INSERT INTO asset_changes (tx, asset_id, at)"
    who = "pg_current_xact_id()::text::bigint"
    values = f"{who}, COALESCE(NEW.asset_id, OLD.asset_id), extract(epoch FROM now())::bigint"
    op.execute(
        f"CREATE FUNCTION note_{TABLE}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {note} VALUES ({values}); RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_noted AFTER INSERT OR UPDATE OR DELETE ON {TABLE} "
        f"FOR EACH ROW EXECUTE FUNCTION note_{TABLE}()"
    )
