"""Lock of the files that Tau makes beside a SQLite database: backups, and drafts of them.

SQLite's own locks guard what is in a database, not the names of files. Whoever makes, rewrites or
deletes a backup holds this lock, so a draft that is there while somebody else holds it was left
by a process that was killed. The lock is SQLite's own, on an empty file: it works wherever the
database works, and ends with its process.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tau.errors import StoreUnavailable

SUFFIX = ".lock"
_WAIT_SECONDS = 15.0


@contextmanager
def lock_files(database: Path) -> Iterator[None]:
    """Hold the lock of the backups of `database`. Raises `StoreUnavailable` after 15 seconds."""
    path = database.with_name(database.name + SUFFIX)
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            raise StoreUnavailable(
                f"Another program is writing a backup of this database ({type(error).__name__})."
            ) from None
        yield
