"""Fine-tuning jobs of another OpenAI-shaped API, as records here. Pure functions.

A record has what the API showed, with the ids that its files have here. It can't be run, and its
model isn't here: no API gives out the weights.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tau.studio.openai_import.eval_records import LocalId
from tau.studio.openai_import.fields import (
    count_field,
    number_field,
    object_field,
    text_field,
    texts_field,
)

ENDED = ("succeeded", "failed", "cancelled")
_LEVELS = ("info", "warn", "error")


def job_record(
    job: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    checkpoints: Sequence[Mapping[str, Any]],
    address: str,
    local: LocalId,
) -> dict[str, Any]:
    """Return the record of a job that is over: itself, its events and its checkpoints."""
    return {
        "from": address,
        "job": _job(job, local),
        "events": [_event(each) for each in events],
        "checkpoints": [_checkpoint(each) for each in checkpoints],
    }


def _job(job: Mapping[str, Any], local: LocalId) -> dict[str, Any]:
    validation, results = text_field(job, "validation_file"), job.get("result_files")
    error = object_field(job, "error")
    return {
        "id": text_field(job, "id"),
        "object": "fine_tuning.job",
        "created_at": count_field(job, "created_at"),
        "finished_at": _or_none(count_field(job, "finished_at")),
        "model": text_field(job, "model"),
        "fine_tuned_model": _or_none(text_field(job, "fine_tuned_model")),
        "organization_id": text_field(job, "organization_id"),
        "status": job["status"],
        "training_file": local(text_field(job, "training_file")),
        "validation_file": local(validation) if validation else None,
        "result_files": [
            local(each)
            for each in (results if isinstance(results, list) else [])
            if isinstance(each, str)
        ],
        "trained_tokens": _or_none(count_field(job, "trained_tokens")),
        "estimated_finish": None,
        "error": _error(error) if error.get("message") or error.get("code") else None,
        "hyperparameters": object_field(job, "hyperparameters"),
        "method": object_field(job, "method"),
        "seed": count_field(job, "seed"),
        "integrations": [],
        "metadata": texts_field(job, "metadata") or None,
        "user_provided_suffix": _or_none(text_field(job, "user_provided_suffix")),
    }


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    level = text_field(event, "level")
    return {
        "id": text_field(event, "id"),
        "object": "fine_tuning.job.event",
        "created_at": count_field(event, "created_at"),
        "level": level if level in _LEVELS else "info",
        "message": text_field(event, "message"),
        "type": "metrics" if event.get("type") == "metrics" else "message",
        "data": object_field(event, "data") or None,
    }


def _checkpoint(checkpoint: Mapping[str, Any]) -> dict[str, Any]:
    metrics = object_field(checkpoint, "metrics")
    return {
        "id": text_field(checkpoint, "id"),
        "object": "fine_tuning.job.checkpoint",
        "created_at": count_field(checkpoint, "created_at"),
        "fine_tuned_model_checkpoint": text_field(checkpoint, "fine_tuned_model_checkpoint"),
        "fine_tuning_job_id": text_field(checkpoint, "fine_tuning_job_id"),
        "metrics": {
            name: number_field(metrics, name)
            for name, value in metrics.items()
            if isinstance(value, int | float)
        },
        "step_number": count_field(checkpoint, "step_number"),
    }


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": text_field(error, "code"),
        "message": text_field(error, "message"),
        "param": _or_none(text_field(error, "param")),
    }


def _or_none(value: Any) -> Any:
    return value or None
