"""What proves that a duty was done is kept with it

Revision: 0010, follows 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("duty_fulfilments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proof_key", sa.String(length=200), nullable=True))
