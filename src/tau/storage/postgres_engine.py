"""SQLAlchemy's engine for PostgreSQL, through pg8000.

Tau makes the sockets itself, so that a connection on which nothing is said any more can be ended
from another thread. Nothing is set for a session, so that PgBouncer may share connections between
transactions.
"""

import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.pool import ConnectionPoolEntry

from tau.storage.availability import ANSWER_SECONDS, Availability, current_wait

CONNECTIONS = 4
"""The most connections of the pool."""
CONNECT_SECONDS = 3.0
_POOL_SECONDS = 3.0  # until a connection of the pool is free
_SILENCE_MS = 5_000  # until a peer that acknowledges nothing is given up
_CANNOT_CONNECT_NOW = "57P03"  # PostgreSQL is starting or stopping
_SOCKET = "tau socket"  # in a connection's `info`
_AVAILABILITY = "tau_availability"  # in an engine's options


def create_postgres_engine(address: sa.URL) -> sa.Engine:
    """Return an engine for a PostgreSQL address as libpq takes it."""
    availability = Availability(lambda: _ask(engine))
    engine = sa.create_engine(
        _pg8000_address(address),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=_POOL_SECONDS,
        hide_parameters=True,  # in what SQLAlchemy logs
        execution_options={_AVAILABILITY: availability},
    )
    sa.event.listen(engine, "do_connect", _connect)
    sa.event.listen(engine, "checkout", _check_out)
    sa.event.listen(engine, "close", _close)
    return engine


def availability_of(engine: sa.Engine) -> Availability | None:
    """Return whether the server of this engine answers; `None` for SQLite."""
    availability: Availability | None = engine.get_execution_options().get(_AVAILABILITY)
    return availability


def _pg8000_address(address: sa.URL) -> sa.URL:
    """Return `address` for pg8000, which needs a socket file where libpq takes `host=folder`."""
    address = address.set(drivername="postgresql+pg8000")
    folder = address.query.get("host")
    if not isinstance(folder, str) or not folder.startswith("/"):
        return address
    socket_file = f"{folder}/.s.PGSQL.{address.port or 5432}"
    return address.difference_update_query(["host"]).update_query_dict({"unix_sock": socket_file})


def _connect(
    dialect: Dialect, record: ConnectionPoolEntry, _arguments: list[Any], given: dict[str, Any]
) -> DBAPIConnection:
    connected = _open_socket(given, CONNECT_SECONDS)
    connected.settimeout(None)
    handle = connected.dup()  # TLS wraps the other one
    try:
        if (wait := current_wait()) is not None:
            wait.attach(lambda: _shut_down(handle))
        connection = _log_in(dialect, connected, given)
    except BaseException:
        connected.close()
        handle.close()
        raise
    record.info[_SOCKET] = handle
    return connection


def _log_in(
    dialect: Dialect, connected: socket.socket, given: Mapping[str, Any]
) -> DBAPIConnection:
    rest = {name: value for name, value in given.items() if name not in {"port", "unix_sock"}}
    connection: Any = dialect.loaded_dbapi.Connection(**rest, sock=connected)
    connection.close = partial(_close_silently, connection.close)
    return cast("DBAPIConnection", connection)


def _close_silently(close: Callable[[], None]) -> None:
    with suppress(Exception):  # it says goodbye to the server; one that was cut can't
        close()


def _open_socket(given: Mapping[str, Any], seconds: float) -> socket.socket:
    if "unix_sock" in given:
        connected = socket.socket(socket.AF_UNIX)
        try:
            connected.settimeout(seconds)
            connected.connect(given["unix_sock"])
        except BaseException:
            connected.close()
            raise
        return connected
    connected = socket.create_connection(
        (given.get("host", "localhost"), given.get("port", 5432)), seconds
    )
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", 5),
        ("TCP_KEEPINTVL", 2),
        ("TCP_KEEPCNT", 3),
        ("TCP_USER_TIMEOUT", _SILENCE_MS),
    ):
        if hasattr(socket, name):  # not on every system
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return connected


def _check_out(_connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Refuse a connection that the server has closed, without a question to the server."""
    handle: socket.socket = record.info[_SOCKET]
    with suppress(BlockingIOError):
        handle.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        raise sa.exc.DisconnectionError  # closed, or about to be: it never speaks first
    if (wait := current_wait()) is not None:
        wait.attach(lambda: _shut_down(handle))


def _close(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    handle = record.info.pop(_SOCKET, None)
    if handle is not None:
        handle.close()


def _shut_down(handle: socket.socket) -> None:
    with suppress(OSError):  # it's closed already
        handle.shutdown(socket.SHUT_RDWR)


def _ask(engine: sa.Engine) -> None:
    """Ask the server something over a new connection; raises an error without an answer.

    A refusal is an answer, such as that there are too many connections.
    """
    _, given = engine.dialect.create_connect_args(engine.url)
    dbapi = engine.dialect.loaded_dbapi
    with _open_socket(given, ANSWER_SECONDS) as connected:
        try:
            connection = _log_in(engine.dialect, connected, given)
            connection.cursor().execute("SELECT 1")
            connection.close()
        except dbapi.DatabaseError as error:
            details: Any = error.args[0] if error.args else None
            if not isinstance(details, dict) or details.get("C") == _CANNOT_CONNECT_NOW:
                raise
