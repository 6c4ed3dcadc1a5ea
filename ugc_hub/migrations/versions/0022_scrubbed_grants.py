"""Words that name somebody who was erased may go out of a grant, and nothing else of it

Revision: 0022, follows 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

FIXED = ("id", "created_at", "effect", "layer", "subject", "reach", "content_hash", "created_by")


def upgrade() -> None:
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scrubbed_at", sa.DateTime(timezone=True), nullable=True))
    # An erasure says when it was; the audit keeps the hash of what it left.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER grants_fixed")
        other = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED)
        words = "(NEW.body IS NOT OLD.body AND (NEW.scrubbed_at IS NULL OR NEW.scrubbed_at IS OLD.scrubbed_at))"
        refuse = "BEGIN SELECT RAISE(ABORT, 'grants keep what was written'); END"
        op.execute(f"CREATE TRIGGER grants_fixed BEFORE UPDATE ON grants WHEN {other} OR {words} {refuse}")
        return
    op.execute("DROP TRIGGER grants_fixed ON grants")
    other = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIXED)
    unsaid = "NEW.scrubbed_at IS NULL OR NEW.scrubbed_at IS NOT DISTINCT FROM OLD.scrubbed_at"
    words = f"(NEW.body::text IS DISTINCT FROM OLD.body::text AND ({unsaid}))"
    op.execute(
        f"CREATE TRIGGER grants_fixed BEFORE UPDATE ON grants FOR EACH ROW WHEN ({other} OR {words}) "
        "EXECUTE FUNCTION refuse_change()"
    )
