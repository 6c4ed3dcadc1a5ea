"""Many assets are edited in one step that can be undone, and there is a trash

Revision: 0026, follows 0025
"""

import sqlalchemy as sa
from alembic import op

from ugc_hub.models.base import UtcTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.add_column("assets", sa.Column("trashed_at", UtcTime(), nullable=True))
    op.add_column("assets", sa.Column("trashed_by", sa.String(length=40), nullable=True))
    op.create_index(op.f("ix_assets_trashed_at"), "assets", ["trashed_at"])
    op.create_table(
        "edits",
        sa.Column("user_id", sa.String(length=40), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("undone_at", UtcTime(), nullable=True),
        sa.Column("undone_by", sa.String(length=40), nullable=True),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edits")),
    )
    op.create_table(
        "edit_assets",
        sa.Column("edit_id", sa.String(), nullable=False),
        sa.Column("asset_id", sa.String(), nullable=False),
        _key("edit_assets", "edit_id", "edits"),
        _key("edit_assets", "asset_id", "assets"),
        sa.PrimaryKeyConstraint("edit_id", "asset_id", name=op.f("pk_edit_assets")),
    )
    op.create_index(op.f("ix_edit_assets_asset_id"), "edit_assets", ["asset_id"])
    op.create_table(
        "edit_values",
        sa.Column("edit_id", sa.String(), nullable=False),
        sa.Column("asset_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        _key("edit_values", "edit_id", "edits"),
        _key("edit_values", "asset_id", "assets"),
        sa.PrimaryKeyConstraint("edit_id", "asset_id", "field", name=op.f("pk_edit_values")),
    )
    op.create_index(op.f("ix_edit_values_asset_id"), "edit_values", ["asset_id"])
