"""Export for OpenAI's API: examples for fine-tuning, the test for evals, and the grader."""

from typing import Any

from tau.studio.exports.export import Export, ExportData, chat_line, json_lines, json_text
from tau.studio.graders.grader import (
    ExactGrader,
    Grader,
    JsonKeysGrader,
    JsonMatchGrader,
    MultiGrader,
    grader_json,
)
from tau.studio.graders.items import item_of

_OURS = (ExactGrader, JsonMatchGrader, JsonKeysGrader)


def export_openai(data: ExportData) -> Export:
    """Return training, validation and test files apart, and what an eval needs."""
    files = {"train.jsonl": json_lines(data.train)}
    if data.valid:
        files["valid.jsonl"] = json_lines(data.valid)
    if data.test:
        files["test.jsonl"] = json_lines([chat_line(each) for each in data.test])
        files["eval_items.jsonl"] = json_lines([{"item": item_of(each)} for each in data.test])
    if data.grader is None:
        return Export(files)
    grader, notes = _openai_grader(data.grader)
    files["grader.json"] = json_text(grader)
    return Export(files, notes)


def _openai_grader(grader: Grader) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a grader in OpenAI's types, as far as they go."""
    if isinstance(grader, ExactGrader):
        checked = grader_json(grader) | {"type": "string_check", "operation": "eq"}
        note = "`exact` became `string_check`, which also compares white space at the ends."
        return checked, (note,)
    inner = list(grader.graders.values()) if isinstance(grader, MultiGrader) else [grader]
    ours = sorted({str(each.__struct_config__.tag) for each in inner if isinstance(each, _OURS)})
    notes = tuple(f"Only Tau has the grader `{each}`." for each in ours)
    return grader_json(grader), notes
