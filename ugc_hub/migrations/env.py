"""Alembic's entry: runs inside the transaction that `ugc_hub.database.migrate` opened."""

from alembic import context

configuration = context.config
context.configure(
    connection=configuration.attributes["connection"],
    target_metadata=list(configuration.attributes["metadata"]),
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
