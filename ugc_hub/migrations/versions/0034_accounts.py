"""Accounts on platforms that a person has proven to be theirs

Revision: 0034, follows 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_accounts",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("handle", sa.String(length=100), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("verified_by", sa.String(length=40), nullable=True),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_accounts_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_accounts")),
    )
    with op.batch_alter_table("person_accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_accounts_person_id"), ["person_id"], unique=False)
