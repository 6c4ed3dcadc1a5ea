"""The language of each version of terms

Revision: 0037, follows 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("terms_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("locale", sa.String(length=20), server_default="en", nullable=False))
    op.execute(
        "UPDATE terms_versions SET locale = (SELECT terms.locale FROM terms WHERE terms.id = terms_versions.terms_id)"
    )
