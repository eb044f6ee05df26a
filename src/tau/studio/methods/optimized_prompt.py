"""The method whose instructions a capable model rewrites until they work better (GEPA).

GEPA tries instructions on training examples, shows a capable model the answers that were wrong, and
keeps what it rewrites if that does better (https://arxiv.org/abs/2507.19457). The test isn't used.
"""

import asyncio
import threading
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import anyio.to_thread

from tau.errors import ModelError
from tau.models.types import ModelInfo
from tau.studio.examples.example import Example
from tau.studio.methods.chat import TaskModel, conversation
from tau.studio.methods.comparison import AnswerGrader
from tau.studio.methods.method import Answer
from tau.studio.methods.prompt_writing import WrittenPrompts
from tau.studio.model_caller import ModelCaller
from tau.studio.results import MethodKind

T = TypeVar("T")
MOST_CALLS = 200
"""Answers that are asked for at most while instructions are tried."""
FEWEST_EXAMPLES = 20
_FALLBACK = "Answer the request."
_MISSING = "It needs the extra: pip install 'tau-companion[studio]'"


class TriedAnswer(NamedTuple):
    """What a model answered with some instructions, and its score from 0 to 1."""

    answer: str
    score: float


class OptimizedPromptMethod:
    """Asks a model with instructions that another one has rewritten. Implements `Method`."""

    name = "optimized"
    kind: MethodKind = "optimized"

    def __init__(
        self,
        models: ModelCaller,
        info: ModelInfo,
        writer: ModelInfo,
        *,
        seed: int = 0,
        calls: int = MOST_CALLS,
    ) -> None:
        self.model = info.name
        self.instructions = ""
        """Those that did best; known after `prepare`."""
        self._models = models
        self._writer = writer
        self._seed = seed
        self._calls = calls
        self._task = TaskModel(models, info, ())
        self._grade: AnswerGrader | None = None

    @property
    def concurrency(self) -> int:
        """More than one for an endpoint."""
        return self._task.concurrency

    def judge_by(self, grade: AnswerGrader) -> None:
        """Judge answers by the project's grader. Comes before `prepare`."""
        self._grade = grade

    async def prepare(self, train: Sequence[Example]) -> str | None:
        """Try and rewrite instructions; return a sentence if that can't be done.

        Raises `ModelError` if one of the two models fails.
        """
        self._task = TaskModel(self._models, self._task.info, train)
        if self._task.not_ready:
            return self._task.not_ready
        if len(train) < FEWEST_EXAMPLES:
            return f"Rewriting the prompt takes at least {FEWEST_EXAMPLES} training examples."
        loop, stopped = asyncio.get_running_loop(), threading.Event()

        def wait_for(work: Coroutine[Any, Any, T]) -> T:
            if stopped.is_set():
                work.close()
                raise ModelError("The comparison was stopped.")
            return asyncio.run_coroutine_threadsafe(work, loop).result()

        prompts = WrittenPrompts(
            lambda batch, instructions: wait_for(self._try(batch, instructions)),
            lambda prompt: wait_for(self._write(prompt)),
        )
        given = list(dict.fromkeys(each.instructions for each in train))
        try:
            self.instructions = await anyio.to_thread.run_sync(
                prompts.optimize,
                train,
                given[0] or _FALLBACK,
                self._seed,
                self._calls,
                abandon_on_cancel=True,
            )
        except ImportError:
            return _MISSING
        finally:
            stopped.set()
        return None

    async def answer(self, example: Example) -> Answer:
        """Ask the model with the instructions that did best. Raises `ModelError`."""
        return await self._ask(example, self.instructions)

    async def _ask(self, example: Example, instructions: str) -> Answer:
        asked = {"messages": conversation(example)}
        messages: list[dict[str, Any]] = self._task.kept(instructions).request(asked)["messages"]
        return await self._task.ask(messages)

    async def _try(self, batch: Sequence[Example], instructions: str) -> list[TriedAnswer]:
        found: list[TriedAnswer] = []
        for start in range(0, len(batch), self.concurrency):
            part = batch[start : start + self.concurrency]
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._try_one(each, instructions)) for each in part]
            found += [task.result() for task in tasks]
        return found

    async def _try_one(self, example: Example, instructions: str) -> TriedAnswer:
        """Return an answer and its score. One that failed or can't be graded is worth nothing."""
        if self._grade is None:
            raise ModelError("Answers can't be judged without a grader.")
        try:
            answer = (await self._ask(example, instructions)).text
        except ModelError as error:
            return TriedAnswer(str(error), 0.0)
        grade = await self._grade(example, answer)
        return TriedAnswer(answer, 0.0 if grade.error else grade.score)

    async def _write(self, prompt: str) -> str:
        body: Mapping[str, Any] = {"messages": [{"role": "user", "content": prompt}]}
        completion = await self._models.complete(self._writer.name, dict(body))
        try:
            return str(completion["choices"][0]["message"].get("content") or "")
        except (KeyError, IndexError, TypeError, AttributeError):
            return ""
