"""Retrieval benchmark on public data sets: each question is one search of a memory.

Only the public `tau.memory.Memory` is used: messages in with their dates, vectors of what it wants
embedded, searches out, each with the question's own date as now. No language model takes part. A
plain BM25 ranks the same messages beside it.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tau.bench import locomo, longmemeval, machine, scores
from tau.bench.bm25 import BM25
from tau.bench.datasets import DatasetQuestion, DatasetSample
from tau.bench.metrics import distinct
from tau.bench.models import open_embedder
from tau.bench.percentiles import percentiles_ms
from tau.bench.progress import Progress
from tau.bench.rankings import RankedMessage, RankingWriter
from tau.bench.scores import QuestionRanking
from tau.bench.vectors import CachedEmbedder
from tau.errors import BadInput
from tau.memory import Memory
from tau.memory.indexes import text_to_embed
from tau.models import catalog

RANKED_TO = 200
"""Messages of a ranking: enough for ten sessions. What ranks lower counts as not found."""
_PROGRESS_EVERY = 10  # samples


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalPlan:
    """What is measured; `limit` is the most questions of each data set.

    Without an `embedder` words alone decide. `vectors_folder` keeps vectors between runs.
    """

    locomo: Path | None = None
    longmemeval: Path | None = None
    limit: int | None = None
    rankings: Path | None = None
    embedder: str | None = catalog.EMBEDDING_MODEL
    models_folder: str = ""
    vectors_folder: Path | None = None


@dataclass(slots=True)
class _Costs:
    """Cost over all searches and all memories."""

    search_seconds: list[float] = field(default_factory=list)
    embedding_seconds: list[float] = field(default_factory=list)
    messages: int = 0
    bytes_without_vectors: int = 0
    bytes_with_vectors: int = 0


@dataclass(slots=True)
class _Answers:
    """The rankings of one data set, Tau's and BM25's."""

    tau: list[QuestionRanking] = field(default_factory=list)
    bm25: list[QuestionRanking] = field(default_factory=list)
    left_out: int = 0


async def measure(plan: RetrievalPlan, progress: Progress) -> dict[str, Any]:
    """Return what was found, beside BM25, and what it cost. Raises `BadInput`, `UnknownModel`."""
    if plan.locomo is None and plan.longmemeval is None:
        raise BadInput("No data was given. Use --locomo FILE, --longmemeval FILE or both.")
    if plan.embedder is None:
        return await _measure(plan, None, progress)
    async with open_embedder(plan.embedder, plan.models_folder, progress) as models:
        if models is None:
            return await _measure(plan, None, progress)
        with closing(
            CachedEmbedder(models, plan.embedder, plan.vectors_folder, progress)
        ) as embedder:
            return await _measure(plan, embedder, progress)


async def _measure(
    plan: RetrievalPlan, embedder: CachedEmbedder | None, progress: Progress
) -> dict[str, Any]:
    run = _Run(plan, embedder, progress)
    figures: dict[str, Any] = {"locomo": None, "longmemeval": None}
    questions: dict[str, int] = {}
    left_out: dict[str, int] = {}
    for name, path, read, judge in (
        ("locomo", plan.locomo, locomo.read, scores.locomo),
        ("longmemeval", plan.longmemeval, longmemeval.read, scores.longmemeval),
    ):
        if path is not None:
            answers = await run.ask(name, read(path))
            figures[name] = {**judge(answers.tau), "bm25": judge(answers.bm25)}
            questions[name], left_out[name] = len(answers.tau), answers.left_out
    return {**figures, **run.costs(), "questions": questions, "left_out": left_out, **_conditions()}


def _conditions() -> dict[str, Any]:
    return {"ranked_to": RANKED_TO, "machine": machine.describe()}


class _Run:
    """A measurement in progress."""

    def __init__(
        self, plan: RetrievalPlan, embedder: CachedEmbedder | None, progress: Progress
    ) -> None:
        self._plan = plan
        self._embedder = embedder
        self._progress = progress
        self._costs = _Costs()

    async def ask(self, name: str, samples: Iterator[DatasetSample]) -> _Answers:
        """Add every haystack of a data set to a memory of its own and ask its questions."""
        answers = _Answers()
        with RankingWriter(self._plan.rankings, name) as rankings:
            for number, sample in enumerate(_limited(samples, self._plan.limit), start=1):
                answers.left_out += sample.left_out
                if sample.questions:
                    await self._ask(sample, answers, rankings)
                if len(sample.questions) > 1 or number % _PROGRESS_EVERY == 0:
                    self._progress(
                        f"{name}: {len(answers.tau):,} questions, up to {sample.name} ..."
                    )
        if not answers.tau:
            raise BadInput(f"No question in the {name} file can be judged.")
        return answers

    async def _ask(self, sample: DatasetSample, answers: _Answers, rankings: RankingWriter) -> None:
        memory, names = await self._build_memory(sample)
        plain = BM25([message.text for message in sample.messages])
        conversations = {message.name: message.conversation for message in sample.messages}
        for question in sample.questions:
            tau = await self._search(memory, names, question)
            bm25 = [
                RankedMessage(sample.messages[place].name, score, ())
                for place, score in plain.ranked(question.text, RANKED_TO)
            ]
            answers.tau.append(_ranked(question, tau, conversations))
            answers.bm25.append(_ranked(question, bm25, conversations))
            rankings.write(question, tau, bm25)

    async def _build_memory(self, sample: DatasetSample) -> tuple[Memory, dict[str, str]]:
        """Return a memory with the messages of a haystack, and the names they have there by id."""
        memory, names = Memory(), {}
        for each in sample.messages:
            message = memory.remember(
                each.text,
                by=each.by,
                at=each.at,
                conversation=each.conversation,
                speaker=each.speaker,
            )
            names[message.id] = each.name
        self._costs.messages += len(memory)
        self._costs.bytes_without_vectors += _size(memory)
        if self._embedder is not None:
            waiting = memory.messages_to_embed(self._embedder.model, len(memory))
            if waiting:
                vectors = await self._embedder.of([text_to_embed(each) for each in waiting])
                memory.add_vectors(self._embedder.model, [each.id for each in waiting], vectors)
            self._costs.bytes_with_vectors += _size(memory)
        return memory, names

    async def _search(
        self, memory: Memory, names: dict[str, str], question: DatasetQuestion
    ) -> list[RankedMessage]:
        vector = None
        if self._embedder is not None:
            began = time.perf_counter()
            vector = await self._embedder.now(question.text)
            self._costs.embedding_seconds.append(time.perf_counter() - began)
        began = time.perf_counter()
        passages = memory.search(question.text, vector=vector, now=question.now, limit=RANKED_TO)
        self._costs.search_seconds.append(time.perf_counter() - began)
        return [
            RankedMessage(names[each.message.id], each.score, each.reasons) for each in passages
        ]

    def costs(self) -> dict[str, Any]:
        """Return milliseconds of a search and bytes of a message."""
        costs, embedder = self._costs, self._embedder
        per_search: dict[str, Any] = percentiles_ms(costs.search_seconds, 50, 95)
        of_words = round(costs.bytes_without_vectors / costs.messages, 1)
        with_vectors = round(costs.bytes_with_vectors / costs.messages, 1)
        if embedder is not None:
            whole = [
                sum(pair)
                for pair in zip(costs.search_seconds, costs.embedding_seconds, strict=True)
            ]
            per_search["with_embedding"] = percentiles_ms(whole, 50, 95)
        return {
            "ms_per_search": per_search,
            "index_bytes_per_message": of_words if embedder is None else with_vectors,
            "index_bytes_per_message_without_vectors": of_words,
            "vectors": None if embedder is None else embedder.model,
        }


def _limited(samples: Iterable[DatasetSample], limit: int | None) -> Iterator[DatasetSample]:
    """Yield samples up to `limit` questions."""
    asked = 0
    for sample in samples:
        if limit is None:
            yield sample
            continue
        kept = sample.questions[: limit - asked]
        asked += len(kept)
        yield replace(sample, questions=kept)
        if asked >= limit:
            return


def _ranked(
    question: DatasetQuestion, found: list[RankedMessage], conversations: dict[str, str]
) -> QuestionRanking:
    turns = tuple(each.name for each in found)
    return QuestionRanking(question, turns, distinct(conversations[turn] for turn in turns))


def _size(memory: Memory) -> int:
    return sum(map(len, memory.dump().values()))
