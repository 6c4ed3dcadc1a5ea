"""Changes of many assets are noted at once, and which assets an edit means is written down without looking each up

Revision: 0036, follows 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

OF_ASSETS = {
    "assets": "id",
    "asset_rights": "asset_id",
    "asset_clearances": "asset_id",
    "asset_tags": "asset_id",
    "asset_texts": "asset_id",
    "field_values": "asset_id",
}
"""Tables with a row for an asset, and the column that names it."""
EVENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def upgrade() -> None:
    # It holds rows for as long as an edit lasts, so there are none to be moved.
    op.drop_table("edit_assets")
    op.create_table(
        "edit_assets",
        sa.Column("edit_id", sa.String(), nullable=False),
        sa.Column("asset_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("edit_id", "asset_id", name=op.f("pk_edit_assets")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, column in OF_ASSETS.items():
            _note(table, column)


def _note(table: str, column: str) -> None:
    """One function call for a statement instead of one for each of its rows."""
    now = "extract(epoch FROM now())::bigint"
    rows = f"SELECT pg_current_xact_id()::text::bigint, {column}, {now} FROM noted"  # noqa: S608 - names of our own
    op.execute(f"DROP TRIGGER {table}_noted ON {table}")
    op.execute(
        f"CREATE OR REPLACE FUNCTION note_{table}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN INSERT INTO asset_changes (tx, asset_id, at) {rows}; RETURN NULL; END $$"
    )
    for event, state in EVENTS.items():
        op.execute(
            f"CREATE TRIGGER {table}_noted_{event.lower()} AFTER {event} ON {table} "
            f"REFERENCING {state} TABLE AS noted FOR EACH STATEMENT EXECUTE FUNCTION note_{table}()"
        )
