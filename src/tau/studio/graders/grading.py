"""Grading: one answer, or the answers to a whole test."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel

from tau.errors import UNEXPECTED, ModelError, TauError
from tau.studio.examples.example import Example
from tau.studio.graders.formula import calculate, parse_formula
from tau.studio.graders.grade import Grade, GradeErrorKind, GradingFailed, Judgement, Sample
from tau.studio.graders.grader import (
    ExactGrader,
    Grader,
    JsonKeysGrader,
    JsonMatchGrader,
    LabelModelGrader,
    MultiGrader,
    PythonGrader,
    ScoreModelGrader,
    SingleGrader,
    StringCheckGrader,
    TextSimilarityGrader,
    default_threshold,
)
from tau.studio.graders.items import item_of
from tau.studio.graders.json_values import match_json, match_keys
from tau.studio.graders.judging import judge
from tau.studio.graders.sandbox import PythonSandbox
from tau.studio.graders.templates import Item, render
from tau.studio.graders.texts import check_equal, check_string, measure_similarity
from tau.studio.model_caller import ModelCaller

logger = logging.getLogger(__name__)

_TEXT_CHECKS: dict[type, Callable[[str, str], Judgement]] = {
    ExactGrader: check_equal,
    JsonMatchGrader: match_json,
    JsonKeysGrader: match_keys,
}


@dataclass(frozen=True)
class GradingContext:
    """What graders need: models for those that ask one, and a sandbox for programs."""

    models: ModelCaller
    embedder: str
    """The name or alias of the model for `cosine`."""
    sandbox: PythonSandbox = field(default_factory=PythonSandbox)
    """Whoever makes the context closes it."""


async def grade(grader: Grader, item: Item, sample: Sample, context: GradingContext) -> Grade:
    """Return the grade of an answer. What keeps it from being graded is the grade's `error`."""
    try:
        if isinstance(grader, MultiGrader):
            judgement = await _combine(grader, item, sample, context)
        else:
            judgement = await _judge(grader, item, sample, context)
    except GradingFailed as error:
        return Grade(error=str(error), error_kind=error.kind, details=error.details)
    except TauError as error:
        return Grade(error=str(error), error_kind=_kind(error))
    except Exception as error:  # noqa: BLE001 - the boundary of one answer: others are graded
        # Its text is left out: it may quote the answer.
        logger.error("an answer could not be graded: %s", type(error).__name__)  # noqa: TRY400
        return Grade(error=UNEXPECTED, error_kind="other")
    threshold = grader.pass_threshold
    least = default_threshold(grader) if threshold is None else threshold
    return Grade(
        value=judgement.value,
        score=_score(grader, judgement.value),
        passed=judgement.value >= least,
        details=judgement.details,
        parts=judgement.parts,
        model=judgement.model,
        tokens=judgement.tokens,
    )


async def grade_example(
    grader: Grader, example: Example, answer: str, context: GradingContext
) -> Grade:
    """Return the grade of what was answered to an example."""
    return await grade(grader, item_of(example), Sample(answer), context)


async def grade_all(
    grader: Grader,
    answers: Sequence[tuple[Item, Sample]],
    context: GradingContext,
    *,
    concurrency: int = 4,
    progress: Callable[[int, int], None] | None = None,
) -> list[Grade]:
    """Return a grade for each answer, in their order; `progress` gets how many of how many."""
    grades = [Grade(error="It wasn't graded.", error_kind="other")] * len(answers)
    waiting = iter(enumerate(answers))
    done = 0

    async def work() -> None:
        nonlocal done
        for number, (item, sample) in waiting:
            grades[number] = await grade(grader, item, sample, context)
            done += 1
            if progress is not None:
                progress(done, len(answers))
            await anyio.lowlevel.checkpoint()  # graders of texts never wait by themselves

    async with anyio.create_task_group() as tasks:
        for _ in range(max(1, concurrency)):
            tasks.start_soon(work)
    return grades


async def _judge(
    grader: SingleGrader, item: Item, sample: Sample, context: GradingContext
) -> Judgement:
    if isinstance(grader, ScoreModelGrader | LabelModelGrader):
        return await judge(grader, item, sample, context.models)
    if isinstance(grader, PythonGrader):
        return Judgement(value=await context.sandbox.run(grader.source, _shown(sample), item))
    text = render(grader.input, item, sample)
    reference = render(grader.reference, item, sample)
    if isinstance(grader, StringCheckGrader):
        return check_string(grader, text, reference)
    if isinstance(grader, TextSimilarityGrader):
        return await measure_similarity(grader, text, reference, context.models, context.embedder)
    return _TEXT_CHECKS[type(grader)](text, reference)


async def _combine(
    grader: MultiGrader, item: Item, sample: Sample, context: GradingContext
) -> Judgement:
    """Judge by each grader, one after the other, and calculate the formula."""
    judged = {
        name: await _judge(part, item, sample, context) for name, part in grader.graders.items()
    }
    values = {name: judgement.value for name, judgement in judged.items()}
    return Judgement(
        value=calculate(parse_formula(grader.calculate_output), values),
        details="\n".join(
            f"{name}: {each.details}" for name, each in judged.items() if each.details
        ),
        parts=values,
        tokens=sum(each.tokens for each in judged.values()),
    )


def _shown(sample: Sample) -> dict[str, object]:
    """Return what a program sees of an answer; `output_json` is `None` where it isn't JSON."""
    if not sample.is_given:
        return {}
    try:
        value = sample.output_json
    except GradingFailed:
        value = None
    return {"output_text": sample.output_text, "output_json": value}


def _score(grader: Grader, value: float) -> float:
    """Return a value scaled to 0..1: by the range of a score, else cut off at both ends."""
    if isinstance(grader, ScoreModelGrader):
        value = (value - grader.range[0]) / (grader.range[1] - grader.range[0])
    return min(1.0, max(0.0, value))


def _kind(error: TauError) -> GradeErrorKind:
    return "model_server" if isinstance(error, ModelError) else "other"
