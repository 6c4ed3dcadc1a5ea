"""Videos have a normalised clip, and finished versions say what was measured of them

Revision: 0041, follows 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clips",
        sa.Column("asset_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("clip", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("storage_key", sa.String(length=200), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("sheet", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sheet_key", sa.String(length=200), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_clips_asset_id_assets"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_clips")),
    )
    op.create_index(op.f("ix_clips_storage_key"), "clips", ["storage_key"])
    op.create_index(op.f("ix_clips_sheet_key"), "clips", ["sheet_key"])
    op.add_column("renditions", sa.Column("measured", sa.JSON(none_as_null=True), nullable=True))
