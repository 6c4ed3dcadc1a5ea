"""Copies are known by the bytes that left, and by what could be written into them

Revision: 0014, follows 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("usages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stamped_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("stamp", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("credentials", sa.String(length=40), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_usages_stamped_sha256"), ["stamped_sha256"], unique=False)
