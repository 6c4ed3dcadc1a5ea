"""Running totals of impressions and spend are kept by source and day

Revision: 0011, follows 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grant_totals",
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("impressions", sa.BigInteger(), nullable=True),
        sa.Column("spend_micros", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.String(length=60), nullable=True),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name=op.f("fk_grant_totals_grant_id_grants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_totals")),
    )
    with op.batch_alter_table("grant_totals", schema=None) as batch_op:
        batch_op.create_index("ix_grant_totals_grant_id_source_day", ["grant_id", "source", "day"], unique=True)
