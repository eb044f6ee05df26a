"""Watching a run of training: one line that shows how far it is; in a pipe, each checkpoint."""

from contextlib import AbstractContextManager, nullcontext

import click
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from tau.cli.run_summary import describe_checkpoint
from tau.cli.terminal import console
from tau.client.client import Client
from tau.client.runs import ENDED
from tau.server.schemas.runs import RunOut

_RESTING = ENDED | {"paused"}


async def watch_until_over(client: Client, run: str) -> RunOut:
    """Show the progress of a run until it's over or paused, and return it."""
    latest = await client.studio.runs.get(run)
    if latest.status in _RESTING:
        return latest
    screen = console(stderr=True)
    said = max((each.step for each in latest.checkpoints), default=0)
    progress = _progress()
    showing: AbstractContextManager[object] = progress if screen.is_terminal else nullcontext()
    with showing:
        task = progress.add_task(latest.status, total=None, about="")
        async for update in client.studio.runs.updates(run):
            _show(progress, task, update.run)
            if not screen.is_terminal:
                said = _print_checkpoints(update.run, said)
            if update.run.status in _RESTING:
                break
    return await client.studio.runs.get(run)


def _print_checkpoints(run: RunOut, said: int) -> int:
    """Print what was measured after step `said`, and return the last step that was."""
    for each in run.checkpoints:
        if each.step > said and each.score is not None:
            click.echo(describe_checkpoint(each), err=True)
            said = each.step
    return said


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[about]}"),
        TimeRemainingColumn(),
        console=console(stderr=True),
        transient=True,
    )


def _show(progress: Progress, task: TaskID, run: RunOut) -> None:
    progress.update(
        task,
        description=run.status,
        completed=run.step,
        total=run.all_steps or None,
        about=_about(run),
    )


def _about(run: RunOut) -> str:
    """Return how far it is, in few words."""
    words = [f"step {run.step} of {run.all_steps}"] if run.all_steps else []
    graded = [each for each in run.checkpoints if each.score is not None]
    if graded:
        words.append(f"{graded[-1].passed} of {graded[-1].graded} right")
    validated = [each for each in run.checkpoints if each.valid_loss is not None]
    if validated:
        words.append(f"loss {validated[-1].valid_loss:.3f}")
    return ", ".join(words)
