"""Embedding behind the reply: new messages get their vectors when nobody waits.

Until then, and without any embedder, search goes by words alone.
"""

import asyncio
import logging

import anyio

from tau.errors import TauError
from tau.learning.priority import ForegroundLoad
from tau.life.life import Life
from tau.memory import Memory
from tau.memory.indexes import text_to_embed
from tau.models import Models, Vectors

logger = logging.getLogger(__name__)

_BATCH = 8  # small, so that a question never waits long behind one
_YIELD_SECONDS = 1.0  # of new messages, for those who are being answered
_RETRY_DELAY_SECONDS = 30.0  # after the embedder failed
_MAX_QUERY_CHARACTERS = 2_000  # characters; an embedder's window holds no more


class EmbeddingWorker:
    """One worker that embeds the messages of every opened life, newest first."""

    def __init__(self, models: Models, waiting: ForegroundLoad | None = None) -> None:
        self._models = models
        self._foreground_load = waiting or ForegroundLoad()
        self._lives: dict[str, Life] = {}
        self._wakeup = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    def enqueue(self, life: Life) -> None:
        """Say that `life` has messages without a vector."""
        self._lives[life.person] = life
        self._idle.clear()
        self._wakeup.set()
        if self._task is None:
            self._task = asyncio.create_task(self._work_forever(), name="tau-embedding")

    async def wait_until_idle(self) -> None:
        """Return when everything that waited has its vector, or cannot have one now."""
        await self._idle.wait()

    async def query(self, query: str, model: str | None) -> Vectors | None:
        """Return the vector of `query`, if the embedder answers and is the memory's own model."""
        if model is None or not query.strip():
            return None
        try:
            with self._foreground_load.track():
                embedded = await self._models.embed(
                    self._embedder_for(model), [query[:_MAX_QUERY_CHARACTERS]]
                )
        except TauError:
            return None
        return embedded.vectors[0] if embedded.model == model else None

    async def close(self) -> None:
        """Stop the worker."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _work_forever(self) -> None:
        while True:
            await self._wakeup.wait()
            with anyio.move_on_after(_YIELD_SECONDS):
                await self._foreground_load.wait_until_idle()
            self._wakeup.clear()
            try:
                while self._lives:
                    await self._embed_batch(next(iter(self._lives.values())))
            except TauError as error:
                logger.info("embedding waits: %s", type(error).__name__)
                self._idle.set()
                await self._back_off()
            except Exception as error:  # noqa: BLE001 - the boundary of the worker
                # Its text is left out: it may quote what was being embedded.
                logger.error("embedding failed: %s", type(error).__name__)  # noqa: TRY400
                self._lives.clear()
            if not self._lives:
                self._idle.set()

    async def _back_off(self) -> None:
        """Wait a while, or until there is something new to embed."""
        try:
            await asyncio.wait_for(self._wakeup.wait(), _RETRY_DELAY_SECONDS)
        except TimeoutError:
            self._wakeup.set()

    async def _embed_batch(self, life: Life) -> None:
        memory: Memory = life.memory
        waiting = memory.messages_to_embed(memory.embedding_model or "", _BATCH)
        if not waiting:
            del self._lives[life.person]
            return
        texts = [text_to_embed(message) for message in waiting]
        embedded = await self._models.embed(self._embedder_for(memory.embedding_model), texts)
        memory.add_vectors(embedded.model, [each.id for each in waiting], embedded.vectors)

    def _embedder_for(self, model: str | None) -> str:
        """Return whom to ask: the memory's own model while it is among those configured.

        Otherwise a fail-over between two embedders would throw all vectors away each time.
        """
        configured = self._models.default_embedder()
        return model if model and model in self._models.names_for(configured) else configured
