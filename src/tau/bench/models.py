"""Models for a measurement, in a temporary home folder."""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import numpy as np

from tau import settings
from tau.bench.progress import Progress
from tau.errors import ModelError, PackError
from tau.models import Models
from tau.models.threads import available_cores
from tau.models.types import Embedded, EmbeddingKind
from tau.settings import Settings
from tau.storage.database import Database
from tau.storage.sealing import SecretBox


@asynccontextmanager
async def open_models(models_folder: str = "", *, offline: bool = False) -> AsyncIterator[Models]:
    """Yield the models; downloads are kept in `models_folder`, or removed if it is empty."""
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


class EmbedderPool:
    """Pool of one embedding model, loaded once for each core.

    llama.cpp embeds with one thread (`tau.models.engine` says why), so many texts are
    embedded fastest by as many engines as there are cores.
    """

    def __init__(self, models: Sequence[Models]) -> None:
        self._models = models

    async def embed(
        self, name: str, texts: Sequence[str], kind: EmbeddingKind = "passage"
    ) -> Embedded:
        """Return a unit vector for each text, made in parallel."""
        share = max(1, -(-len(texts) // len(self._models)))
        parts = [texts[first : first + share] for first in range(0, len(texts), share)]
        made = await asyncio.gather(
            *(
                models.embed(name, part, kind)
                for models, part in zip(self._models, parts, strict=False)
            )
        )
        return Embedded(made[0].model, np.concatenate([part.vectors for part in made]))


@asynccontextmanager
async def open_embedder(
    name: str, models_folder: str, progress: Progress
) -> AsyncIterator[EmbedderPool | None]:
    """Yield the embedder `name`, downloaded if missing; `None` if that fails.

    Without a `models_folder` the models of the person's own Tau are used, but none is added.
    Raises `UnknownModel`.
    """
    with tempfile.TemporaryDirectory(prefix="tau-bench-") as fetched:
        folder = await _folder(name, models_folder, fetched, progress)
        if folder is None:
            yield None
            return
        async with AsyncExitStack() as stack:
            engines = [
                await stack.enter_async_context(open_models(folder, offline=True))
                for _ in range(available_cores())
            ]
            yield EmbedderPool(engines)


async def _folder(name: str, given: str, fetched: str, progress: Progress) -> str | None:
    """Return the model's folder, after a download if needed; `None` if that fails."""
    own = settings.load()
    if not given:
        async with open_models(str(own.models_path), offline=True) as models:
            if models.aliases.info(name).ready:
                return str(own.models_path)
    folder = given or fetched
    async with open_models(folder, offline=own.offline) as models:
        had = models.aliases.info(name).ready or await _download(models, name, progress)
    return folder if had else None


async def _download(models: Models, name: str, progress: Progress) -> bool:
    progress(f"Downloading {name} ...")
    try:
        await models.pull(name, lambda _done, _total: None)
    except (PackError, ModelError) as error:
        progress(f"{name} is not available, so only words are used: {error}")
        return False
    return True
