"""Runs of training in words: what one is made with, and what came out, beside the estimate."""

from collections.abc import Mapping, Sequence

from tau.cli.terminal import format_size, format_time, print_rows
from tau.server.schemas.runs import RunCheckpointOut, RunModelOut, RunOut, RunPlanOut


def describe_plan(plan: RunPlanOut) -> str:
    """Return what a run is made with, and what it's estimated to take."""
    examples = f"{plan.train_examples} examples" if plan.train_examples else "the files' examples"
    held = f", {plan.validation_examples} held back to validate" if plan.validation_examples else ""
    if plan.method == "dpo":
        examples = f"what you preferred of answers to {examples}"
    made_with = (
        f"{plan.base} learns from {examples}{held}: {_passes(plan.epochs)}, "
        f"{plan.batch_size} examples a step, rate {plan.learning_rate:g}, rank {plan.rank}."
    )
    takes = (
        f"Estimate: {format_duration(plan.estimated_seconds)} and "
        f"{format_size(plan.estimated_memory_bytes)} of memory; better known after two steps."
    )
    return "\n".join([made_with, takes, *(f"Mind: {each}" for each in plan.warnings)])


def describe_measured(plan: RunPlanOut) -> str:
    """Return what a run takes by its first steps."""
    seconds, memory = plan.measured_seconds or 0.0, plan.measured_memory_bytes or 0
    return (
        f"Measured over its first two steps: {format_duration(seconds)} and "
        f"{format_size(memory)} of memory."
    )


def describe_run(run: RunOut) -> str:
    """Return what became of a run."""
    lines = [f"Run {run.id}: {run.status}{_reason(run)}"]
    if run.step:
        lines.append(_figures(run))
    if run.checkpoints:
        lines.append(_quality(run))
    lines += [_model(run, each) for each in run.models]
    if run.withdrawn:
        lines.append(f"{run.withdrawn} of its examples were withdrawn since: train it again.")
    return "\n".join(lines)


def print_runs(runs: Sequence[RunOut], projects: Mapping[str, str]) -> None:
    """Print a table of runs."""
    rows = [
        (
            each.id,
            projects.get(each.project, ""),
            format_time(each.created_at),
            each.status + (f" ({each.asked})" if each.asked else ""),
            f"{each.step}/{each.all_steps}" if each.all_steps else "",
            next((model.name for model in each.models if model.is_result), ""),
        )
        for each in runs
    ]
    print_rows(("run", "project", "started", "status", "steps", "model"), rows)


def format_duration(seconds: float) -> str:
    """Return a time in words."""
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"


def _passes(epochs: int) -> str:
    return "one pass" if epochs == 1 else f"{epochs} passes"


def _reason(run: RunOut) -> str:
    if run.failure is not None:
        return f". {run.failure.message}"
    return f". {run.message}" if run.message else ""


def _figures(run: RunOut) -> str:
    """Return how much was done, and what it took beside what was estimated."""
    took = f"{run.step} of {run.all_steps} steps in {format_duration(run.seconds)}"
    memory = f", {format_size(run.memory_bytes)} of memory" if run.memory_bytes else ""
    estimate = ""
    if run.plan is not None and run.plan.estimated_seconds:
        estimate = (
            f" (estimate: {format_duration(run.plan.estimated_seconds)}, "
            f"{format_size(run.plan.estimated_memory_bytes)})"
        )
    return f"{took}{memory}{estimate}"


def _quality(run: RunOut) -> str:
    last = run.checkpoints[-1]
    words = [describe_checkpoint(last)]
    best = next((each for each in run.checkpoints if each.step == run.best_step), None)
    if best is not None and best.step != last.step and best.score != last.score:
        words.append(f"best at step {best.step}: {_answers(best)}")
    return ", ".join(words)


def describe_checkpoint(checkpoint: RunCheckpointOut) -> str:
    """Return how a run does after a step."""
    words = [_answers(checkpoint)]
    if checkpoint.valid_loss is not None:
        words.append(f"validation loss {checkpoint.valid_loss:.3f}")
    return f"After step {checkpoint.step}: " + ", ".join(word for word in words if word)


def _answers(checkpoint: RunCheckpointOut) -> str:
    if checkpoint.score is None:
        return ""
    return f"{checkpoint.passed} of {checkpoint.graded} validation answers right"


def _model(run: RunOut, model: RunModelOut) -> str:
    words = "Model" if model.is_result else f"Step {model.step}"
    parity = f" ({model.parity.sentence})" if model.parity and not model.parity.passed else ""
    best = " (best task score)" if model.step == run.best_step and not model.is_result else ""
    return f"{words}: {model.name}{best}{parity}"
