"""Embedding behind the reply: new messages get their vectors when nobody waits.

Until then, and without any embedder, search goes by words alone.
"""

import asyncio
import logging

import anyio

from tau.errors import TauError
from tau.learning.priority import Waiting
from tau.life.life import Life
from tau.memory import Memory
from tau.models import Models, Vectors

logger = logging.getLogger(__name__)

_BATCH = 8  # small, so that a question never waits long behind one
_LONGEST_WAIT_SECONDS = 1.0  # of new messages, for those who are being answered
_PATIENCE_SECONDS = 30.0  # after the embedder failed
_LONGEST_QUERY = 2_000  # characters; an embedder's window holds no more


class Embedding:
    """One worker that embeds the messages of every opened life, newest first."""

    def __init__(self, models: Models, waiting: Waiting | None = None) -> None:
        self._models = models
        self._waiting = waiting or Waiting()
        self._lives: dict[str, Life] = {}
        self._poked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    def poke(self, life: Life) -> None:
        """Say that `life` has messages without a vector."""
        self._lives[life.person] = life
        self._idle.clear()
        self._poked.set()
        if self._task is None:
            self._task = asyncio.create_task(self._work_forever(), name="tau-embedding")

    async def caught_up(self) -> None:
        """Return when everything that waited has its vector, or cannot have one now."""
        await self._idle.wait()

    async def query(self, query: str, model: str | None) -> Vectors | None:
        """Return the vector of `query`, if the embedder answers and is the memory's own model."""
        if model is None or not query.strip():
            return None
        try:
            with self._waiting.somebody():
                embedded = await self._models.embed(self._name(model), [query[:_LONGEST_QUERY]])
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
            await self._poked.wait()
            with anyio.move_on_after(_LONGEST_WAIT_SECONDS):
                await self._waiting.nobody_waits()
            self._poked.clear()
            try:
                while self._lives:
                    await self._embed_some(next(iter(self._lives.values())))
            except TauError as error:
                logger.info("embedding waits: %s", type(error).__name__)
                self._idle.set()
                await self._rest()
            except Exception as error:  # noqa: BLE001 - the boundary of the worker
                # Its text is left out: it may quote what was being embedded.
                logger.error("embedding failed: %s", type(error).__name__)  # noqa: TRY400
                self._lives.clear()
            if not self._lives:
                self._idle.set()

    async def _rest(self) -> None:
        """Wait a while, or until there is something new to embed."""
        try:
            await asyncio.wait_for(self._poked.wait(), _PATIENCE_SECONDS)
        except TimeoutError:
            self._poked.set()

    async def _embed_some(self, life: Life) -> None:
        memory: Memory = life.memory
        waiting = memory.unembedded(memory.embedding_model or "", _BATCH)
        if not waiting:
            del self._lives[life.person]
            return
        texts = [memory.text_to_embed(message) for message in waiting]
        embedded = await self._models.embed(self._name(memory.embedding_model), texts)
        memory.embedded(embedded.model, [each.id for each in waiting], embedded.vectors)

    def _name(self, model: str | None) -> str:
        """Return whom to ask: the memory's own model while it is among those configured.

        Otherwise a fail-over between two embedders would throw all vectors away each time.
        """
        configured = self._models.default_embedder()
        return model if model and model in self._models.names_for(configured) else configured
