"""Campaigns have fields for their assets, and the index follows their values

Revision: 0029, follows 0028
"""

import sqlalchemy as sa
from alembic import op

from ugc_hub.models.base import UtcTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}
"""What happens to a row, and which of its states names the assets."""


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "campaign_fields",
        sa.Column("campaign_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        _key("campaign_fields", "campaign_id", "campaigns"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_fields")),
    )
    op.create_index("ix_campaign_fields_campaign_id_folded", "campaign_fields", ["campaign_id", "folded"], unique=True)
    op.create_table(
        "field_values",
        sa.Column("asset_id", sa.String(), nullable=False),
        sa.Column("field_id", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        _key("field_values", "asset_id", "assets"),
        _key("field_values", "field_id", "campaign_fields"),
        sa.PrimaryKeyConstraint("asset_id", "field_id", name=op.f("pk_field_values")),
    )
    op.create_index(op.f("ix_field_values_field_id"), "field_values", ["field_id"])
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    note, now = "INSERT INTO asset_changes (asset_id, at)", "CAST(strftime('%s', 'now') AS INTEGER)"
    for event, row in EVENTS.items():
        of_campaign = f"SELECT id, {now} FROM assets WHERE campaign_id = {row}.campaign_id"  # noqa: S608 - our own names
        noted = {"field_values": f"VALUES ({row}.asset_id, {now})", "campaign_fields": of_campaign}
        for table, rows in noted.items():
            op.execute(
                f"CREATE TRIGGER {table}_noted_{event} AFTER {event.upper()} ON {table} BEGIN {note} {rows}; END"
            )


def _postgresql() -> None:
    note, now = "INSERT INTO asset_changes (tx, asset_id, at)", "extract(epoch FROM now())::bigint"
    who = "pg_current_xact_id()::text::bigint"
    one = "COALESCE(NEW.campaign_id, OLD.campaign_id)"
    of_campaign = f"SELECT {who}, id, {now} FROM assets WHERE campaign_id = {one}"  # noqa: S608 - names of our own
    noted = {
        "field_values": f"VALUES ({who}, COALESCE(NEW.asset_id, OLD.asset_id), {now})",
        "campaign_fields": of_campaign,
    }
    for table, rows in noted.items():
        op.execute(
            f"CREATE FUNCTION note_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {note} {rows}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_noted AFTER INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION note_{table}()"
        )
