"""The name by which somebody who was erased is credited may go out of a kept decision, and nothing else of it

Revision: 0032, follows 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

FIXED = ("id", "created_at", "asset_id", "actor", "rule_version", "vocabulary_version")
REQUEST = "request"
WORDS = "are only ever appended to"


def upgrade() -> None:
    op.add_column("decisions", sa.Column("scrubbed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_decisions_input_sha256", "decisions", ["input_sha256"], unique=False)
    # An erasure says when it was; the audit keeps the hash of what it left. Rows that no decision is of prove nothing.
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    same = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in (*FIXED, REQUEST))
    erasure = f"NEW.scrubbed_at IS NOT NULL AND NEW.scrubbed_at IS NOT OLD.scrubbed_at AND {same}"
    refuse = f"BEGIN SELECT RAISE(ABORT, 'decisions {WORDS}'); END"
    op.execute("DROP TRIGGER decisions_no_update")
    op.execute(f"CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions WHEN NOT ({erasure}) {refuse}")
    needed = "EXISTS (SELECT 1 FROM decisions WHERE input_sha256 = OLD.sha256)"
    refuse = f"BEGIN SELECT RAISE(ABORT, 'decision_inputs {WORDS}'); END"
    op.execute("DROP TRIGGER decision_inputs_no_delete")
    op.execute(f"CREATE TRIGGER decision_inputs_no_delete BEFORE DELETE ON decision_inputs WHEN {needed} {refuse}")


def _postgresql() -> None:
    same = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in FIXED)
    same += f" AND NEW.{REQUEST}::text IS NOT DISTINCT FROM OLD.{REQUEST}::text"
    erasure = f"NEW.scrubbed_at IS NOT NULL AND NEW.scrubbed_at IS DISTINCT FROM OLD.scrubbed_at AND {same}"
    refuse = "EXECUTE FUNCTION refuse_change()"
    op.execute("DROP TRIGGER decisions_no_change ON decisions")
    op.execute(f"CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions FOR EACH ROW {refuse}")
    op.execute(
        f"CREATE TRIGGER decisions_no_change BEFORE UPDATE ON decisions FOR EACH ROW WHEN (NOT ({erasure})) {refuse}"
    )
    op.execute(
        "CREATE FUNCTION refuse_needed_input() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF EXISTS (SELECT 1 FROM decisions WHERE input_sha256 = OLD.sha256) THEN "
        "RAISE EXCEPTION 'decision_inputs are only ever appended to'; END IF; RETURN OLD; END $$"
    )
    op.execute("DROP TRIGGER decision_inputs_no_change ON decision_inputs")
    op.execute(f"CREATE TRIGGER decision_inputs_no_change BEFORE UPDATE ON decision_inputs FOR EACH ROW {refuse}")
    op.execute(
        "CREATE TRIGGER decision_inputs_no_delete BEFORE DELETE ON decision_inputs "
        "FOR EACH ROW EXECUTE FUNCTION refuse_needed_input()"
    )
