"""Fine-tuning jobs and their checkpoints in OpenAI's shape, and the file with their results."""

import csv
import io
from typing import Any

from tau.ids import derived_id
from tau.server.openai.job_history import JobHistory
from tau.server.openai.job_schemas import JobError, OpenAICheckpoint, OpenAIJob
from tau.studio.tuning.log_events import ModelMade
from tau.studio.tuning.run_spec import PreferenceMethod

ORGANIZATION = "tau"
JOB_PREFIX = "ftjob-"
RESULT_COLUMNS = (
    "step",
    "train_loss",
    "train_accuracy",
    "valid_loss",
    "valid_mean_token_accuracy",
)


def job_id(history: JobHistory) -> str:
    """Return the id of a job; an imported one keeps the id it had."""
    imported = history.imported
    return str(imported["job"]["id"]) if imported else f"{JOB_PREFIX}{history.state.id}"


def job_out(history: JobHistory, result_files: list[str]) -> OpenAIJob:
    """Return a job."""
    if history.imported is not None:
        return _imported_job(history)
    job, state, model = history.created.job, history.state, history.model
    moved, finished = state.moved, state.progress.finished
    succeeded = state.status == "succeeded"
    return OpenAIJob(
        id=job_id(history),
        object="fine_tuning.job",
        created_at=int(history.created.at),
        finished_at=int(moved.at) if moved and state.is_over else None,
        model=history.created.base,
        fine_tuned_model=model.name if model and succeeded else None,
        organization_id=ORGANIZATION,
        status=state.status,
        training_file=job.get("training_file") or "",
        validation_file=job.get("validation_file"),
        result_files=result_files,
        trained_tokens=finished.trained_tokens if finished and succeeded else None,
        estimated_finish=_estimated_finish(history),
        error=_error(history),
        hyperparameters={k: v for k, v in _hyperparameters(history).items() if k != "beta"},
        method=_method(history),
        seed=job.get("seed") or 0,
        integrations=[],
        metadata=job.get("metadata"),
        user_provided_suffix=job.get("suffix"),
    )


def checkpoints_out(history: JobHistory) -> list[OpenAICheckpoint]:
    """Return the checkpoints of a job whose models can be asked, the newest first."""
    if history.imported is not None:
        return [OpenAICheckpoint(**each) for each in history.imported["checkpoints"]]
    made = sorted(history.state.models.values(), key=lambda each: each.step, reverse=True)
    return [_checkpoint(history, each) for each in made]


def result_csv(history: JobHistory) -> bytes:
    """Return the file with the figures of every step."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(RESULT_COLUMNS)
    progress = history.state.progress
    for number, step in sorted(progress.steps.items()):
        valid = progress.validated.get(number)
        figures = (valid.loss, valid.accuracy) if valid else ("", "")
        rows.writerow((number, step.loss, step.accuracy, *figures))
    return text.getvalue().encode()


def step_metrics(history: JobHistory, step: int) -> dict[str, float]:
    """Return the figures of a step by OpenAI's names."""
    metrics: dict[str, float] = {"step": step}
    if done := history.state.progress.steps.get(step):
        metrics |= {"train_loss": done.loss, "train_mean_token_accuracy": done.accuracy}
    if valid := history.state.progress.validated.get(step):
        metrics |= {
            "valid_loss": valid.loss,
            "valid_mean_token_accuracy": valid.accuracy,
            "full_valid_loss": valid.loss,
            "full_valid_mean_token_accuracy": valid.accuracy,
        }
    return metrics


def _checkpoint(history: JobHistory, made: ModelMade) -> OpenAICheckpoint:
    saved = history.state.progress.checkpoints.get(made.step)
    return OpenAICheckpoint(
        id=f"ftckpt_{derived_id(history.state.id, made.name)}",
        object="fine_tuning.job.checkpoint",
        created_at=int(saved.at if saved else made.at),
        fine_tuned_model_checkpoint=made.name,
        fine_tuning_job_id=job_id(history),
        metrics=step_metrics(history, made.step),
        step_number=made.step,
    )


def _imported_job(history: JobHistory) -> OpenAIJob:
    imported = history.imported or {}
    return OpenAIJob(**{**imported["job"], "imported_from": imported["from"]})


def _error(history: JobHistory) -> JobError | None:
    moved = history.state.moved
    if moved is None or moved.status != "failed":
        return None
    return JobError(code=moved.code or "failed", message=moved.message, param=moved.param or None)


def _estimated_finish(history: JobHistory) -> int | None:
    """Return when a job that runs is expected to end, by the program's last estimate."""
    state, estimated = history.state, history.state.progress.estimated
    if state.status != "running":
        return None
    if estimated is not None:
        return int(estimated.at + estimated.seconds)
    if state.planned is None or not state.planned.estimated_seconds or state.moved is None:
        return None
    return int(state.moved.at + state.planned.estimated_seconds)


def _method(history: JobHistory) -> dict[str, Any]:
    kind = (history.created.job.get("method") or {}).get("type", "supervised")
    return {"type": kind, kind: {"hyperparameters": _hyperparameters(history)}}


def _hyperparameters(history: JobHistory) -> dict[str, Any]:
    """Return what was asked for, and once it's planned what `auto` came to."""
    method = history.created.job.get("method") or {}
    kind = method.get("type", "supervised")
    asked = dict((method.get(kind) or {}).get("hyperparameters") or {})
    if history.state.planned is None:
        return asked
    planned = history.state.planned.spec.method
    chosen: dict[str, Any] = {"n_epochs": planned.epochs, "batch_size": planned.batch_size}
    if asked.get("learning_rate_multiplier", "auto") == "auto":
        asked["learning_rate_multiplier"] = 1.0
    if isinstance(planned, PreferenceMethod):
        chosen["beta"] = planned.beta
    return asked | chosen
