"""The composition root: settings in, a whole Tau out.

Nothing else builds the rooms and ties them together.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tau.companion import Companion
from tau.errors import SettingsError
from tau.models import Models
from tau.people import People
from tau.people.server_key import load_or_create_server_key
from tau.settings import Settings
from tau.storage.database import Database
from tau.storage.sealing import SecretBox

DATABASE_FILE = "tau.db"
BACKUPS_FOLDER = "backups"


@dataclass(frozen=True, slots=True)
class App:
    """Every room of an opened house."""

    settings: Settings
    database: Database
    people: People
    models: Models
    companion: Companion


@asynccontextmanager
async def open_app(
    settings: Settings, environ: Mapping[str, str] | None = None
) -> AsyncIterator[App]:
    """Open everything that `settings` describe; on leaving, keep what was learned and close.

    Raises `SettingsError`, `StoreUnavailable` and `JournalError` as the rooms do.
    """
    environ = os.environ if environ is None else environ
    _make_data_folder(settings)
    server_key = load_or_create_server_key(settings.home, environ)
    database = await Database.open(
        settings.database_url or f"sqlite:///{settings.home / DATABASE_FILE}",
        backup_folder=settings.home / BACKUPS_FOLDER,
    )
    try:
        models = await Models.open(settings, database, SecretBox(server_key))
        companion = Companion(database, models, settings)
        try:
            yield App(settings, database, People(database, server_key, settings), models, companion)
        finally:
            await companion.close()
            await models.close()
    finally:
        await database.close()


def _make_data_folder(settings: Settings) -> None:
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The folder for Tau's data cannot be made ({error.strerror}); "
            "choose another with --home or TAU_HOME."
        ) from error
