"""Journal benchmark: a durable append, opening a memory, searching it.

A real SQLite file in a temporary folder, through the classes that Tau itself uses. Vectors are
given (random ones of 384 numbers, as many as the built-in embedder makes), so that the search is
measured and not the embedder; embedding a query is measured separately, if it is installed.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tau import settings
from tau.bench import machine
from tau.bench.models import open_models
from tau.bench.percentiles import Percentiles, percentile, percentiles_ms
from tau.bench.person import PERSON, add_bench_person
from tau.bench.progress import Progress
from tau.bench.sample_text import TextGenerator
from tau.journal.entries import MessageAdded
from tau.journal.store import Store
from tau.life.life import Life
from tau.models import Models, catalog
from tau.models.types import Vectors
from tau.storage.database import Database
from tau.storage.sealing import new_key

DIMENSION = 384
_EMBEDDER = catalog.EMBEDDING_MODEL
_GIVEN = "given-vectors"
_BATCH = 500
_PER_CONVERSATION = 50
_OPENINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPlan:
    """How much is measured: messages in the memories that are opened, and in those searched."""

    open_at: tuple[int, ...] = (1_000, 10_000, 100_000)
    search_at: tuple[int, ...] = (10_000, 50_000)
    appends: int = 500
    searches: int = 300


class _Person:
    """One person in one database file, whose memory is opened repeatedly."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._data_key = new_key()
        self._vectors = np.random.default_rng(1)
        self.writer = TextGenerator(seed=2)
        self._spoken = 0

    @asynccontextmanager
    async def life(self) -> AsyncIterator[tuple[Life, float]]:
        """Open the person's data from the snapshot; yields it and the seconds that took."""
        store = Store(self._database)
        try:
            began = time.perf_counter()
            life = await Life.open(store, PERSON, self._data_key, embed=_no_vector)
            yield life, time.perf_counter() - began
        finally:
            await store.close()

    def next_message(self) -> MessageAdded:
        """Return the person's next message."""
        self._spoken += 1
        number = self._spoken
        return MessageAdded(
            at=1_700_000_000.0 + 60 * number,
            id=f"message-{number}",
            conversation=f"conversation-{number // _PER_CONVERSATION}",
            by="person" if number % 2 else "tau",
            text=self.writer.message(),
        )

    def vectors(self, count: int) -> Vectors:
        """Return `count` random directions."""
        drawn = self._vectors.standard_normal((count, DIMENSION), dtype=np.float32)
        return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


async def measure(plan: JournalPlan, progress: Progress) -> dict[str, Any]:
    """Return the times of appends, opens and searches."""
    figures: dict[str, Any] = {"append_ms": {}, "open_seconds": {}}
    searches: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="tau-bench-") as folder:
        database = await Database.open(f"sqlite:///{Path(folder) / 'tau.db'}")
        try:
            await add_bench_person(database)
            person = _Person(database)
            progress(f"{plan.appends} appends, one at a time ...")
            figures["append_ms"] = await _append_ms(person, plan.appends)
            for size in sorted({*plan.open_at, *plan.search_at}):
                progress(f"Growing the memory to {size:,} messages ...")
                await _grow(person, size)
                if size in plan.open_at:
                    figures["open_seconds"][str(size)] = await _open_seconds(person)
                if size in plan.search_at:
                    searches[str(size)] = await _search_seconds(person, plan.searches)
        finally:
            await database.close()
    embeddings = await _query_embedding_seconds(plan.searches)
    return {
        **figures,
        **_search_figures(searches, embeddings),
        "dimension": DIMENSION,
        "machine": machine.describe(),
    }


def _search_figures(
    searches: Mapping[str, Sequence[float]], embeddings: Sequence[float] | None
) -> dict[str, Any]:
    """Return the time of a search, of its vector, and of both together."""
    alone = {size: percentiles_ms(seconds, 50, 95) for size, seconds in searches.items()}
    if embeddings is None:
        return {
            "search_ms": alone,
            "query_embedding_ms": None,
            "search_with_embedding_ms": None,
        }
    together = {
        size: percentiles_ms([sum(pair) for pair in zip(seconds, embeddings, strict=True)], 50, 95)
        for size, seconds in searches.items()
    }
    return {
        "search_ms": alone,
        "query_embedding_ms": percentiles_ms(embeddings, 50, 95),
        "search_with_embedding_ms": together,
    }


async def _append_ms(person: _Person, count: int) -> Percentiles:
    """Return the time until a message is on disk and in memory."""
    seconds = []
    async with person.life() as (life, _):
        for said in [person.next_message() for _ in range(count)]:
            began = time.perf_counter()
            await life.append(said)
            seconds.append(time.perf_counter() - began)
        await life.save()
    return percentiles_ms(seconds, 50, 95)


async def _grow(person: _Person, size: int) -> None:
    """Grow the memory to `size` messages, each with a vector, and save a snapshot."""
    async with person.life() as (life, _):
        for count in _batches(size - len(life.memory)):
            await life.append(*[person.next_message() for _ in range(count)])
        while waiting := life.memory.messages_to_embed(_GIVEN, _BATCH):
            vectors = person.vectors(len(waiting))
            life.memory.add_vectors(_GIVEN, [message.id for message in waiting], vectors)
        await life.save()


def _batches(count: int) -> Iterator[int]:
    while count > 0:
        yield min(count, _BATCH)
        count -= _BATCH


async def _open_seconds(person: _Person) -> float:
    """Return the median time to open from the snapshot."""
    seconds = []
    for _ in range(_OPENINGS):
        async with person.life() as (_, taken):
            seconds.append(taken)
    return round(percentile(seconds, 50), 4)


async def _search_seconds(person: _Person, count: int) -> list[float]:
    """Return the time of a search by words and vector, in a memory just opened."""
    questions = [person.writer.question() for _ in range(count)]
    async with person.life() as (life, _):
        return await asyncio.to_thread(_search_all, life, questions, person.vectors(count))


def _search_all(life: Life, questions: Sequence[str], vectors: Vectors) -> list[float]:
    seconds = []
    now = 1_700_000_000.0 + 60 * len(life.memory)
    for question, vector in zip(questions, vectors, strict=True):
        began = time.perf_counter()
        life.memory.search(question, vector=vector, now=now, limit=10)
        seconds.append(time.perf_counter() - began)
    return seconds


async def _query_embedding_seconds(count: int) -> list[float] | None:
    """Return the built-in embedder's time for a question; `None` if it is not installed."""
    async with open_models(str(settings.load().models_path), offline=True) as models:
        return await _embed_all(models, count)


async def _embed_all(models: Models, count: int) -> list[float] | None:
    if not models.aliases.info(_EMBEDDER).ready:
        return None
    writer = TextGenerator(seed=3)
    await models.embed(_EMBEDDER, [writer.question()])  # loads it
    seconds = []
    for question in [writer.question() for _ in range(count)]:
        began = time.perf_counter()
        await models.embed(_EMBEDDER, [question])
        seconds.append(time.perf_counter() - began)
    return seconds


async def _no_vector(query: str, model: str | None) -> Vectors | None:  # noqa: ARG001 - its shape
    return None
