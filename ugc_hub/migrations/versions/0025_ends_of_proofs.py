"""The proof of an erasure has an end

Revision: 0025, follows 0024
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from ugc_hub.models.base import UtcTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

DAYS = 1095
"""As the setting is where nobody has changed it."""


def upgrade() -> None:
    op.add_column("erasures", sa.Column("keep_until", UtcTime(), nullable=True))
    names = ("id", "created_at", "keep_until")
    proofs = sa.table("erasures", sa.column("id"), *(sa.column(name, UtcTime()) for name in names[1:]))
    bind = op.get_bind()
    for row in bind.execute(sa.select(proofs.c.id, proofs.c.created_at)).all():
        until = row.created_at + timedelta(days=DAYS)
        bind.execute(proofs.update().where(proofs.c.id == row.id).values(keep_until=until))
