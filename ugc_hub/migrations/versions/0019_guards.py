"""What was agreed, what proves it and what left can no longer be changed by hand

Revision: 0019, follows 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FIXED = {
    "grants": ("id", "created_at", "effect", "layer", "subject", "reach", "body", "content_hash", "created_by"),
    "evidence": (
        *("id", "created_at", "grant_id", "kind", "storage_key", "sha256", "media_type", "size_bytes", "source_url"),
        "captured_by",
    ),
    "usages": (
        *("id", "created_at", "asset_id", "rendition_id", "exit", "decision_id", "channel", "territories", "products"),
        *("edits", "grants_used", "delivered_to", "token_sha256"),
    ),
}
"""Columns that the code never changes."""
CAPTURED = "'dm_export', 'permalink_snapshot', 'screenshot', 'platform_code'"
"""Proofs that show what people wrote or looked like: they go where an asset is erased."""
REMOVABLE = {"evidence": f"OLD.kind IN ({CAPTURED})"}
OWN = ("9e1ddaae87c7b15f3e27dce67c858a6786a1808df08b5489dcc67628051e3f5e",)
"""Hashes of what whoever declares own content has said so far."""
JSON = {"body", "territories", "products", "edits", "grants_used"}


def upgrade() -> None:
    bind = op.get_bind()
    _kinds(bind)
    for table, columns in FIXED.items():
        kept = REMOVABLE.get(table)
        if bind.dialect.name == "sqlite":
            _sqlite(table, columns, kept)
        else:
            _postgresql(table, columns, kept)


def _kinds(bind: sa.Connection) -> None:
    """Proofs that the hub itself wrote get kinds of their own, which tell how much they prove."""
    proofs = sa.table("evidence", *map(sa.column, ("grant_id", "kind", "source_url")))
    grants = sa.table("grants", *map(sa.column, ("id", "version_id")))
    versions = sa.table("agreement_versions", *map(sa.column, ("id", "text_sha256")))
    own = sa.select(grants.c.id).join(versions, versions.c.id == grants.c.version_id)
    own = own.where(versions.c.text_sha256.in_(OWN))
    declared = (proofs.c.kind == "clickwrap") & proofs.c.grant_id.in_(own)
    bind.execute(proofs.update().where(declared).values(kind="own_declaration"))
    imported = (proofs.c.kind == "note") & proofs.c.source_url.startswith("urn:sheet:grant:")
    bind.execute(proofs.update().where(imported).values(kind="imported_row"))


def _sqlite(table: str, columns: tuple[str, ...], kept: str | None) -> None:
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in columns)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} keep what was written'); END"
    op.execute(f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} WHEN {changed} {refuse}")
    when = f"WHEN NOT ({kept}) " if kept else ""
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {when}{refuse}")
    # INSERT OR REPLACE removes the older row without asking the trigger above.
    again = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608 - names of our own
    op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {again} {refuse}")


def _postgresql(table: str, columns: tuple[str, ...], kept: str | None) -> None:
    changed = " OR ".join(
        f"NEW.{name}::text IS DISTINCT FROM OLD.{name}::text"
        if name in JSON
        else f"NEW.{name} IS DISTINCT FROM OLD.{name}"
        for name in columns
    )
    refuse = "EXECUTE FUNCTION refuse_change()"
    op.execute(f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) {refuse}")
    when = f"WHEN (NOT ({kept})) " if kept else ""
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {when}{refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
