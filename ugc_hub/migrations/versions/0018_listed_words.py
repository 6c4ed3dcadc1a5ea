"""How a picture was made, and what may be mined, become words of the lists of IPTC and PLUS

Revision: 0018, follows 0017
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from ugc_hub.rights.standards import UnknownWord, data_mining, source_type

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

rights = sa.table("asset_rights", sa.column("digital_source_type"), sa.column("data_mining"))


def upgrade() -> None:
    # A word of no list said nothing of AI, and was taken for a prohibition of mining.
    _read(rights.c.digital_source_type, source_type, None)
    _read(rights.c.data_mining, data_mining, "prohibited")


def _read(column: sa.ColumnClause[str], read: Callable[[str], str], otherwise: str | None) -> None:
    bind = op.get_bind()
    for text in bind.scalars(sa.select(column).distinct().where(column.is_not(None))).all():
        try:
            term: str | None = read(text)
        except UnknownWord:
            term = otherwise if text else None
        bind.execute(rights.update().where(column == text).values({column.name: term}))
