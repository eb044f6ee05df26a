"""Evals, runs and results in OpenAI's shape."""

from typing import Any

from tau.ids import derived_id
from tau.server.openai.eval_schemas import (
    OpenAIEval,
    OpenAIEvalRun,
    OpenAIOutputItem,
    ResultCounts,
    RunStatus,
)
from tau.studio.evals.eval_state import Eval, EvalRun
from tau.studio.evals.output_item import (
    CriterionCounts,
    CriterionResult,
    ModelUsage,
    OutputItem,
    RunFigures,
    RunSample,
    TokenCounts,
)
from tau.studio.evals.run_jobs import EvalRunJobs

_SAMPLE_SCHEMA = {
    "type": "object",
    "properties": {"output_text": {"type": "string"}, "output_json": {}},
}


def eval_out(found: Eval) -> OpenAIEval:
    """Return an eval; the schema covers items and, if they're expected, answers."""
    config = found.data_source_config
    properties = {"item": config["item_schema"]}
    if config.get("include_sample_schema"):
        properties["sample"] = _SAMPLE_SCHEMA
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return OpenAIEval(
        id=found.id,
        object="eval",
        created_at=int(found.created_at),
        name=found.name,
        metadata=found.metadata,
        data_source_config={"type": "custom", "schema": schema},
        testing_criteria=list(found.testing_criteria),
    )


def run_state(run: EvalRun, jobs: EvalRunJobs) -> tuple[RunStatus, RunFigures]:
    """Return the status of a run and its figures until now."""
    if run.ended is not None:
        return run.ended.status, run.ended.figures
    active = jobs.progress_of(run)
    if active is None:  # it ends just now, or another process does it
        return "in_progress", RunFigures(total=run.created.total)
    has_begun, figures = active
    return ("in_progress" if has_begun else "queued"), figures


def run_out(
    run: EvalRun, jobs: EvalRunJobs, data_source: dict[str, Any], address: str
) -> OpenAIEvalRun:
    """Return a run; `address` is that of Tau's API."""
    status, figures = run_state(run, jobs)
    created, end = run.created, run.ended
    is_failed = end is not None and bool(end.error)
    return OpenAIEvalRun(
        id=run.id,
        object="eval.run",
        created_at=int(created.at),
        eval_id=created.eval,
        name=created.name,
        metadata=created.metadata,
        model=str(created.data_source.get("model") or ""),
        status=status,
        report_url=f"{address}/evals/{created.eval}/runs/{run.id}",
        data_source=data_source,
        error={"code": end.error_code, "message": end.error} if end and is_failed else None,
        result_counts=ResultCounts(
            total=figures.total,
            passed=figures.passed,
            failed=figures.failed,
            errored=figures.errored,
        ),
        per_testing_criteria_results=[_counts_out(each) for each in figures.criteria],
        per_model_usage=[_usage_out(each) for each in figures.usage],
    )


def item_id(run: EvalRun, item: OutputItem) -> str:
    """Return the id of a result, which is always the same."""
    return f"outputitem_{derived_id(run.id, str(item.number))}"


def item_out(run: EvalRun, item: OutputItem) -> OpenAIOutputItem:
    """Return the result for an item."""
    return OpenAIOutputItem(
        id=item_id(run, item),
        object="eval.run.output_item",
        created_at=int(item.at),
        eval_id=run.created.eval,
        run_id=run.id,
        status=item.status,
        datasource_item=item.item,
        datasource_item_id=item.number,
        results=[_result_out(each) for each in item.results],
        sample=_sample_out(item.sample or RunSample(), run.created.data_source),
    )


def _counts_out(counts: CriterionCounts) -> dict[str, Any]:
    return {
        "testing_criteria": counts.name,
        "passed": counts.passed,
        "failed": counts.failed,
    }


def _usage_out(usage: ModelUsage) -> dict[str, Any]:
    return {
        "model_name": usage.model,
        "invocation_count": usage.invocations,
        **_tokens_out(usage.tokens),
    }


def _tokens_out(tokens: TokenCounts) -> dict[str, int]:
    return {
        "prompt_tokens": tokens.prompt,
        "completion_tokens": tokens.completion,
        "cached_tokens": tokens.cached,
        "total_tokens": tokens.total,
    }


def _result_out(result: CriterionResult) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": result.name,
        "type": result.type,
        "passed": result.passed,
        "score": result.score,
        "sample": None,
    }
    if result.details or result.parts:
        shown["details"], shown["sub_scores"] = result.details, result.parts
    if result.error:
        shown["error"] = {"code": result.error_code, "message": result.error}
    return shown


def _sample_out(sample: RunSample, data_source: dict[str, Any]) -> dict[str, Any]:
    params = data_source.get("sampling_params") or {}
    error = {"code": sample.error_code, "message": sample.error} if sample.error else None
    return {
        "input": [{"role": each.role, "content": each.content} for each in sample.input],
        "output": [{"role": each.role, "content": each.content} for each in sample.output],
        "model": sample.model,
        "finish_reason": sample.finish_reason,
        "error": error,
        "usage": _tokens_out(sample.tokens),
        **{
            name: params.get(name)
            for name in ("max_completion_tokens", "seed", "temperature", "top_p")
        },
    }
