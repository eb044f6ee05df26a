"""Alembic's entry: migrates over the connection that `Database.open` hands it."""

from alembic import context

from tau.storage.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()
