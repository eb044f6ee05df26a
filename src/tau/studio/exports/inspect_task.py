"""Export for Inspect: the test as a dataset, and a task with the grader as its scorer.

The task is a Python file; what examples say is only in the dataset, never in the program.
"""

from typing import Any

from tau.studio.examples.example import Example
from tau.studio.exports.export import Export, ExportData, json_lines, json_text, reads_plainly
from tau.studio.graders.grade import Sample
from tau.studio.graders.grader import (
    ExactGrader,
    Grader,
    JsonMatchGrader,
    PythonGrader,
    StringCheckGrader,
    grader_json,
)
from tau.studio.graders.items import item_of
from tau.studio.graders.templates import render

_PROGRAM = '''"""A test that Tau wrote: inspect eval task.py --model MODEL"""

import json

from inspect_ai import Task, task
from inspect_ai.dataset import json_dataset
from inspect_ai.scorer import Score, Target, accuracy, scorer, stderr
from inspect_ai.solver import TaskState, generate

{program}

@scorer(metrics=[accuracy(), stderr()])
def tau_scorer():
    async def score(state: TaskState, target: Target) -> Score:
        output, expected, item = state.output.completion, target.text, state.metadata["item"]
        return Score(value={value}, answer=output)

    return score


@task
def tau_test():
    return Task(
        dataset=json_dataset("test.jsonl"),
        solver=generate(),
        scorer={scorer},
    )
'''
_JSON_PROGRAM = """
def same_json(one, other):
    try:
        return json.loads(one) == json.loads(other)
    except ValueError:
        return one.strip() == other.strip()
"""
_CHECKS = {
    "eq": "output == expected",
    "ne": "output != expected",
    "like": "expected in output",
    "ilike": "expected.lower() in output.lower()",
}


def export_inspect(data: ExportData) -> Export:
    """Return a dataset and a task for `inspect eval task.py`."""
    value, program = _scoring(data.grader)
    task = _PROGRAM.format(
        program=program, value=value or "False", scorer="tau_scorer()" if value else "None"
    )
    reference = getattr(data.grader, "reference", "{{item.answer}}")
    files = {
        "task.py": task.encode(),
        "test.jsonl": json_lines([_sample(each, reference) for each in data.test]),
    }
    notes: tuple[str, ...] = ()
    if data.grader is not None:
        files["grader.json"] = json_text(grader_json(data.grader))
        if not value:
            kind = data.grader.__struct_config__.tag
            notes = (f"The grader `{kind}` can't be written for Inspect: the task has no scorer.",)
    return Export(files, notes)


def _sample(example: Example, reference: str) -> dict[str, Any]:
    return {
        "id": example.id,
        "input": example.chat(),
        "target": render(reference, item_of(example), Sample("")),
        "metadata": {"item": item_of(example)},
    }


def _scoring(grader: Grader | None) -> tuple[str, str]:
    """Return the expression for the score and the program it needs; nothing if there's none."""
    if grader is None or not reads_plainly(grader):
        return "", ""
    match grader:
        case PythonGrader():
            threshold = 0.5 if grader.pass_threshold is None else grader.pass_threshold
            call = f'float(grade({{"output_text": output}}, item)) >= {threshold!r}'
            return call, grader.source + "\n"
        case ExactGrader():
            return "output.strip() == expected.strip()", ""
        case JsonMatchGrader():
            return "same_json(output, expected)", _JSON_PROGRAM
        case StringCheckGrader():
            return _CHECKS[grader.operation], ""
    return "", ""
