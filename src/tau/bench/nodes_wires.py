"""The wires through which the nodes of a measurement reach their PostgreSQL database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import sqlalchemy as sa

from tau.bench.nodes_proxies import Wire, listening

_DEFAULT_PORT = 5432


@asynccontextmanager
async def wires_to(
    database: sa.URL, count: int
) -> AsyncIterator[tuple[Sequence[Wire], Sequence[str]]]:
    """Yield `count` wires to a database, and the address of the database through each."""
    wires = [Wire(socket_of(database)) for _ in range(count)]
    async with AsyncExitStack() as stack:
        ports = [await stack.enter_async_context(listening(wire)) for wire in wires]
        yield wires, [address_through(database, port) for port in ports]


def socket_of(database: sa.URL) -> str | tuple[str, int]:
    """Return where a database listens: the path of a Unix socket, or a host and a port."""
    host = str(database.query.get("host", database.host or "127.0.0.1"))
    port = database.port or _DEFAULT_PORT
    return f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)


def address_through(database: sa.URL, port: int) -> str:
    """Return the address of a database by way of a port on loopback."""
    through = database.set(host="127.0.0.1", port=port).difference_update_query(["host"])
    return through.render_as_string(hide_password=False)
