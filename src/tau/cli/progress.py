"""Progress of something long: a bar in a terminal, a line now and then in a pipe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from tau.cli.terminal import format_size

_STEP_PERCENT = 10
ReportProgress = Callable[[int, int], None]
"""Takes the bytes done and the bytes in all (0 if unknown)."""


@contextmanager
def progress_bar(name: str, console: Console) -> Iterator[ReportProgress]:
    """Yield a function that shows how many bytes are done, of how many."""
    if not console.is_terminal:
        yield _progress_lines(name, console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(name, total=None)

        def report(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total or None)

        yield report


def _progress_lines(name: str, console: Console) -> ReportProgress:
    said = -_STEP_PERCENT

    def report(done: int, total: int) -> None:
        nonlocal said
        if not total:
            return  # nobody knows yet
        percent = 100 * done // total
        if percent >= said + _STEP_PERCENT:
            said = percent - percent % _STEP_PERCENT
            console.print(f"{name}: {percent} % of {format_size(total)}")

    return report


@contextmanager
def step_progress(name: str, unit: str, console: Console) -> Iterator[ReportProgress]:
    """Yield a function that shows how many steps are done, of how many."""
    if not console.is_terminal:
        yield _nothing
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn(f"{{task.completed}} of {{task.total}} {unit}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(name, total=None)

        def report(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total or None)

        yield report


def _nothing(_done: int, _total: int) -> None:
    """Show nothing: in a pipe only the result counts."""
