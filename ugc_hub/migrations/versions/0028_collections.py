"""Assets are put together in collections, by hand or by a query

Revision: 0028, follows 0027
"""

import sqlalchemy as sa
from alembic import op

from ugc_hub.models.base import UtcTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "collections",
        sa.Column("user_id", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("sort", sa.String(length=20), nullable=False),
        sa.Column("cover_id", sa.String(), nullable=True),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cover_id"], ["assets.id"], name=op.f("fk_collections_cover_id_assets"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
        sa.UniqueConstraint("folded", name=op.f("uq_collections_folded")),
    )
    op.create_index(op.f("ix_collections_cover_id"), "collections", ["cover_id"])
    op.create_table(
        "collection_items",
        sa.Column("collection_id", sa.String(), nullable=False),
        sa.Column("asset_id", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_collection_items_collection_id_collections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["assets.id"], name=op.f("fk_collection_items_asset_id_assets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collection_id", "asset_id", name=op.f("pk_collection_items")),
    )
    op.create_index(op.f("ix_collection_items_asset_id"), "collection_items", ["asset_id"])
    op.create_index("ix_collection_items_collection_id_position", "collection_items", ["collection_id", "position"])
