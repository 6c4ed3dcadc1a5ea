"""What was noted of a revocation may go where it names somebody who was erased, and nothing else of it

Revision: 0040, follows 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

FIXED = ("id", "created_at", "grant_id", "requested_at", "effective_at", "basis", "requested_by")
JSON = ("channels", "territories")


def upgrade() -> None:
    op.add_column("revocations", sa.Column("scrubbed_at", sa.DateTime(timezone=True), nullable=True))
    # An erasure says when it was; the audit keeps the hash of what it left.
    if op.get_bind().dialect.name == "sqlite":
        same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in (*FIXED, *JSON))
        erasure = f"NEW.scrubbed_at IS NOT NULL AND NEW.scrubbed_at IS NOT OLD.scrubbed_at AND {same}"
        refuse = "BEGIN SELECT RAISE(ABORT, 'revocations are only ever appended to'); END"
        op.execute("DROP TRIGGER revocations_no_update")
        op.execute(f"CREATE TRIGGER revocations_no_update BEFORE UPDATE ON revocations WHEN NOT ({erasure}) {refuse}")
        return
    same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in FIXED)
    same += "".join(f" AND NEW.{name}::text IS NOT DISTINCT FROM OLD.{name}::text" for name in JSON)
    erasure = f"NEW.scrubbed_at IS NOT NULL AND NEW.scrubbed_at IS DISTINCT FROM OLD.scrubbed_at AND {same}"
    refuse = "EXECUTE FUNCTION refuse_change()"
    op.execute("DROP TRIGGER revocations_no_change ON revocations")
    op.execute(f"CREATE TRIGGER revocations_no_delete BEFORE DELETE ON revocations FOR EACH ROW {refuse}")
    op.execute(
        f"CREATE TRIGGER revocations_no_change BEFORE UPDATE ON revocations FOR EACH ROW WHEN (NOT ({erasure})) "
        f"{refuse}"
    )
