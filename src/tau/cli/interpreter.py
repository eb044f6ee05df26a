"""How Python is set for a process that serves people."""

import gc
import sys

_COLLECTOR_THRESHOLDS = (20_000, 50, 1_000)
_SWITCH_SECONDS = 0.0005
"""How long the event loop may keep the store's thread from running, when both want to.

A commit takes the interpreter's lock a dozen times; with Python's usual 5 ms each of these may wait
that long for a busy loop.
"""


def switch_threads_quickly() -> None:
    """Let the store's thread run soon, though the event loop is busy."""
    sys.setswitchinterval(_SWITCH_SECONDS)


def tune_garbage_collector() -> None:
    """Keep Python's cyclic collector away from what was loaded at the start, and run it less often.

    A memory is a hundred thousand objects without cycles; walking them all takes a tenth of the
    time of each turn.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTOR_THRESHOLDS)
