"""Export for promptfoo: the test as `promptfooconfig.json`, the grader as assertions.

A chat is one variable, so that an example may have any number of messages. promptfoo also expands
templates in the values of assertions; what looks like one is written as a literal.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from tau.studio.examples.example import Example
from tau.studio.exports.export import Export, ExportData, json_text, reads_plainly
from tau.studio.graders.grade import Sample
from tau.studio.graders.grader import (
    ExactGrader,
    Grader,
    JsonMatchGrader,
    PythonGrader,
    StringCheckGrader,
    TextSimilarityGrader,
)
from tau.studio.graders.items import item_of
from tau.studio.graders.templates import render

Assertion = dict[str, Any]
AssertionWriter = Callable[[Example], Assertion]
_PROGRAM = "grader.py"
_CHECKS = {"eq": "equals", "ne": "not-equals", "like": "contains", "ilike": "icontains"}
_SIMILARITIES = {"cosine": "similar", "bleu": "bleu", "gleu": "gleu", "meteor": "meteor"}
_CALL = """

def get_assert(output, context):
    return float(grade({"output_text": output}, context["vars"]["item"]))
"""


def export_promptfoo(data: ExportData) -> Export:
    """Return a config with the test, and the grader's program if it's one."""
    writer = _writer(data.grader)
    config = {
        "description": data.name,
        "prompts": ["{{ messages | dump }}"],
        "providers": [f"openai:chat:{data.base or 'your-model'}"],
        "defaultTest": {"options": {"disableVarExpansion": True}},
        "tests": [_test(each, writer) for each in data.test],
    }
    files = {"promptfooconfig.json": json_text(config)}
    if isinstance(data.grader, PythonGrader):
        files[_PROGRAM] = (data.grader.source + _CALL).encode()
    notes: tuple[str, ...] = () if data.base else ("Put the model that you test into `providers`.",)
    if data.grader is not None and writer is None:
        kind = data.grader.__struct_config__.tag
        notes += (f"The grader `{kind}` can't be written for promptfoo: tests have no assertion.",)
    return Export(files, notes)


def _test(example: Example, writer: AssertionWriter | None) -> dict[str, Any]:
    variables = {"messages": example.chat(), "item": item_of(example)}
    test = {"description": example.id, "vars": variables}
    return test if writer is None else test | {"assert": [writer(example)]}


def _writer(grader: Grader | None) -> AssertionWriter | None:
    """Return what writes a grader's assertion for an example; `None` if there is none."""
    if isinstance(grader, PythonGrader):
        threshold = 0.5 if grader.pass_threshold is None else grader.pass_threshold
        program = {"type": "python", "value": f"file://{_PROGRAM}", "threshold": threshold}
        return lambda _: program
    if grader is None or not reads_plainly(grader):
        return None
    match grader:
        case ExactGrader():
            return lambda each: {
                "type": "equals",
                "value": _literal(_reference(grader.reference, each).strip()),
                "transform": "output.trim()",
            }
        case JsonMatchGrader():
            return lambda each: _json_assertion(_reference(grader.reference, each))
        case StringCheckGrader():
            return lambda each: {
                "type": _CHECKS[grader.operation],
                "value": _literal(_reference(grader.reference, each)),
            }
    return _similarity_writer(grader) if isinstance(grader, TextSimilarityGrader) else None


def _similarity_writer(grader: TextSimilarityGrader) -> AssertionWriter | None:
    kind = _SIMILARITIES.get(grader.evaluation_metric)
    if kind is None:
        return None
    threshold = 0.5 if grader.pass_threshold is None else grader.pass_threshold
    return lambda each: {
        "type": kind,
        "value": _literal(_reference(grader.reference, each)),
        "threshold": threshold,
    }


def _json_assertion(reference: str) -> Assertion:
    """Return the check that an answer is the same JSON; promptfoo compares values deeply."""
    try:
        value = msgspec.json.decode(reference)
    except msgspec.MsgspecError:
        value = reference
    return {"type": "equals", "value": _literal(value) if isinstance(value, str) else value}


def _reference(template: str, example: Example) -> str:
    """Return what an answer is compared with; the answer itself isn't known here."""
    return render(template, item_of(example), Sample(""))


def _literal(text: str) -> str:
    """Return a text in which promptfoo finds no templates."""
    if any(mark in text for mark in ("{{", "{%", "{#")):
        return f"{{{{ {msgspec.json.encode(text).decode()} }}}}"
    return text
