"""Comparison of methods on one frozen test, cheapest first.

Every method answers the same examples. Two rules save time and money, and both say so in the result
instead of leaving a gap (`run_all` turns them off):

- A method isn't tried if a cheaper one leaves so little to gain that the test couldn't show it
  (`smallest_detectable_difference`).
- A method is stopped if it's already shown to be far worse than a cheaper one. Examples are asked
  in a shuffled order, so that the first ones stand for all.

A comparison is one task without state outside: cancelling it leaves nothing behind.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import msgspec

from tau.errors import ModelError
from tau.studio.examples.example import Example
from tau.studio.graders.grade import Grade
from tau.studio.methods.method import Method
from tau.studio.methods.pairing import add_paired_tests, best_result, count_pairs
from tau.studio.phrases import describe_method, percent, points
from tau.studio.results import ComparisonResult, GradedAnswer, MethodResult
from tau.studio.statistics import exact_mcnemar, smallest_detectable_difference, wilson_interval
from tau.studio.verdict import choose_verdict

STOPPED_BETWEEN = (10, 200)
"""Answers after which a method may be stopped as far worse; if it isn't by then, it's asked all."""
FAR_WORSE = 0.001
"""The p-value at which a method is shown to be worse; small, as it's tested again and again."""
FAILURES_IN_A_ROW = 5
"""Answers that fail one after the other before a method is stopped."""


AnswerGrader = Callable[[Example, str], Awaitable[Grade]]
"""Grades what a method answered to an example of the test."""
MethodProgress = Callable[[str, int, int], None]
"""Is called with the name of a method, its answers so far, and their number."""


class ComparisonInput(msgspec.Struct, frozen=True, kw_only=True):
    """What methods are compared on."""

    train: Sequence[Example]
    test: Sequence[Example]
    test_sha256: str
    contradictions: float = 0.0
    """Share of the training examples that contradict another."""


async def compare(
    methods: Sequence[Method],
    given: ComparisonInput,
    grade: AnswerGrader,
    *,
    progress: MethodProgress | None = None,
    run_all: bool = False,
) -> ComparisonResult:
    """Compare methods, which are given cheapest first, and choose a verdict.

    Raises nothing for a model that fails: its method's result says why.
    """
    trial = _Comparison(given, grade, progress or _ignore, run_all)
    results: list[MethodResult] = []
    for method in methods:
        results.append(await trial.run(method, results))
    return await asyncio.to_thread(_conclude, given, results)  # thousands of examples take seconds


def _conclude(given: ComparisonInput, results: Sequence[MethodResult]) -> ComparisonResult:
    tested = tuple(add_paired_tests(results))
    verdict = choose_verdict(
        tested,
        train_count=len(given.train),
        test_count=len(given.test),
        contradictions=given.contradictions,
    )
    return ComparisonResult(
        test_sha256=given.test_sha256,
        train_count=len(given.train),
        test_count=len(given.test),
        trained_on=tuple(example.id for example in given.train),
        detectable=smallest_detectable_difference(len(given.test)),
        methods=tested,
        verdict=verdict,
    )


class _Outcome(NamedTuple):
    """What became of one example. It `failed` if the method or the grader broke down."""

    graded: GradedAnswer
    tokens: int = 0
    failed: bool = False


class _Comparison:
    """Runs one method after the other on the same test."""

    def __init__(
        self, given: ComparisonInput, grade: AnswerGrader, progress: MethodProgress, run_all: bool
    ) -> None:
        self._given = given
        self._grade = grade
        self._progress = progress
        self._run_all = run_all
        self._shuffled = list(given.test)
        random.Random(given.test_sha256).shuffle(self._shuffled)  # noqa: S311 - an order

    async def run(self, method: Method, before: Sequence[MethodResult]) -> MethodResult:
        """Return the result of a method; `before` are those of the cheaper ones.

        That always the same answer is often right is no reason to leave out the others.
        """
        best = best_result([each for each in before if each.kind != "baseline"])
        reason = self._no_room(best)
        if reason:
            return _skipped(method, reason)
        began = time.perf_counter()
        try:
            reason = await method.prepare(self._given.train)
        except ModelError as error:
            reason = str(error)
        if reason:
            return _skipped(method, reason)
        prepare_seconds = time.perf_counter() - began
        return await self._test(method, best, prepare_seconds)

    def _no_room(self, best: MethodResult | None) -> str | None:
        """Return why the test couldn't show that another method is better than the best so far."""
        if self._run_all or best is None or best.passed is None:
            return None
        room = 1 - best.passed.value
        detectable = smallest_detectable_difference(len(self._given.test))
        if room >= detectable:
            return None
        return (
            f"Not tried: {describe_method(best)} is right {percent(best.passed.value)} of the "
            f"time. That leaves {points(room)} to gain, and this test can only show differences "
            f"of {points(detectable)} or more."
        )

    async def _test(
        self, method: Method, best: MethodResult | None, prepare_seconds: float
    ) -> MethodResult:
        outcomes: dict[str, _Outcome] = {}
        self._progress(method.name, 0, len(self._shuffled))
        for start in range(0, len(self._shuffled), method.concurrency):
            part = self._shuffled[start : start + method.concurrency]
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._one(method, example)) for example in part]
            outcomes |= {task.result().graded.example: task.result() for task in tasks}
            self._progress(method.name, len(outcomes), len(self._shuffled))
            reason = self._hopeless(list(outcomes.values()), best)
            if reason:
                return _skipped(method, reason)
        ordered = [outcomes[example.id] for example in self._given.test]
        return _result(method, ordered, prepare_seconds)

    async def _one(self, method: Method, example: Example) -> _Outcome:
        """Ask and grade one example. An answer that failed or can't be graded is wrong."""
        began = time.perf_counter()
        try:
            answer = await method.answer(example)
        except ModelError as error:
            seconds = time.perf_counter() - began
            graded = GradedAnswer(example.id, "", 0.0, False, seconds, str(error))
            return _Outcome(graded, failed=True)
        seconds = time.perf_counter() - began
        grade = await self._grade(example, answer.text)
        score, passed = (0.0, False) if grade.error else (grade.score, grade.passed)
        graded = GradedAnswer(example.id, answer.text, score, passed, seconds, grade.error)
        failed = bool(grade.error) and grade.error_kind != "sample_parse"
        return _Outcome(graded, answer.tokens, failed)

    def _hopeless(self, outcomes: Sequence[_Outcome], best: MethodResult | None) -> str | None:
        """Return why the rest of the test isn't worth asking, or `None`."""
        begun = f"Stopped after {len(outcomes)} of {len(self._shuffled)} examples"
        last = outcomes[-FAILURES_IN_A_ROW:]
        if len(last) == FAILURES_IN_A_ROW and all(each.failed for each in last):
            return f"{begun}, as the last {len(last)} failed: {last[-1].graded.error}"
        fewest, most = STOPPED_BETWEEN
        if self._run_all or best is None or not fewest <= len(outcomes) <= most:
            return None
        answers = [each.graded for each in outcomes]
        gained, lost = count_pairs(answers, best.answers)
        if gained >= lost or exact_mcnemar(gained, lost) >= FAR_WORSE:
            return None
        right = sum(each.passed for each in answers)
        theirs = right + lost - gained
        return f"{begun}: it got {right} right, and {describe_method(best)} {theirs}."


def _skipped(method: Method, reason: str) -> MethodResult:
    return MethodResult(name=method.name, kind=method.kind, model=method.model, skipped=reason)


def _result(method: Method, outcomes: Sequence[_Outcome], prepare_seconds: float) -> MethodResult:
    answers = tuple(each.graded for each in outcomes)
    count = max(1, len(answers))
    return MethodResult(
        name=method.name,
        kind=method.kind,
        model=method.model,
        answers=answers,
        passed=wilson_interval(sum(each.passed for each in answers), len(answers)),
        score=sum(each.score for each in answers) / count,
        seconds_per_answer=sum(each.seconds for each in answers) / count,
        prepare_seconds=prepare_seconds,
        tokens_per_answer=sum(each.tokens for each in outcomes) / count,
    )


def _ignore(name: str, done: int, total: int) -> None:
    """Take a progress report that nobody reads."""
