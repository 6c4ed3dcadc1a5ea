"""Tracks have files that are laid under videos, and copies say which tracks they bear

Revision: 0046, follows 0045
"""

import sqlalchemy as sa
from alembic import op

from ugc_hub.models.base import UtcTime

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "track_files",
        sa.Column("track_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("loudness_lufs", sa.Double(), nullable=True),
        sa.Column("true_peak_dbtp", sa.Double(), nullable=True),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("added_at", UtcTime(), nullable=False),
        sa.Column("added_by", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["track_id"], ["tracks.id"], name=op.f("fk_track_files_track_id_tracks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("track_id", name=op.f("pk_track_files")),
    )
    op.create_index(op.f("ix_track_files_sha256"), "track_files", ["sha256"])
    op.create_table(
        "usage_beds",
        sa.Column("usage_id", sa.String(), nullable=False),
        sa.Column("track_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["usage_id"], ["usages.id"], name=op.f("fk_usage_beds_usage_id_usages"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name=op.f("fk_usage_beds_track_id_tracks")),
        sa.PrimaryKeyConstraint("usage_id", "track_id", name=op.f("pk_usage_beds")),
    )
    op.create_index(op.f("ix_usage_beds_track_id"), "usage_beds", ["track_id"])
