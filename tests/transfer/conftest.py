"""A life that is opened again and again, as other processes and later days do."""

from collections.abc import AsyncIterator

import pytest

from tau.journal.store import Store
from tau.life.life import Life
from tau.storage.database import Database
from tests.people_rows import add_people

from .opening import KEY, Open, nobody_embeds


@pytest.fixture
async def open_life(sqlite_database: Database) -> AsyncIterator[Open]:
    """Opens one person's life again and again, as other processes do."""
    held = Store(sqlite_database)

    async def opening(person: str = "p") -> Life:
        await add_people(sqlite_database, person)
        return await Life.open(held, person, KEY, embed=nobody_embeds)

    yield opening
    await held.close()
