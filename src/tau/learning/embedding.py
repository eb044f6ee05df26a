"""Embedding in the background: new messages get their vectors while nobody waits for a reply.

Until then, and without an embedder, search uses words alone. When a better embedder is ready, all
vectors are made anew with it; until every message has one, search goes on with the former vectors.
"""

import logging
from hashlib import blake2b

import anyio

from tau.errors import TauError
from tau.learning.priority import ForegroundLoad
from tau.learning.worker import BackgroundWorker
from tau.life.life import Life, LifeListener
from tau.memory.indexes import text_to_embed
from tau.models import Models, Vectors

logger = logging.getLogger(__name__)

_BATCH = 8  # small, so that a query never waits long behind one
_YIELD_SECONDS = 1.0  # that new messages wait for replies in progress
_MAX_LAST_VECTORS = 16
_MAX_QUERY_CHARACTERS = 2_000  # an embedder's window holds no more


class EmbeddingWorker(LifeListener):
    """Embeds the messages of every opened life, newest first."""

    def __init__(self, models: Models, load: ForegroundLoad | None = None) -> None:
        self._models = models
        self._foreground_load = load or ForegroundLoad()
        self._worker = BackgroundWorker("embedding", self._embed_batch)
        self._last_vectors: dict[bytes, Vectors] = {}
        self._started: set[str] = set()  # people whose next batch follows one just embedded

    async def query(self, query: str, model: str | None) -> Vectors | None:
        """Return the vector of `query`, if the embedder answers and is the memory's own model.

        The last vectors are kept, since the care step and recall ask about the same words.
        """
        if model is None or not query.strip():
            return None
        key = blake2b(f"{model}\n{query}".encode("utf-8", "surrogatepass")).digest()
        if key not in self._last_vectors:
            vector = await self._embedded(query, model)
            if vector is None:
                return None
            if len(self._last_vectors) >= _MAX_LAST_VECTORS:
                self._last_vectors.pop(next(iter(self._last_vectors)))
            self._last_vectors[key] = vector
        return self._last_vectors[key]

    async def _embedded(self, query: str, model: str) -> Vectors | None:
        try:
            with self._foreground_load.track():
                embedded = await self._models.embed(
                    self._embedder_of_query(model), [query[:_MAX_QUERY_CHARACTERS]], "query"
                )
        except TauError:
            return None
        return embedded.vectors[0] if embedded.model == model else None

    async def wait_until_idle(self) -> None:
        """Return when every queued message has its vector, or cannot have one now."""
        await self._worker.wait_until_idle()

    async def close(self) -> None:
        """Stop the worker."""
        await self._worker.close()

    # --- following lives --------------------------------------------------------------------

    def opened(self, life: Life) -> None:
        """Embed what lacks a vector."""
        self._worker.enqueue(life)

    def written(self, life: Life) -> None:
        """Embed what was written."""
        self._worker.enqueue(life)

    def unloaded(self, person: str) -> None:
        """Embed no more of a person's messages until their life is opened again."""
        self._worker.discard(person)
        self._started.discard(person)

    async def removed(self, person: str) -> None:
        """Send no more of a person's texts to the embedder."""
        await self._worker.cancel(person)
        self._started.discard(person)

    def is_working_on(self, person: str) -> bool:
        """Return whether a person's messages are being embedded now."""
        return self._worker.is_working_on(person)

    # --- embedding ----------------------------------------------------------------------------

    async def _embed_batch(self, life: Life) -> bool:
        if life.person not in self._started:
            with anyio.move_on_after(_YIELD_SECONDS):
                await self._foreground_load.wait_until_idle()
        self._started.discard(life.person)
        memory = life.memory
        embedder = self._embedder_of_messages(memory.embedding_model)
        waiting = memory.messages_to_embed(embedder, _BATCH)
        if not waiting:
            return False
        texts = [text_to_embed(message) for message in waiting]
        embedded = await self._models.embed(embedder, texts)
        memory.add_vectors(embedded.model, [each.id for each in waiting], embedded.vectors)
        self._started.add(life.person)
        return True

    def _embedder_of_messages(self, model: str | None) -> str:
        """Return the embedder of a memory whose vectors are of `model`.

        It keeps its model while that is among those configured: otherwise a failover between two
        endpoints would make all vectors anew each time. Only a downloaded model that comes before
        it takes its place.
        """
        configured = self._models.aliases.default_embedder()
        if model is None:
            return configured
        names, best = (
            self._models.aliases.names_for(configured),
            self._models.aliases.info(configured),
        )
        if model not in names:
            return best.name
        is_better = best.origin == "pack" and names.index(best.name) < names.index(model)
        return best.name if best.ready and is_better else model

    def _embedder_of_query(self, model: str) -> str:
        """Return `model` if its texts may be sent to it, else what is configured.

        A downloaded model is asked as long as its vectors are searched, configured or not. An
        endpoint that isn't configured any more isn't sent anything.
        """
        configured = self._models.aliases.default_embedder()
        if model in self._models.aliases.names_for(configured):
            return model
        return model if self._models.aliases.info(model).origin == "pack" else configured
