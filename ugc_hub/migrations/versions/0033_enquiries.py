"""Where others may ask a creator for a licence, if the creator wants that

Revision: 0033, follows 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("creators", sa.Column("enquiries_url", sa.String(length=2000), server_default="", nullable=False))
