"""Evals, runs and results of another OpenAI-shaped API, as records here. Pure functions.

Ids are derived from those they had and the person, so that importing twice adds nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tau.errors import InvalidField
from tau.studio.evals.data_source import without_items
from tau.studio.evals.eval_events import EvalCreated, EvalRunCreated, EvalRunEnded, RunEnd
from tau.studio.evals.eval_spec import EvalSpec, validate_eval
from tau.studio.evals.item_schema import require_item_schema
from tau.studio.evals.output_item import (
    CriterionCounts,
    CriterionResult,
    ModelUsage,
    OutputItem,
    RunFigures,
    RunSample,
    SampleMessage,
    TokenCounts,
)
from tau.studio.openai_import.fields import (
    count_field,
    number_field,
    object_field,
    objects_field,
    text_field,
    texts_field,
)

LocalId = Callable[[str], str]
"""Returns the id here of something with this id there."""
_ENDS: dict[str, RunEnd] = {
    "completed": "completed",
    "failed": "failed",
    "canceled": "canceled",
    "cancelled": "canceled",
}
_NO_REASON = "There's no answer, or it couldn't be graded."


def eval_record(given: Mapping[str, Any], local: LocalId) -> tuple[EvalCreated, str]:
    """Return the event of an eval, and a sentence if it can't be run again as it is."""
    config, note = _config(given.get("data_source_config"))
    criteria = tuple(objects_field(given, "testing_criteria"))
    name = text_field(given, "name")
    try:
        criteria = validate_eval(EvalSpec(data_source_config=config, testing_criteria=criteria))
    except InvalidField as error:
        note = note or f"it can't be run here: {error}"
    return (
        EvalCreated(
            at=number_field(given, "created_at"),
            id=local(text_field(given, "id")),
            name=name,
            metadata=texts_field(given, "metadata"),
            data_source_config=config,
            testing_criteria=criteria,
        ),
        note,
    )


def has_ended(run: Mapping[str, Any]) -> bool:
    """Return whether a run is over, so that it can be kept."""
    return run.get("status") in _ENDS


def run_record(
    run: Mapping[str, Any], eval_id: str, local: LocalId
) -> tuple[EvalRunCreated, EvalRunEnded]:
    """Return the events of a run that is over; its log is filled in where it's made."""
    run_id, at = local(text_field(run, "id")), number_field(run, "created_at")
    figures = _figures(run)
    error = object_field(run, "error")
    created = EvalRunCreated(
        at=at,
        id=run_id,
        eval=eval_id,
        log="",
        name=text_field(run, "name"),
        metadata=texts_field(run, "metadata"),
        data_source=_data_source(object_field(run, "data_source"), local),
        total=figures.total,
    )
    ended = EvalRunEnded(
        at=at,
        id=run_id,
        status=_ENDS[run["status"]],
        error_code=text_field(error, "code"),
        error=text_field(error, "message"),
        figures=figures,
    )
    return created, ended


def items_given(run: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return the items that a run was given in its request."""
    source = object_field(object_field(run, "data_source"), "source")
    return tuple(objects_field(source, "content"))


def output_item(given: Mapping[str, Any], number: int) -> OutputItem:
    """Return the result for an item; `number` is its place in the run."""
    results = tuple(_result(each) for each in objects_field(given, "results"))
    sample = _sample(object_field(given, "sample"))
    is_explained = sample.error or any(each.error for each in results)
    if given.get("status") == "error" and not is_explained:
        sample = _sample(object_field(given, "sample"), _NO_REASON)
    return OutputItem(
        number=number,
        at=number_field(given, "created_at"),
        item=object_field(given, "datasource_item"),
        sample=sample,
        results=results,
    )


def _config(given: Any) -> tuple[dict[str, Any], str]:
    config = given if isinstance(given, dict) else {}
    schema = object_field(config, "schema")
    properties = object_field(schema, "properties")
    item: Mapping[str, Any] = object_field(properties, "item") or {"type": "object"}
    note = ""
    if config.get("type") not in {"custom", None}:
        note = "its items came from logs, so new runs need items of their own"
    try:
        item = require_item_schema(item, "data_source_config.item_schema")
    except InvalidField:
        item, note = {"type": "object"}, note or "its schema can't be checked here"
    kept: dict[str, Any] = {"type": "custom", "item_schema": dict(item)}
    return kept | ({"include_sample_schema": True} if "sample" in properties else {}), note


def _data_source(given: dict[str, Any], local: LocalId) -> dict[str, Any]:
    source = object_field(given, "source")
    if source.get("type") == "file_id" and isinstance(source.get("id"), str):
        source = source | {"id": local(source["id"])}
    if not isinstance(source.get("type"), str):
        source = {"type": "file_id", "id": ""}
    kept = {"type": "jsonl"} | given | {"source": source}
    return without_items(kept) if source["type"] == "file_content" else kept


def _figures(run: Mapping[str, Any]) -> RunFigures:
    counts = object_field(run, "result_counts")
    criteria = [
        CriterionCounts(
            text_field(each, "testing_criteria"),
            count_field(each, "passed"),
            count_field(each, "failed"),
        )
        for each in objects_field(run, "per_testing_criteria_results")
    ]
    usage = [
        ModelUsage(
            text_field(each, "model_name"), count_field(each, "invocation_count"), _tokens(each)
        )
        for each in objects_field(run, "per_model_usage")
    ]
    return RunFigures(
        total=count_field(counts, "total"),
        passed=count_field(counts, "passed"),
        failed=count_field(counts, "failed"),
        errored=count_field(counts, "errored"),
        criteria=tuple(criteria),
        usage=tuple(usage),
    )


def _result(given: dict[str, Any]) -> CriterionResult:
    error = object_field(given, "error")
    score = given.get("score")
    return CriterionResult(
        name=text_field(given, "name"),
        type=text_field(given, "type"),
        passed=given.get("passed") is True,
        score=float(score) if isinstance(score, int | float) else 0.0,
        error_code=text_field(error, "code"),
        error=text_field(error, "message"),
    )


def _sample(given: dict[str, Any], error_text: str = "") -> RunSample:
    error = object_field(given, "error")
    return RunSample(
        input=_messages(given, "input"),
        output=_messages(given, "output"),
        model=text_field(given, "model"),
        finish_reason=text_field(given, "finish_reason"),
        tokens=_tokens(object_field(given, "usage")),
        error_code=text_field(error, "code"),
        error=text_field(error, "message") or error_text,
    )


def _messages(given: Mapping[str, Any], name: str) -> tuple[SampleMessage, ...]:
    return tuple(
        SampleMessage(text_field(each, "role"), _content(each))
        for each in objects_field(given, name)
    )


def _content(message: Mapping[str, Any]) -> str:
    """Return the text of a message, which may be in parts."""
    part = object_field(message, "content")
    parts = [part] if part else objects_field(message, "content")
    return text_field(message, "content") or "".join(text_field(each, "text") for each in parts)


def _tokens(given: Mapping[str, Any]) -> TokenCounts:
    return TokenCounts(
        count_field(given, "prompt_tokens"),
        count_field(given, "completion_tokens"),
        count_field(given, "cached_tokens"),
        count_field(given, "total_tokens"),
    )
