"""Events of fine-tuning jobs, in OpenAI's shape and words."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from tau.ids import derived_id
from tau.server.openai.job_history import JobHistory
from tau.server.openai.job_presenters import job_id, step_metrics
from tau.server.openai.job_schemas import OpenAIJobEvent
from tau.studio.tuning.log_events import (
    CheckpointGraded,
    ModelDeleted,
    ModelMade,
    ModelMeasured,
    RunCreated,
    RunLogEvent,
    RunMoved,
    RunReported,
    RunRequested,
    RunWithdrawn,
)
from tau.studio.tuning.run_events import (
    CheckpointSaved,
    RunEvent,
    RunPaused,
    RunStarted,
    StepDone,
)

Level = Literal["info", "warn", "error"]


class _Line(NamedTuple):
    message: str
    level: Level = "info"
    data: dict[str, Any] | None = None


def events_out(history: JobHistory) -> list[OpenAIJobEvent]:
    """Return the events of a job, the newest first."""
    if history.imported is not None:
        return [OpenAIJobEvent(**each) for each in history.imported["events"]]
    found = [
        OpenAIJobEvent(
            id=f"ftevent-{derived_id(history.state.id, str(seq), str(place))}",
            object="fine_tuning.job.event",
            created_at=int(at),
            level=line.level,
            message=line.message,
            type="message" if line.data is None else "metrics",
            data=line.data,
        )
        for seq, event in history.state.entries
        for place, (at, line) in enumerate(_lines(history, event))
    ]
    return found[::-1]


def _lines(history: JobHistory, event: RunLogEvent) -> Iterator[tuple[float, _Line]]:
    if isinstance(event, RunReported):
        for report in event.events:
            if line := _report_line(history, report):
                yield report.at, line
        return
    for line in _entry_lines(history, event):
        yield event.at, line


def _entry_lines(history: JobHistory, event: RunLogEvent) -> Iterator[_Line]:
    match event:
        case RunCreated():
            yield _Line(f"Created fine-tuning job: {job_id(history)}")
        case RunMoved():
            yield from _moves(history, event)
        case RunRequested():
            yield _Line(f"Asked to {event.request} the job")
        case CheckpointGraded():
            yield _Line(
                f"Checkpoint at step {event.step}: {event.passed} of {event.graded} validation "
                "answers are right"
            )
        case ModelMade() if event.is_checkpoint:
            yield _Line(f"Checkpoint created: {event.name}")
        case ModelMade():
            yield _Line(f"New fine-tuned model created: {event.name}")
        case ModelMeasured():
            yield _measured(event)
        case ModelDeleted():
            yield _Line(f"Model deleted: {event.name}")
        case RunWithdrawn():
            count = len(event.examples)
            yield _Line(f"{count} examples that it learned from were withdrawn", "warn")


def _moves(history: JobHistory, event: RunMoved) -> Iterator[_Line]:
    job = history.created.job
    match event.status:
        case "validating_files":
            second = job.get("validation_file")
            more = f" and validation file: {second}" if second else ""
            yield _Line(f"Validating training file: {job.get('training_file', '')}{more}")
        case "queued":
            validated = "Files validated, moving job to queued state"
            is_first = history.is_first_move(event)
            yield _Line(validated if is_first else "Moving job to queued state")
        case "running":
            is_first = history.is_first_move(event)
            yield _Line("Fine-tuning job started" if is_first else "Fine-tuning job resumed")
        case "paused":
            yield _Line(_with_reason("Fine-tuning job paused", event.message))
        case "succeeded":
            yield _Line("The job has successfully completed")
        case "cancelled":
            yield _Line(_with_reason("The job was cancelled", event.message))
        case "failed":
            yield _Line(event.message or "The job failed.", "error")


def _measured(event: ModelMeasured) -> _Line:
    if event.passed:
        return _Line(f"Checked on the engine that serves it: {event.name}")
    return _Line(_with_reason(f"The check of {event.name} failed", event.sentence), "warn")


def _report_line(history: JobHistory, event: RunEvent) -> _Line | None:
    started = history.state.progress.started
    total = started.steps if started else None
    match event:
        case RunStarted() if event.resumed_from:
            return _Line(f"Training goes on after step {event.resumed_from} of {event.steps}")
        case RunStarted():
            return _Line(f"Training {event.steps} steps on {event.train_examples} examples")
        case StepDone():
            data = step_metrics(history, event.step) | {"total_steps": total}
            text = f"Step {event.step}/{total}: training loss={event.loss:.2f}"
            if "valid_loss" in data:
                text += f", validation loss={data['valid_loss']:.2f}"
            return _Line(text, data=data)
        case CheckpointSaved():
            return _Line(f"Checkpoint saved at step {event.step}")
        case RunPaused() if event.reason:
            return _Line(f"Paused after step {event.step}: {event.reason}")
    return None


def _with_reason(sentence: str, reason: str) -> str:
    return f"{sentence}: {reason}" if reason else sentence
