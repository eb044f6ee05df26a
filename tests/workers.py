"""What becomes of a worker that hangs, and of what it started: hooks for conftest.py."""

import faulthandler
import os
import uuid
from typing import Any

import psutil
import pytest
from xdist.scheduler import LoadFileScheduling

_SECONDS = 10
_VARIABLE = "PYTEST_TAU_RUN"
_standard_error = pytest.StashKey[int]()


class HangingOnce(LoadFileScheduling):
    """Files for workers, of which a new one doesn't run again what ended the one before.

    Pytest-xdist's own runs it again and again, and waits for ever if one test is left at the end: a
    worker begins a test only when it knows the next, or that there is none.
    """

    def remove_node(self, node: Any) -> str | None:
        """Take back the work of a worker that has ended; return the test that ended it, if any."""
        units = self.assigned_work.pop(node)
        left = [(unit, test) for unit in units.values() for test, done in unit.items() if not done]
        if not left:
            return None
        hanging, ended_by = left[0]
        hanging[ended_by] = True
        for scope, unit in units.items():
            if not all(unit.values()):
                self.workqueue[scope] = unit
        for other in self.assigned_work:
            self._reschedule(other)
        return str(ended_by)

    def _assign_work_unit(self, node: Any) -> None:
        super()._assign_work_unit(node)
        if not self.workqueue:
            node.shutdown()  # when it's through with what it has


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Distribute files by our own class."""
    return HangingOnce(config, log) if config.getoption("dist") == "loadfile" else None


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _has_workers(config: pytest.Config) -> bool:
    return not _is_worker(config) and bool(config.getoption("numprocesses", None))


def pytest_configure(config: pytest.Config) -> None:
    """Mark everything that's started from here, to find it when all is over."""
    if _is_worker(config):
        config.stash[_standard_error] = os.dup(2)
    if _has_workers(config):
        os.environ[_VARIABLE] = uuid.uuid4().hex


def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool | None:
    """Write all stacks and end a worker whose test takes too long, whatever it's waiting for.

    An exception in the test, as pytest-timeout raises it, may be followed by another endless wait,
    and isn't even raised while a call into C doesn't return.
    """
    if not _is_worker(item.config):
        return None
    file = item.config.stash[_standard_error]
    faulthandler.dump_traceback_later(settings.timeout, exit=True, file=file)
    item.cancel_timeout = faulthandler.cancel_dump_traceback_later  # type: ignore[attr-defined]
    return True


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End what is left when all is over: servers, databases, browsers, engines."""
    if not _has_workers(config):
        return
    left = _left(os.environ.pop(_VARIABLE))
    for process in left:
        _end(process, kill=False)
    for process in psutil.wait_procs(left, timeout=_SECONDS)[1]:
        _end(process, kill=True)


def _left(run: str) -> list[psutil.Process]:
    """Return the processes of a run, without this one."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(_VARIABLE) == run and process.pid != os.getpid():
                found.append(process)
        except psutil.Error:  # it has ended, or is another person's
            continue
    return found


def _end(process: psutil.Process, *, kill: bool) -> None:
    try:
        process.kill() if kill else process.terminate()
    except psutil.NoSuchProcess:
        return
