"""The composition root: settings in, a whole Tau out.

Nothing else builds the rooms and ties them together.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tau.companion.companion import Companion
from tau.jobs.runner import JobRunner
from tau.jobs.store import JobStore
from tau.models import Models
from tau.people import People
from tau.people.server_key import load_or_create_server_key
from tau.settings import Settings
from tau.storage.database import Database
from tau.storage.home import create_home, open_database
from tau.storage.sealing import SecretBox


@dataclass(frozen=True, slots=True)
class App:
    """Every room of an opened house."""

    settings: Settings
    database: Database
    people: People
    models: Models
    companion: Companion
    jobs: JobRunner


@asynccontextmanager
async def open_app(
    settings: Settings, environ: Mapping[str, str] | None = None
) -> AsyncIterator[App]:
    """Open everything that `settings` describe; on leaving, keep what was learned and close.

    Raises `SettingsError`, `StoreUnavailable` and `JournalError` as the rooms do.
    """
    environ = os.environ if environ is None else environ
    create_home(settings)
    server_key = load_or_create_server_key(settings.home, environ)
    async with open_database(settings) as database:
        models = await Models.open(settings, database, SecretBox(server_key))
        companion = Companion(database, models, settings)
        people = People(database, server_key, settings)
        jobs = JobRunner(JobStore(database, SecretBox(server_key)))
        try:
            yield App(settings, database, people, models, companion, jobs)
        finally:
            await jobs.close()
            await companion.close()
            await models.close()
