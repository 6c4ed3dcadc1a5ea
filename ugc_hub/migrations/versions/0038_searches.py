"""Searches are saved, shared and remembered, and tell of new assets

Revision: 0038, follows 0037
"""

import sqlalchemy as sa
from alembic import op

from ugc_hub.models.base import UtcTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "saved_searches",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("sort", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("alert", sa.String(length=10), nullable=False),
        sa.Column("alert_since", UtcTime(), nullable=True),
        sa.Column("looked_at", UtcTime(), nullable=True),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        _key("saved_searches", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_searches_user_id")),
    )
    op.create_index(op.f("ix_saved_searches_alert_since"), "saved_searches", ["alert_since"])
    op.create_table(
        "search_hits",
        sa.Column("search_id", sa.String(), nullable=False),
        sa.Column("asset_id", sa.String(), nullable=False),
        sa.Column("found_at", UtcTime(), nullable=False),
        _key("search_hits", "search_id", "saved_searches"),
        _key("search_hits", "asset_id", "assets"),
        sa.PrimaryKeyConstraint("search_id", "asset_id", name=op.f("pk_search_hits")),
    )
    op.create_index(op.f("ix_search_hits_asset_id"), "search_hits", ["asset_id"])
    op.create_index(op.f("ix_search_hits_found_at"), "search_hits", ["found_at"])
    op.create_table(
        "recent_searches",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("sort", sa.String(length=20), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        _key("recent_searches", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recent_searches")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_recent_searches_user_id")),
    )
