"""What legal has closed says so, and only legal opens it again

Revision: 0013, follows 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("asset_rights", schema=None) as batch_op:
        batch_op.add_column(sa.Column("legal_hold", sa.Boolean(), nullable=False, server_default=sa.false()))
    rights = sa.table("asset_rights", *map(sa.column, ("asset_id", "status", "legal_order", "legal_hold")))
    claims = sa.table("claims", *map(sa.column, ("asset_id", "state")))
    held = sa.select(claims.c.asset_id).where(claims.c.state == "held")
    for_legal = rights.c.legal_order | ((rights.c.status == "hold") & rights.c.asset_id.in_(held))
    op.execute(rights.update().where(for_legal).values(legal_hold=sa.true()))
