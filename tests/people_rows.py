"""Rows of people, for tests that write a journal without creating accounts."""

import sqlalchemy as sa

from tau.storage.database import Database
from tau.storage.schema import people

_NUMBERED = (f"{name}{number}" for number in range(50) for name in ("p", "person-"))
USUAL = ("ada", "bob", "cleo", "first", "p", "q", *_NUMBERED)


async def add_people(database: Database, *ids: str) -> None:
    """Add people who are not there yet; none of them can sign in."""

    def add(connection: sa.Connection) -> None:
        there = set(connection.execute(sa.select(people.c.id)).scalars())
        rows = [
            {"id": one, "name": one, "owner": False, "created_at": 1.0}
            for one in dict.fromkeys(ids)
            if one not in there
        ]
        if rows:
            connection.execute(sa.insert(people), rows)

    await database.run(add)
