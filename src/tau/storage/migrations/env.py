"""Alembic's entry: migrates over the connection that `Database.open` hands it.

Each migration since 0010 declares `oldest_user`: the oldest version of the tables whose Tau can
still use the database afterwards. It's recorded in the migration's transaction.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import Script

from tau.storage.schema import metadata, oldest_user

connection = context.config.attributes["connection"]


def _record_oldest_user(
    ctx: MigrationContext,  # noqa: ARG001 - Alembic passes all four by name
    step: MigrationInfo,
    heads: Any,  # noqa: ARG001
    run_args: Any,  # noqa: ARG001
) -> None:
    migration = step.up_revision
    if isinstance(migration, Script) and hasattr(migration.module, "oldest_user"):
        version = migration.module.oldest_user
        connection.execute(sa.delete(oldest_user))
        connection.execute(sa.insert(oldest_user).values(version=version))


context.configure(
    connection=connection,
    target_metadata=metadata,
    transaction_per_migration=False,
    render_as_batch=True,
    on_version_apply=_record_oldest_user,
)
context.run_migrations()
