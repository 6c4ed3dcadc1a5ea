"""Changes of assets are noted, so that the index can follow them

Revision: 0024, follows 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

OF_ASSETS = {"assets": "id", "asset_rights": "asset_id", "asset_clearances": "asset_id", "asset_tags": "asset_id"}
"""Tables with a row for an asset, and the column that names it."""
OF_MANY = {
    "creators": ("id", "assets", "creator_id"),
    "campaigns": ("id", "assets", "campaign_id"),
    "tags": ("asset_id", "asset_tags", "tag_id"),
}
"""Tables whose rows many assets name: the column of the asset, the table that names, and the column that does."""
EVENTS = ("INSERT", "UPDATE", "DELETE")


def upgrade() -> None:
    op.create_table(
        "asset_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tx", sa.BigInteger(), nullable=True),
        sa.Column("asset_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_changes")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("asset_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asset_changes_tx"), ["tx"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    note = "INSERT INTO asset_changes (asset_id, at)"
    now = "CAST(strftime('%s', 'now') AS INTEGER)"
    for table, column in OF_ASSETS.items():
        for event in EVENTS:
            row = "OLD" if event == "DELETE" else "NEW"
            op.execute(
                f"CREATE TRIGGER {table}_noted_{event.lower()} AFTER {event} ON {table} "
                f"BEGIN {note} VALUES ({row}.{column}, {now}); END"
            )
    for table, (asset, of, column) in OF_MANY.items():
        named = f"SELECT {asset}, {now} FROM {of} WHERE {column} = NEW.id"  # noqa: S608 - names of our own
        op.execute(f"CREATE TRIGGER {table}_noted_update AFTER UPDATE ON {table} BEGIN {note} {named}; END")


def _postgresql() -> None:
    note = "INSERT INTO asset_changes (tx, asset_id, at)"
    who = "pg_current_xact_id()::text::bigint"
    now = "extract(epoch FROM now())::bigint"
    for table, column in OF_ASSETS.items():
        _function(table, f"{note} VALUES ({who}, COALESCE(NEW.{column}, OLD.{column}), {now})")
        op.execute(
            f"CREATE TRIGGER {table}_noted AFTER INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION note_{table}()"
        )
    for table, (asset, of, column) in OF_MANY.items():
        _function(table, f"{note} SELECT {who}, {asset}, {now} FROM {of} WHERE {column} = NEW.id")  # noqa: S608
        op.execute(f"CREATE TRIGGER {table}_noted AFTER UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION note_{table}()")


def _function(table: str, statement: str) -> None:
    op.execute(
        f"CREATE FUNCTION note_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {statement}; RETURN NULL; END $$"
    )
