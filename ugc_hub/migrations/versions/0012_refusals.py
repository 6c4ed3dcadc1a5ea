"""A refusal remembers what it rests on, so that the same bytes are not looked at twice

Revision: 0012, follows 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("refusals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("edition", sa.String(length=100), nullable=False, server_default=""))
