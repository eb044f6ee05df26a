"""Connections to PostgreSQL by asyncpg, for what pg8000 is too slow for or can't do."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    import asyncpg


async def connect(
    address: sa.URL, *, timeout_seconds: float, statement_cache_size: int = 100
) -> "asyncpg.Connection":
    """Open a connection to the database at `address`.

    Raises one of `connection_errors()`.
    """
    import asyncpg

    return await asyncpg.connect(
        **connection_arguments(address),
        timeout=timeout_seconds,
        statement_cache_size=statement_cache_size,
    )


def connection_errors() -> tuple[type[Exception], ...]:
    """Return the errors of a connection that can't be opened, or that was lost."""
    import asyncpg

    return (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


def connection_arguments(address: sa.URL) -> dict[str, Any]:
    """Return the arguments with which asyncpg connects to `address`.

    A folder as host, as libpq takes it, contains the server's socket.
    """
    folder = address.query.get("host")
    socket_file = address.query.get("unix_sock")
    host, port = address.host, address.port
    if isinstance(folder, str):
        host = folder
    elif isinstance(socket_file, str):
        host, _, file = socket_file.rpartition("/")
        port = int(file.rpartition(".")[2])
    given = {
        "host": host,
        "port": port,
        "user": address.username,
        "password": address.password,
        "database": address.database,
    }
    return {name: value for name, value in given.items() if value is not None}
