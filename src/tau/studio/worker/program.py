"""The program from its start to its exit code: what goes wrong is reported in the run's folder."""

import errno
import sys
import traceback
from pathlib import Path

import torch

from tau.studio.tuning.run_events import (
    EXIT_CRASHED,
    EXIT_FINISHED,
    EXIT_PAUSED,
    EXIT_REFUSED,
    RunFailed,
)
from tau.studio.tuning.run_folder import RunFolder
from tau.studio.worker.failures import RunRefused, RunStopped
from tau.studio.worker.preparation import prepare_run
from tau.studio.worker.processes import Processes, ProcessRanks
from tau.studio.worker.reporter import Reporter
from tau.studio.worker.run_state import remove_partial_files
from tau.studio.worker.training_run import TrainingRun


def run_program(
    folder: RunFolder,
    base: Path,
    ranks: ProcessRanks,
    standard_input: int | None,
    *,
    is_estimate: bool,
) -> int:
    """Train, or estimate; return the exit code."""
    together = Processes(ranks)
    reporter = Reporter(folder, is_silent=not together.is_first)
    if together.is_first:
        remove_partial_files(folder)
    try:
        prepared = prepare_run(folder, base, together, reporter.first_start())
        run = TrainingRun(folder, prepared, reporter, together)
        run.listen(standard_input)
        return _estimated(run) if is_estimate else _trained(run)
    except RunRefused as refused:
        _report(reporter, refused)
        return EXIT_REFUSED
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            return _crashed(error)
        remove_partial_files(folder)
        _report(reporter, RunRefused("no_space", "The disk is full."))
        return EXIT_REFUSED
    except (MemoryError, RuntimeError) as error:
        if not _is_out_of_memory(error):
            return _crashed(error)
        message = "There isn't enough memory; fewer tokens at once need less."
        _report(reporter, RunRefused("no_memory", message, param="micro_tokens"))
        return EXIT_REFUSED
    finally:
        together.leave()


def _estimated(run: TrainingRun) -> int:
    try:
        run.estimate()
    except RunStopped:
        return EXIT_PAUSED
    return EXIT_FINISHED


def _trained(run: TrainingRun) -> int:
    try:
        run.resume()
        run.train()
        run.finish()
    except RunStopped as stopped:
        run.pause(stopped.reason)
        return EXIT_PAUSED
    return EXIT_FINISHED


def _report(reporter: Reporter, refused: RunRefused) -> None:
    reporter.report(
        RunFailed,
        code=refused.code,
        message=refused.message,
        line=refused.line,
        param=refused.param,
    )


def _is_out_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return "can't allocate memory" in str(error)


def _crashed(error: BaseException) -> int:
    """Print where it happened; not the message, which could repeat what somebody said."""
    sys.stderr.write("".join(traceback.format_tb(error.__traceback__)))
    sys.stderr.write(f"{type(error).__name__}\n")
    return EXIT_CRASHED
