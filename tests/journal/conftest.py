"""Every database of these tests has people, so that there is somebody to write for."""

from collections.abc import AsyncIterator

import pytest

from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.storage.database import Database
from tests.people_rows import USUAL, add_people


@pytest.fixture(autouse=True)
def _peopled(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Database.open.__func__  # type: ignore[attr-defined]

    async def open_with_people(kind: type[Database], url: str, **options: object) -> Database:
        database: Database = await opened(kind, url, **options)
        await add_people(database, *USUAL)
        return database

    monkeypatch.setattr(Database, "open", classmethod(open_with_people))


@pytest.fixture
async def store(sqlite_database: Database) -> AsyncIterator[Store]:
    opened = Store(sqlite_database)
    yield opened
    await opened.close()


@pytest.fixture
def journal(store: Store) -> Journal:
    return Journal(store, "ada", bytes(32))
