"""What a run is made of that learns which answers a person preferred (DPO). Pure functions."""

import hashlib
from collections.abc import Sequence

import msgspec

from tau.errors import BadInput, Conflict
from tau.studio.examples.example import Example, ExampleMessage
from tau.studio.examples.leakage import refuse_leaks
from tau.studio.examples.similarity import DEFAULT_NEAR_COSINE, Vectors
from tau.studio.graders.grader import grader_json
from tau.studio.grading_answers import grader_of
from tau.studio.project import Project
from tau.studio.tuning.checkpoint_grading import GradingPlan
from tau.studio.tuning.planning import (
    FREEZE_FIRST,
    Chosen,
    PlannedRun,
    RunFiles,
    choose_validation,
    example_figures,
    planned_run,
    refuse_long,
    same_instructions,
)
from tau.studio.tuning.training_lines import LEAST_EXAMPLES, TrainingLine, joined_lines
from tau.text.excerpts import estimate_tokens


class Preference(msgspec.Struct, frozen=True, kw_only=True):
    """Two answers to an example outside the test, and which one a person preferred, blind."""

    example: Example
    preferred: str
    other: str


def plan_preferences(
    project: Project,
    preferences: Sequence[Preference],
    chosen: Chosen,
    vectors: Vectors | None = None,
    near: float = DEFAULT_NEAR_COSINE,
) -> PlannedRun:
    """Return a run that learns from preferences.

    Raises `Conflict` before the test is frozen, `BadInput` for too few or too long ones, and
    `InvalidField` for numbers out of range.
    """
    if project.split is None or not project.test:
        raise Conflict(FREEZE_FIRST)
    usable = {each.id for each in project.train}
    found = [each for each in preferences if each.example.id in usable]
    if len(found) < LEAST_EXAMPLES:
        raise BadInput(
            f"There are {len(found)} preferences to learn from, and there must be at least "
            f"{LEAST_EXAMPLES}. Judge more pairs of answers to examples outside the test."
        )
    examples = list({each.example.id: each.example for each in found}.values())
    refuse_leaks(project.test, examples)
    refuse_long([_longest(each) for each in found], chosen.base)
    held = set(choose_validation(examples, chosen.seed, vectors, near))
    train = [each for each in found if each.example.id not in held]
    valid = [each for each in found if each.example.id in held]
    files = RunFiles(
        train=joined_lines([_line(each) for each in train]),
        valid=joined_lines([_line(each) for each in valid]),
        grading=GradingPlan(
            grader=grader_json(grader_of(project)),
            examples=tuple(each.example for each in valid),
        ),
    )
    tokens = [estimate_tokens(_line(each).content.decode()) for each in train]
    return planned_run(files, example_figures(tokens, len(valid)), chosen, "dpo")._replace(
        examples=_ids(train),
        validation=_ids(valid),
        instructions=same_instructions([each.example for each in train]),
    )


def _ids(preferences: Sequence[Preference]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.example.id for each in preferences))


def _longest(preference: Preference) -> Example:
    """Return the example with the longer answer in place of its own."""
    answer = max(preference.preferred, preference.other, key=len)
    messages = (*preference.example.request, ExampleMessage("assistant", answer))
    return msgspec.structs.replace(preference.example, messages=messages)


def _line(preference: Preference) -> TrainingLine:
    content = msgspec.json.encode(
        {
            "input": {"messages": preference.example.chat()},
            "preferred_output": _answer(preference.preferred),
            "non_preferred_output": _answer(preference.other),
        }
    )
    line = preference.example.line or 0
    return TrainingLine(line, content, hashlib.sha256(content).hexdigest())


def _answer(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]
