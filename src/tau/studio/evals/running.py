"""A run: each item gets an answer and is graded, several at a time, and the results are written.

What keeps an item from being answered or graded is in its result. Knows nothing of storage.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

import anyio

from tau.errors import UNEXPECTED, TauError
from tau.studio.evals.data_source import DataSource
from tau.studio.evals.eval_row import EvalRow
from tau.studio.evals.output_item import (
    CriterionCounts,
    CriterionResult,
    OutputItem,
    RunFigures,
    RunSample,
)
from tau.studio.evals.sampling import UsageCounter, given_sample, sample_model
from tau.studio.graders.grade import Grade, GradingFailed, Sample
from tau.studio.graders.grader import Grader
from tau.studio.graders.grading import GradingContext, grade
from tau.studio.graders.sandbox import PythonSandbox
from tau.studio.model_caller import ModelCaller

logger = logging.getLogger(__name__)

BATCH_ITEMS = 20
"""Results that are written together."""
SAMPLE_SECONDS = 600.0
"""An answer that takes longer counts as none."""
WriteItems = Callable[[Sequence[OutputItem]], Awaitable[None]]
"""Writes results, in the order of the items."""


@dataclass(frozen=True)
class Criterion:
    """A grader under a name that no other criterion of the eval has."""

    name: str
    grader: Grader

    @property
    def type(self) -> str:
        """The type of the grader."""
        return str(self.grader.__struct_config__.tag)


@dataclass(frozen=True)
class RunPlan:
    """What a run does."""

    rows: Sequence[EvalRow]
    source: DataSource
    criteria: Sequence[Criterion]
    embedder: str
    concurrency: int = 4

    def empty_figures(self) -> RunFigures:
        """Return the figures before the first result."""
        criteria = tuple(CriterionCounts(each.name, 0, 0) for each in self.criteria)
        return RunFigures(total=len(self.rows), criteria=criteria)


class EvalRunner:
    """Does one run. `figures` has the figures at any time."""

    def __init__(self, plan: RunPlan, models: ModelCaller, write: WriteItems) -> None:
        self.plan = plan
        self._models = UsageCounter(models)
        self._write = write
        self._counted = plan.empty_figures()
        self._done: dict[int, OutputItem] = {}
        self._written = 0
        self._writing = anyio.Lock()

    @property
    def figures(self) -> RunFigures:
        """The figures of what has been written, and what was taken of models."""
        counted = self._counted
        return RunFigures(
            total=counted.total,
            passed=counted.passed,
            failed=counted.failed,
            errored=counted.errored,
            criteria=counted.criteria,
            usage=self._models.usage,
        )

    async def run(self, progress: Callable[[int, int], None]) -> RunFigures:
        """Answer and grade all items. Raises what writing raises."""
        async with PythonSandbox() as sandbox:
            context = GradingContext(self._models, self.plan.embedder, sandbox)
            waiting = iter(enumerate(self.plan.rows))
            try:
                async with anyio.create_task_group() as tasks:
                    for _ in range(self.plan.concurrency):
                        tasks.start_soon(self._work, waiting, context, progress)
            except ExceptionGroup as group:
                raise group.exceptions[0] from None
        await self._flush(least=1)
        return self.figures

    async def _work(
        self,
        waiting: Iterator[tuple[int, EvalRow]],
        context: GradingContext,
        progress: Callable[[int, int], None],
    ) -> None:
        for number, row in waiting:
            self._done[number] = await self._item(number, row, context)
            progress(self._written + len(self._done), len(self.plan.rows))
            await self._flush(least=BATCH_ITEMS)

    async def _flush(self, least: int) -> None:
        """Write the results that have no gap before them, if there are so many."""
        async with self._writing:
            batch: list[OutputItem] = []
            while self._written + len(batch) in self._done:
                batch.append(self._done[self._written + len(batch)])
            if len(batch) < least:
                return
            await self._write(batch)
            for each in batch:
                del self._done[each.number]
                self._counted = self._counted.plus(each)
            self._written += len(batch)

    async def _item(self, number: int, row: EvalRow, context: GradingContext) -> OutputItem:
        sample = await self._sample(row)
        results: list[CriterionResult] = []
        if sample is None or not sample.error:
            answer = Sample(None if sample is None else sample.output_text)
            for criterion in self.plan.criteria:
                graded = await grade(criterion.grader, row.item, answer, context)
                results.append(_result(criterion, graded))
        return OutputItem(
            number=number, at=time.time(), item=row.item, sample=sample, results=tuple(results)
        )

    async def _sample(self, row: EvalRow) -> RunSample | None:
        if not self.plan.source.asks_model:
            return given_sample(row.sample)
        try:
            return await sample_model(self.plan.source, row.item, self._models, SAMPLE_SECONDS)
        except GradingFailed as error:
            return RunSample(error_code=error.kind, error=str(error))
        except TauError as error:
            return RunSample(error_code=error.code, error=str(error))
        except Exception as error:  # noqa: BLE001 - the boundary of one item: others are done
            # Its text is left out: it may quote the answer.
            logger.error("a model's answer was unusable: %s", type(error).__name__)  # noqa: TRY400
            return RunSample(error_code="internal", error=UNEXPECTED)


def _result(criterion: Criterion, graded: Grade) -> CriterionResult:
    return CriterionResult(
        name=criterion.name,
        type=criterion.type,
        passed=graded.passed,
        score=graded.value,
        error_code=graded.error_kind or ("other" if graded.error else ""),
        error=graded.error,
        details=graded.details,
        parts=graded.parts,
    )
