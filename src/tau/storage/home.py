"""The database and the folders of Tau's home, opened as the settings say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tau.errors import SettingsError
from tau.settings import Settings
from tau.storage.database import Database

DATABASE_FILE = "tau.db"
BACKUPS_FOLDER = "backups"


def create_home(settings: Settings) -> None:
    """Create the data folder if it is missing. Raises `SettingsError` if that is impossible."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"Tau's data folder can't be created ({error.strerror}); "
            "choose another with --home or TAU_HOME."
        ) from error


@asynccontextmanager
async def open_database(settings: Settings, *, exclusive: bool = False) -> AsyncIterator[Database]:
    """Open the database while the context lasts. Raises what `Database.open` raises."""
    database = await Database.open(
        settings.database_url or f"sqlite:///{settings.home / DATABASE_FILE}",
        backup_folder=settings.home / BACKUPS_FOLDER,
        exclusive=exclusive,
        listen_url=settings.listen_url,
    )
    try:
        yield database
    finally:
        await database.close()
