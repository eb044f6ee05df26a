"""Migration of the tables to the newest version that this Tau knows."""

import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from tau.errors import JournalError
from tau.storage import backup_scrubbing

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).with_name("migrations")
_ADVISORY_LOCK = 6283  # any fixed number: nodes that start together migrate one after the other


def migrate(engine: sa.Engine, backup_folder: Path | None) -> None:
    """Bring the tables of the database to the newest version.

    Before a SQLite file is changed, a backup is made in `backup_folder`. Raises `JournalError` if a
    newer Tau wrote the database, and the database's own errors.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        current, newest = _current_version(connection), newest_version()
        if current == newest:
            return
        if current is not None and current > newest:
            raise JournalError(
                "This data was written by a newer Tau; install that version to open it."
            )
        if current is not None and engine.dialect.name == "sqlite" and backup_folder:
            _back_up(engine, backup_folder, current)
        _upgrade(connection)


def newest_version() -> str:
    """Return the name of the newest migration."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _current_version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


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


def _upgrade(connection: sa.Connection) -> None:
    # Alembic is imported only if there is something to migrate: it costs 100 ms and 10 MB.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
