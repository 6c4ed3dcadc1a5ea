"""Alembic's entry: runs inside the transaction that `ugc_hub.database.migrate` opened."""

from typing import Any, Literal

from alembic import context

from ugc_hub.models.base import UtcTime


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our time type into migrations as the plain type it is in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcTime) else False


configuration = context.config
context.configure(
    connection=configuration.attributes["connection"],
    target_metadata=list(configuration.attributes["metadata"]),
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
