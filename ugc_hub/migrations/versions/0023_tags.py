"""People describe assets and give them tags

Revision: 0023, follows 0022
"""

import sqlalchemy as sa
from alembic import op

from ugc_hub.models.base import UtcTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assets", sa.Column("title", sa.String(length=300), server_default="", nullable=False))
    op.add_column("assets", sa.Column("description", sa.Text(), server_default="", nullable=False))
    op.add_column("assets", sa.Column("language", sa.String(length=2), server_default="", nullable=False))
    op.add_column("creators", sa.Column("niche", sa.String(length=100), server_default="", nullable=False))
    op.create_table(
        "tags",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("folded", name=op.f("uq_tags_folded")),
    )
    op.create_table(
        "tag_synonyms",
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("tag_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_tag_synonyms_tag_id_tags"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("folded", name=op.f("pk_tag_synonyms")),
    )
    op.create_index(op.f("ix_tag_synonyms_tag_id"), "tag_synonyms", ["tag_id"])
    op.create_table(
        "asset_tags",
        sa.Column("asset_id", sa.String(), nullable=False),
        sa.Column("tag_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["assets.id"], name=op.f("fk_asset_tags_asset_id_assets"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_asset_tags_tag_id_tags"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("asset_id", "tag_id", name=op.f("pk_asset_tags")),
    )
    op.create_index(op.f("ix_asset_tags_tag_id"), "asset_tags", ["tag_id"])
