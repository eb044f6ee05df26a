"""Retrieval on public data sets: a past is told to a memory, and each question is one search.

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
from tau.bench.models import Say, open_embedder
from tau.bench.percentiles import percentiles_ms
from tau.bench.rankings import RankedMessage, RankingWriter
from tau.bench.scores import QuestionRanking
from tau.bench.vectors import CachedEmbedder
from tau.errors import BadInput
from tau.memory import Memory
from tau.memory.indexes import text_to_embed
from tau.models import catalog

RANKED_TO = 200
"""Messages of a ranking: enough for ten sessions. What stands further down was not found."""
_PROGRESS_EVERY = 10  # pasts


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
    """What it took, over all searches and all memories."""

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


async def measure(plan: RetrievalPlan, say: Say) -> dict[str, Any]:
    """Return what was found, beside BM25, and what it cost. Raises `BadInput`, `UnknownModel`."""
    if plan.locomo is None and plan.longmemeval is None:
        raise BadInput(
            "There is nothing to measure with; give --locomo FILE, --longmemeval FILE or both."
        )
    if plan.embedder is None:
        return await _measure(plan, None, say)
    async with open_embedder(plan.embedder, plan.models_folder, say) as models:
        if models is None:
            return await _measure(plan, None, say)
        with closing(CachedEmbedder(models, plan.embedder, plan.vectors_folder, say)) as embedder:
            return await _measure(plan, embedder, say)


async def _measure(
    plan: RetrievalPlan, embedder: CachedEmbedder | None, say: Say
) -> dict[str, Any]:
    run = _Run(plan, embedder, say)
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
    """One measurement under way."""

    def __init__(self, plan: RetrievalPlan, embedder: CachedEmbedder | None, say: Say) -> None:
        self._plan = plan
        self._embedder = embedder
        self._say = say
        self._costs = _Costs()

    async def ask(self, name: str, pasts: Iterator[DatasetSample]) -> _Answers:
        """Tell every past of a data set to a memory of its own and ask its questions."""
        answers = _Answers()
        with RankingWriter(self._plan.rankings, name) as rankings:
            for number, past in enumerate(_limited(pasts, self._plan.limit), start=1):
                answers.left_out += past.left_out
                if past.questions:
                    await self._ask(past, answers, rankings)
                if len(past.questions) > 1 or number % _PROGRESS_EVERY == 0:
                    self._say(f"{name}: {len(answers.tau):,} questions, up to {past.name} ...")
        if not answers.tau:
            raise BadInput(f"No question of the {name} file can be judged.")
        return answers

    async def _ask(self, past: DatasetSample, answers: _Answers, rankings: RankingWriter) -> None:
        memory, names = await self._build_memory(past)
        plain = BM25([told.text for told in past.told])
        conversations = {told.name: told.conversation for told in past.told}
        for question in past.questions:
            tau = await self._search(memory, names, question)
            bm25 = [
                RankedMessage(past.told[place].name, score, ())
                for place, score in plain.ranked(question.text, RANKED_TO)
            ]
            answers.tau.append(_ranked(question, tau, conversations))
            answers.bm25.append(_ranked(question, bm25, conversations))
            rankings.write(question, tau, bm25)

    async def _build_memory(self, past: DatasetSample) -> tuple[Memory, dict[str, str]]:
        """Return a memory that was told a past, and the past's names by the memory's own."""
        memory, names = Memory(), {}
        for told in past.told:
            message = memory.remember(
                told.text,
                by=told.by,
                at=told.at,
                conversation=told.conversation,
                speaker=told.speaker,
            )
            names[message.id] = told.name
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


def _limited(pasts: Iterable[DatasetSample], limit: int | None) -> Iterator[DatasetSample]:
    """Yield pasts up to `limit` questions."""
    asked = 0
    for past in pasts:
        if limit is None:
            yield past
            continue
        kept = past.questions[: limit - asked]
        asked += len(kept)
        yield replace(past, questions=kept)
        if asked >= limit:
            return


def _ranked(
    question: DatasetQuestion, found: list[RankedMessage], conversations: dict[str, str]
) -> QuestionRanking:
    turns = tuple(each.name for each in found)
    return QuestionRanking(question, turns, distinct(conversations[turn] for turn in turns))


def _size(memory: Memory) -> int:
    return sum(map(len, memory.dump().values()))
