"""The tables of nodes and homes, as statements for PostgreSQL inside a transaction.

Only the database's clock is compared with `nodes.until`: the nodes' own may differ.
"""

from typing import NamedTuple

import msgspec
import sqlalchemy as sa

VALID_SECONDS = 10.0
"""How long a node is valid after it refreshed its row."""
_FORGOTTEN_SECONDS = 60 * 60.0


class Node(msgspec.Struct, frozen=True):
    """A server process: its random id, where other nodes reach it, and its release."""

    id: str
    url: str
    version: str


class Home(NamedTuple):
    """The node that serves a person; `epoch` grows with every change of the node."""

    node: Node
    epoch: int


_NOW = "extract(epoch FROM clock_timestamp())"
_VALID = f"until > {_NOW}"
_REFRESH = sa.text(
    f"UPDATE nodes SET until = {_NOW} + :seconds, url = :url, version = :version,"  # noqa: S608
    f" draining = :draining WHERE id = :id AND {_VALID}"
)
_REGISTER = sa.text(
    "INSERT INTO nodes (id, url, version, until, draining)"  # noqa: S608 (constants)
    f" VALUES (:id, :url, :version, {_NOW} + :seconds, :draining)"
    " ON CONFLICT (id) DO UPDATE SET until = excluded.until, url = excluded.url,"
    " version = excluded.version, draining = excluded.draining"
)
_DELETE = sa.text("DELETE FROM nodes WHERE id = :id")
_DELETE_OLD = sa.text(f"DELETE FROM nodes WHERE until < {_NOW} - :seconds")  # noqa: S608
_LIST = sa.text(f"SELECT id, url, version FROM nodes WHERE {_VALID} ORDER BY id")  # noqa: S608
_OTHER = sa.text(
    f"SELECT id FROM nodes WHERE {_VALID} AND NOT draining AND id <> :id"  # noqa: S608
    " ORDER BY random() LIMIT 1"
)
_CLAIM = sa.text(
    "INSERT INTO homes AS held (person, node, epoch)"  # noqa: S608 (constants)
    f" SELECT people.id, nodes.id, 1 FROM people, nodes"
    f" WHERE people.id = :person AND nodes.id = :node AND {_VALID}"
    " ON CONFLICT (person) DO UPDATE SET node = excluded.node, epoch = held.epoch + 1"
    " WHERE held.node <> excluded.node AND NOT EXISTS"
    f" (SELECT 1 FROM nodes WHERE nodes.id = held.node AND {_VALID})"
    " RETURNING epoch"
)
_FIND = sa.text(
    "SELECT nodes.id, nodes.url, nodes.version, homes.epoch FROM homes"  # noqa: S608 (constants)
    f" JOIN nodes ON nodes.id = homes.node AND {_VALID} WHERE homes.person = :person"
)
_EXISTS = sa.text("SELECT 1 FROM people WHERE id = :person")
_TAKE = sa.text(
    "UPDATE homes SET node = :node, epoch = epoch + 1"
    " WHERE person = :person AND node = :former RETURNING epoch"
)
_RELEASE = sa.text(
    "UPDATE homes SET node = '', epoch = epoch + 1 WHERE person = :person AND node = :node"
)
_LIST_HOMES = sa.text("SELECT person, epoch FROM homes WHERE node = :node")
_IS_HOME = sa.text(
    "SELECT 1 FROM homes WHERE person = :person AND node = :node AND epoch = :epoch FOR SHARE"
)
_LOCK_HOME = sa.text("SELECT 1 FROM homes WHERE person = :person FOR SHARE")


def refresh(connection: sa.Connection, node: Node, *, draining: bool) -> bool:
    """Make a node valid from now on; return whether it was valid until now.

    If it wasn't, others may have claimed its homes.
    """
    values = {**msgspec.structs.asdict(node), "draining": draining, "seconds": VALID_SECONDS}
    if connection.execute(_REFRESH, values).rowcount:
        return True
    connection.execute(_REGISTER, values)
    connection.execute(_DELETE_OLD, {"seconds": _FORGOTTEN_SECONDS})
    return False


def delete_node(connection: sa.Connection, node: str) -> None:
    """Delete a node that ends: its homes are free at once."""
    connection.execute(_DELETE, {"id": node})


def list_nodes(connection: sa.Connection) -> list[Node]:
    """Return the valid nodes."""
    return [Node(*row) for row in connection.execute(_LIST)]


def other_node(connection: sa.Connection, node: str) -> str | None:
    """Return the id of another valid node that isn't draining, or `None`."""
    found = connection.execute(_OTHER, {"id": node}).scalar()
    return None if found is None else str(found)


def claim(connection: sa.Connection, person: str, node: str) -> int | None:
    """Make `node` the home of a person, unless a valid node is; return the epoch if it changed.

    Changes nothing if `node` itself isn't valid, or if there is no such person.
    """
    return connection.execute(_CLAIM, {"person": person, "node": node}).scalar()


def exists(connection: sa.Connection, person: str) -> bool:
    """Return whether there is such a person."""
    return connection.execute(_EXISTS, {"person": person}).one_or_none() is not None


def find_home(connection: sa.Connection, person: str) -> Home | None:
    """Return the home of a person; `None` if no valid node is."""
    row = connection.execute(_FIND, {"person": person}).one_or_none()
    return None if row is None else Home(Node(row.id, row.url, row.version), row.epoch)


def take(connection: sa.Connection, person: str, node: str, former: str) -> int | None:
    """Make `node` the home of a person in place of `former`; return the epoch if that was it."""
    values = {"person": person, "node": node, "former": former}
    return connection.execute(_TAKE, values).scalar()


def release(connection: sa.Connection, person: str, node: str) -> None:
    """Leave a person without a home, if it's `node`."""
    connection.execute(_RELEASE, {"person": person, "node": node})


def list_homes(connection: sa.Connection, node: str) -> dict[str, int]:
    """Return the people whose home is `node`, with the epochs."""
    rows = connection.execute(_LIST_HOMES, {"node": node})
    return {row.person: row.epoch for row in rows}


def is_home(connection: sa.Connection, person: str, node: str, epoch: int) -> bool:
    """Return whether a node is still the home that it was; true until the transaction ends."""
    values = {"person": person, "node": node, "epoch": epoch}
    return connection.execute(_IS_HOME, values).one_or_none() is not None


def has_no_home(connection: sa.Connection, person: str) -> bool:
    """Return whether no valid node serves a person.

    One whose home was released can't be claimed until the transaction ends.
    """
    connection.execute(_LOCK_HOME, {"person": person})
    return find_home(connection, person) is None
