"""A letter that went out is noted, so that a job that runs twice sends it once

Revision: 0015, follows 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sent_letters",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sent_letters")),
    )
    with op.batch_alter_table("sent_letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sent_letters_sent_at"), ["sent_at"], unique=False)
