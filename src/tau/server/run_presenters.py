"""Runs of training as the API returns them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tau.server.schemas.runs import (
    ModelParityOut,
    RunCheckpointOut,
    RunFailureOut,
    RunModelOut,
    RunOut,
    RunPlanOut,
    RunStepOut,
    RunUpdate,
)
from tau.studio.tuning.log_events import ModelMade, RunLogEvent, RunPlanned, RunReported
from tau.studio.tuning.planning import PlannedRun
from tau.studio.tuning.run_events import RunEstimated, StepDone
from tau.studio.tuning.run_spec import PreferenceMethod, RunSpec
from tau.studio.tuning.run_state import RunState, TrainingProgress


def run_out(state: RunState, *, steps: bool = False) -> RunOut:
    """Return a run; with `steps`, also each of its steps."""
    created, moved, progress = state.created, state.moved, state.progress
    status = state.status
    return RunOut(
        id=state.id,
        project=created.project if created else "",
        base=created.base if created else "",
        suffix=created.suffix if created else "",
        status=status,
        asked=state.request,
        created_at=created.at if created else 0.0,
        finished_at=moved.at if moved and state.is_over else None,
        failure=_failure(state),
        message=moved.message if moved and status == "paused" else "",
        plan=_plan_of(state),
        step=max(progress.steps, default=0),
        all_steps=progress.started.steps if progress.started else 0,
        seconds=progress.seconds,
        seconds_left=_seconds_left(progress) if status == "running" else None,
        memory_bytes=_memory(progress),
        trained_tokens=progress.finished.trained_tokens if progress.finished else None,
        checkpoints=[_checkpoint(state, step) for step in sorted(progress.checkpoints)],
        models=[_model(state, each) for each in state.models.values()],
        best_step=state.best_step,
        withdrawn=len(state.withdrawn),
        steps=_steps(progress.steps[step] for step in sorted(progress.steps)) if steps else [],
    )


def run_update(state: RunState, batch: Sequence[tuple[int, RunLogEvent]]) -> RunUpdate:
    """Return what the next entries of a run's log changed."""
    reported = [event for _, event in batch if isinstance(event, RunReported)]
    steps = [each for one in reported for each in one.events if isinstance(each, StepDone)]
    return RunUpdate(id=batch[-1][0], run=run_out(state), steps=_steps(steps))


def plan_out(planned: PlannedRun, measured: RunEstimated | None = None) -> RunPlanOut:
    """Return what a run would be, and what its first steps said that it takes."""
    counts = (len(planned.examples), len(planned.validation))
    figures = (planned.seconds, planned.memory_bytes)
    plan = _plan(planned.spec, counts, figures, planned.warnings)
    if measured is None:
        return plan
    return replace(
        plan, measured_seconds=measured.seconds, measured_memory_bytes=measured.memory_bytes
    )


def _plan_of(state: RunState) -> RunPlanOut | None:
    planned = state.planned
    if planned is None or state.created is None:
        return None
    return _plan(planned.spec, _counts(state), _estimates(planned), planned.warnings)


def _counts(state: RunState) -> tuple[int, int]:
    """Return how many examples are trained on, and how many are validated with."""
    started, created = state.progress.started, state.created
    known = (len(created.examples), len(created.validation)) if created else (0, 0)
    return (started.train_examples, known[1]) if started and not known[0] else known


def _estimates(planned: RunPlanned) -> tuple[float, int]:
    return planned.estimated_seconds, planned.estimated_memory_bytes


def _plan(
    spec: RunSpec, counts: tuple[int, int], figures: tuple[float, int], warnings: Sequence[str]
) -> RunPlanOut:
    method = spec.method
    return RunPlanOut(
        method="dpo" if isinstance(method, PreferenceMethod) else "supervised",
        base=spec.base.name,
        epochs=method.epochs,
        batch_size=method.batch_size,
        learning_rate=method.learning_rate,
        rank=spec.adapter.rank,
        window=spec.window,
        threads=spec.threads,
        seed=spec.seed,
        checkpoint_every_steps=spec.checkpoint.every_steps,
        train_examples=counts[0],
        validation_examples=counts[1],
        estimated_seconds=figures[0],
        estimated_memory_bytes=figures[1],
        warnings=list(warnings),
    )


def _failure(state: RunState) -> RunFailureOut | None:
    moved = state.moved
    if moved is None or moved.status != "failed":
        return None
    return RunFailureOut(code=moved.code, message=moved.message, param=moved.param)


def _seconds_left(progress: TrainingProgress) -> float | None:
    """Return how long the other steps take, with checkpoints: as long as these.

    Before the first checkpoint it's what the program estimated, less what has passed since.
    """
    if progress.started is None or not progress.checkpoints or not progress.steps:
        if progress.estimated is None:
            return None
        return max(0.0, progress.estimated.seconds - (progress.reported_at - progress.estimated.at))
    left = progress.started.steps - max(progress.steps)
    return left * progress.seconds / len(progress.steps)


def _memory(progress: TrainingProgress) -> int | None:
    if progress.finished is not None:
        return progress.finished.peak_memory_bytes
    return progress.estimated.memory_bytes if progress.estimated else None


def _steps(steps: Iterable[StepDone]) -> list[RunStepOut]:
    return [
        RunStepOut(
            step=each.step,
            epoch=each.epoch,
            loss=each.loss,
            accuracy=each.accuracy,
            learning_rate=each.learning_rate,
            seconds=each.seconds,
        )
        for each in steps
    ]


def _checkpoint(state: RunState, step: int) -> RunCheckpointOut:
    progress, grade = state.progress, state.grades.get(step)
    done, validated = progress.steps.get(step), progress.validated.get(step)
    model = next((each.name for each in state.models.values() if each.step == step), None)
    return RunCheckpointOut(
        step=step,
        at=progress.checkpoints[step].at,
        loss=done.loss if done else None,
        valid_loss=validated.loss if validated else None,
        valid_accuracy=validated.accuracy if validated else None,
        score=grade.score if grade else None,
        graded=grade.graded if grade else 0,
        passed=grade.passed if grade else 0,
        model=model,
    )


def _model(state: RunState, made: ModelMade) -> RunModelOut:
    return RunModelOut(
        name=made.name,
        kind=made.model_kind,
        base=made.base,
        step=made.step,
        content_sha256=made.content_sha256,
        is_result=state.result is made,
        parity=_parity(state, made.name),
    )


def _parity(state: RunState, name: str) -> ModelParityOut | None:
    measured = state.measured.get(name)
    if measured is None:
        return None
    return ModelParityOut(
        engine=measured.engine,
        passed=measured.passed,
        sentence=measured.sentence,
        figures=measured.figures,
    )
