"""The index of the trash holds nothing but the trash: SQLite took it for questions about a few assets by their ids

Revision: 0035, follows 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

NAME = "ix_assets_trashed_at"


def upgrade() -> None:
    trashed = sa.text("trashed_at IS NOT NULL")
    op.drop_index(NAME, "assets")
    op.create_index(NAME, "assets", ["trashed_at"], sqlite_where=trashed, postgresql_where=trashed)
