"""One kind of job for mails: those that wait under the older name go on under the newer one

Revision: 0031, follows 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE jobs SET kind = 'mail' WHERE kind = 'letter'")
