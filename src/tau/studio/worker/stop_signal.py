"""When a run should stop: Tau ended, it was asked to, or it reached a limit."""

import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path

from tau.studio.tuning.run_folder import STOP, RunFolder
from tau.studio.tuning.run_spec import RunLimits
from tau.studio.worker.failures import RunStopped

_STATUS = Path("/proc/self/statm")


class StopSignal:
    """Remembers why to stop; asked between pieces of work."""

    def __init__(self, folder: RunFolder, limits: RunLimits) -> None:
        self._folder = folder
        self._limits = limits
        self._started = time.monotonic()
        self._asked = ""

    def listen(self, standard_input: int | None) -> None:
        """Stop on SIGTERM and SIGINT, and when standard input, a descriptor, ends."""
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: self._ask("It was asked to stop."))
        if standard_input is not None:
            self.wait_for_end(standard_input)

    def _ask(self, reason: str) -> None:
        self._asked = self._asked or reason

    def wait_for_end(self, standard_input: int) -> threading.Thread:
        """Start a thread that waits for the end of standard input, and return it."""
        waiting = threading.Thread(target=self._read, args=(standard_input,), daemon=True)
        waiting.start()
        return waiting

    def _read(self, standard_input: int) -> None:
        while os.read(standard_input, 4096):
            pass
        self._ask("Tau ended.")

    def reason(self) -> str:
        """Return why to stop, or an empty string."""
        if self._asked:
            return self._asked
        if self._folder.has(STOP):
            return "It was asked to stop."
        seconds, memory = self._limits.seconds, self._limits.memory_bytes
        if seconds and time.monotonic() - self._started > seconds:
            return f"It reached its limit of {seconds:.0f} seconds."
        if memory and used_memory() > memory:
            return f"It reached its limit of {memory / 1e6:.0f} MB of memory."
        return ""

    def check(self) -> None:
        """Raise `RunStopped` if the run should stop."""
        if reason := self.reason():
            raise RunStopped(reason)


def used_memory() -> int:
    """Return the bytes of memory that this process holds now; where unknown, the most it held."""
    if _STATUS.exists():
        return int(_STATUS.read_text().split()[1]) * resource.getpagesize()
    return peak_memory()


def peak_memory() -> int:
    """Return the most bytes of memory that this process held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
