"""That a creator handed something in is noted of its assets, which are found by when that was

Revision: 0039, follows 0038
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TABLE = "submission_forms"
ASSETS = "SELECT {columns} FROM submission_files WHERE submission_id = NEW.submission_id"


def upgrade() -> None:
    after = f"AFTER UPDATE OF handed_in_at ON {TABLE}"
    if op.get_bind().dialect.name == "sqlite":
        assets = ASSETS.format(columns="asset_id, CAST(strftime('%s', 'now') AS INTEGER)")
        note = f"INSERT INTO asset_changes (asset_id, at) {assets}"
        op.execute(f"CREATE TRIGGER {TABLE}_noted_update {after} BEGIN {note}; END")
        return
    columns = "pg_current_xact_id()::text::bigint, asset_id, extract(epoch FROM now())::bigint"
    note = f"INSERT INTO asset_changes (tx, asset_id, at) {ASSETS.format(columns=columns)}"
    op.execute(
        f"CREATE FUNCTION note_{TABLE}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {note}; RETURN NULL; END $$"
    )
    op.execute(f"CREATE TRIGGER {TABLE}_noted {after} FOR EACH ROW EXECUTE FUNCTION note_{TABLE}()")
