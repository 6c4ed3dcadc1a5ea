"""Milestones of grants

Revision: 0003, follows 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grant_milestones",
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name=op.f("fk_grant_milestones_grant_id_grants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("grant_id", "name", name=op.f("pk_grant_milestones")),
    )
