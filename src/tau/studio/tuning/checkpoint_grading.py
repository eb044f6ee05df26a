"""Grading of what checkpoints answer to validation examples, by the project's grader.

The grader and the examples lie sealed in the run's folder, so that it works while nobody is signed
in.
"""

import logging
import time
from typing import Any

import msgspec

from tau.errors import TauError
from tau.models import Models
from tau.studio.examples.example import Example
from tau.studio.graders.grading import GradingContext, grade_example
from tau.studio.graders.sandbox import PythonSandbox
from tau.studio.graders.validation import validate_grader
from tau.studio.tuning.log_events import CheckpointGraded
from tau.studio.tuning.run_events import CheckpointSaved
from tau.studio.tuning.run_folder import DamagedRunFile, RunFolder

logger = logging.getLogger(__name__)

GRADING = "grading.json"


class GradingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How answers are judged, and the examples of `valid.jsonl` in their order."""

    grader: dict[str, Any]
    examples: tuple[Example, ...]


class CheckpointAnswer(msgspec.Struct, frozen=True):
    """A line of the file with a checkpoint's answers."""

    index: int
    answer: str


def write_grading(folder: RunFolder, plan: GradingPlan) -> None:
    """Write down how the answers of a run are graded. Raises `OSError`."""
    folder.write(GRADING, msgspec.json.encode(plan))


async def grade_checkpoint(
    models: Models, folder: RunFolder, saved: CheckpointSaved
) -> CheckpointGraded | None:
    """Return how good the answers of a checkpoint are; `None` if that can't be said."""
    try:
        plan = msgspec.json.decode(folder.read(GRADING), type=GradingPlan)
        lines = folder.read(saved.answers).splitlines()
        answers = [msgspec.json.decode(line, type=CheckpointAnswer) for line in lines]
        return await _grade(models, plan, answers, saved.step)
    except (OSError, DamagedRunFile, msgspec.DecodeError, IndexError, TauError) as error:
        logger.warning("a checkpoint was not graded: %s", type(error).__name__)
        return None


async def _grade(
    models: Models, plan: GradingPlan, answers: list[CheckpointAnswer], step: int
) -> CheckpointGraded | None:
    grader = validate_grader(plan.grader)
    async with PythonSandbox() as sandbox:
        context = GradingContext(models, models.aliases.default_embedder(), sandbox)
        grades = [
            await grade_example(grader, plan.examples[each.index], each.answer, context)
            for each in answers
        ]
    grades = [each for each in grades if each.error_kind != "model_server"]
    if not grades:
        return None
    return CheckpointGraded(
        at=time.time(),
        step=step,
        graded=len(grades),
        passed=sum(each.passed for each in grades),
        score=sum(each.score for each in grades) / len(grades),
    )
