"""What becomes of a run when its training program has ended, or isn't to begin. Pure functions."""

import time

from tau.studio.tuning.log_events import RunMoved
from tau.studio.tuning.run_events import EXIT_FINISHED, EXIT_PAUSED, EXIT_REFUSED, RunFailed
from tau.studio.tuning.run_state import RunState
from tau.studio.tuning.worker_process import WorkerExit

MOST_CRASHES = 3
"""Starts without a new checkpoint before a run has failed."""
_MISSING = {"ModuleNotFoundError", "ImportError"}
_LIMIT = "limit"
"""In the reason of a program that stopped at one."""
_FILES = {"training_file": "training data", "validation_file": "validation data"}


def asked_outcome(state: RunState) -> RunMoved | None:
    """Return where a run moves because of what a person did; `None` if it goes on."""
    if state.withdrawn:
        return withdrawn_outcome()
    if state.request == "cancel":
        return RunMoved(at=time.time(), status="cancelled")
    if state.request == "pause":
        return RunMoved(at=time.time(), status="paused")
    return None


def withdrawn_outcome() -> RunMoved:
    """Return where a run moves whose examples were withdrawn."""
    return failed(
        "examples_withdrawn", "Examples of it were withdrawn. Start a new run without them."
    )


def exit_outcome(state: RunState, ended: WorkerExit, crashes: int) -> RunMoved | None:
    """Return where a run moves now that its program has ended; `None`: it's started again.

    `crashes` counts the starts without a new checkpoint, this one included. A program that stopped
    though nobody asked for it, and not at a limit, was stopped with the machine.
    """
    asked = asked_outcome(state)
    if asked is not None and asked.status != "paused":
        return asked
    said = _said_outcome(state, ended)
    if said is not None:
        return said
    if ended.code == EXIT_PAUSED and asked is not None:
        return asked
    return _crash(ended) if crashes > MOST_CRASHES or ended.error in _MISSING else None


def _said_outcome(state: RunState, ended: WorkerExit) -> RunMoved | None:
    """Return where a run moves by what its program said of its end."""
    progress = state.progress
    if ended.code == EXIT_FINISHED and progress.finished is not None:
        return RunMoved(at=time.time(), status="succeeded")
    if ended.code == EXIT_REFUSED and progress.failed is not None:
        return refused_outcome(progress.failed)
    if ended.code == EXIT_PAUSED and progress.paused and _LIMIT in progress.paused.reason:
        return RunMoved(at=time.time(), status="paused", message=progress.paused.reason)
    return None


def failed(code: str, message: str, param: str = "") -> RunMoved:
    """Return the event of a failure."""
    return RunMoved(at=time.time(), status="failed", code=code, message=message, param=param)


def refused_outcome(event: RunFailed) -> RunMoved:
    """Return where a run moves whose program said that it can't go on, and why."""
    where = f"Line {event.line} of the {_FILES.get(event.param, 'data')}: " if event.line else ""
    return failed(event.code, f"{where}{event.message}", event.param)


def _crash(ended: WorkerExit) -> RunMoved:
    if ended.error in _MISSING:
        return failed(
            "environment_missing",
            "The environment for training isn't complete. Make it again: tau studio setup",
        )
    if ended.code < 0:
        reason = "was killed again and again; perhaps there's too little memory"
    else:
        about = f" ({ended.error})" if ended.error else ""
        reason = f"ended unexpectedly again and again{about}"
    return failed("worker_crashed", f"The training program {reason}.")
