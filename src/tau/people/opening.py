"""The accounts of a Tau without the rest of it: no models, no memory, no server.

Administration commands need nothing else, and start several times as fast for it.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from tau.people.people import People
from tau.people.server_key import load_or_create_server_key
from tau.settings import Settings
from tau.storage.home import create_home, open_database


@asynccontextmanager
async def open_people(
    settings: Settings, environ: Mapping[str, str] | None = None, *, exclusive: bool = False
) -> AsyncIterator[People]:
    """Open the accounts that `settings` describe while the context lasts.

    With `exclusive`, no other process may have the SQLite file open: raises `Conflict` if one has.
    Otherwise raises `SettingsError`, `StoreUnavailable` and `JournalError`, as the database does.
    """
    create_home(settings)
    server_key = load_or_create_server_key(
        settings.home, os.environ if environ is None else environ
    )
    async with open_database(settings, exclusive=exclusive) as database:
        yield People(database, server_key, settings)
