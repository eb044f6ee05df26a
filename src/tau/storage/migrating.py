"""Migration of the tables to the newest version that this Tau knows.

Nodes of two versions may share a database, and a release may be taken back: the database records
the oldest version of the tables whose Tau can still use it. See `docs/nodes.md` for how a migration
is written so that older nodes go on while it runs.
"""

import logging
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from tau.errors import JournalError, StoreUnavailable
from tau.storage import backup_scrubbing
from tau.storage.schema import oldest_user

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).with_name("migrations")
_ADVISORY_LOCK = 6283  # any fixed number: nodes that start together migrate one after the other
_LOCK_TIMEOUT_MS = 500  # while a migration waits for a table, so does everyone who writes to it
_ATTEMPTS = 60
_PAUSE_SECONDS = 0.25
_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL: lock_not_available


def migrate(
    engine: sa.Engine,
    backup_folder: Path | None,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Bring the tables of the database to the newest version, unless a newer Tau migrated them.

    Before a SQLite file is changed, a backup is made in `backup_folder`. On PostgreSQL, others may
    write meanwhile: what waits for a table gives up soon, so that they don't have to wait, and
    tries again. Raises `JournalError` if the tables are too new for this Tau, `StoreUnavailable`
    if a table stays in use, and the database's own errors.
    """
    for _ in range(_ATTEMPTS):
        try:
            with engine.begin() as connection:
                _migrate(connection, backup_folder)
        except sa.exc.DBAPIError as error:
            if not _is_locked(error):
                raise
            sleep(_PAUSE_SECONDS * (1 + random.random()))  # noqa: S311 - only spreads the attempts
        else:
            return
    raise StoreUnavailable(
        "The tables couldn't be changed to the new version because something else kept them "
        "locked; nothing was changed. Start Tau again in a while."
    )


def newest_version() -> str:
    """Return the name of the newest migration."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def is_usable(version: str, oldest: str | None) -> bool:
    """Return whether this Tau can use tables of `version`.

    `oldest` is the oldest version whose Tau can use them, as the database records it.
    """
    newest = newest_version()
    return version <= newest or (oldest is not None and oldest <= newest)


def _migrate(connection: sa.Connection, backup_folder: Path | None) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
    current, newest = _current_version(connection), newest_version()
    if current == newest:
        return
    if current is not None and current > newest:
        if not is_usable(current, _oldest_user(connection)):
            raise JournalError(
                "This data was written by a newer Tau; install that version to open it."
            )
        logger.info("the tables are of a newer Tau (%s), which this one can use", current)
        return
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_LOCK_TIMEOUT_MS}")
    elif current is not None and backup_folder:
        _back_up(connection.engine, backup_folder, current)
    _upgrade(connection)


def _is_locked(error: sa.exc.DBAPIError) -> bool:
    details = error.orig.args[0] if error.orig and error.orig.args else None
    return isinstance(details, dict) and details.get("C") == _LOCK_NOT_AVAILABLE


def _current_version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _oldest_user(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(oldest_user.name):
        return None
    return connection.execute(sa.select(oldest_user.c.version)).scalar()


def _back_up(engine: sa.Engine, folder: Path, version: str) -> None:
    database = engine.url.database
    if not database or not Path(database).exists():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy = folder / f"before-{newest_version()}-from-{version}-{time.time_ns()}.db"
    draft = copy.with_name(copy.name + backup_scrubbing.PARTIAL_SUFFIX)
    draft.touch(mode=0o600)
    try:
        # Not a copy of the pages: those that are free may hold what an unfinished erasure left.
        with closing(sqlite3.connect(database)) as source:
            source.execute("VACUUM INTO ?", (str(draft),))
        draft.replace(copy)
    finally:
        draft.unlink(missing_ok=True)
    logger.info("backed up the database before migrating it: %s", copy.name)


def _upgrade(connection: sa.Connection, version: str = "head") -> None:
    # Alembic is imported only if there is something to migrate: it costs 100 ms and 10 MB.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, version)
