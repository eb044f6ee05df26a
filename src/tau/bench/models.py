"""The models of a measurement, opened in a home that is removed."""

import secrets
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tau import settings
from tau.errors import ModelError, PackError
from tau.journal.database import Database
from tau.journal.sealing import SecretBox
from tau.models import Models
from tau.settings import Settings

Say = Callable[[str], None]


@asynccontextmanager
async def opened_models(models_folder: str = "", *, offline: bool = False) -> AsyncIterator[Models]:
    """Yield the models; downloads lie in `models_folder`, or go when it is empty."""
    with tempfile.TemporaryDirectory(prefix="tau-bench-") as folder:
        here = Settings(home=Path(folder), models_folder=models_folder, offline=offline)
        database = await Database.open(f"sqlite:///{here.home / 'tau.db'}")
        try:
            models = await Models.open(here, database, SecretBox(secrets.token_bytes(32)))
            try:
                yield models
            finally:
                await models.close()
        finally:
            await database.close()


@asynccontextmanager
async def opened_embedder(name: str, models_folder: str, say: Say) -> AsyncIterator[Models | None]:
    """Yield models of which the embedder `name` is ready, downloaded if need be; else `None`.

    Without a `models_folder` those of the person's own Tau are looked at, and never added to.
    Raises `UnknownModel`.
    """
    own = settings.load()
    if not models_folder:
        async with opened_models(str(own.models_path), offline=True) as models:
            if models.info(name).ready:
                yield models
                return
    async with opened_models(models_folder, offline=own.offline) as models:
        if models.info(name).ready or await _fetched(models, name, say):
            yield models
        else:
            yield None


async def _fetched(models: Models, name: str, say: Say) -> bool:
    say(f"Fetching {name} ...")
    try:
        await models.pull(name, lambda _done, _total: None)
    except (PackError, ModelError) as error:
        say(f"{name} cannot be had, so that words alone decide: {error}")
        return False
    return True
