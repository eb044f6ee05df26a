"""Limits of the program's own process. Where a system has none of a kind, there is none."""

import os
import resource
from contextlib import suppress

MEMORY_BYTES = 3 << 30
"""Address space: a solver with two threads takes less than a quarter of it."""
_OPEN_FILES = 256
_SPARE_SECONDS = 5


def limit_process() -> None:
    """Bound memory and open files; let nothing be written to a file, nor a dump of memory."""
    _limit(resource.RLIMIT_AS, MEMORY_BYTES)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)


def limit_call(seconds: float) -> None:
    """Bound the processor time of the next call: it ends even if nobody is left to end it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    cores = os.cpu_count() or 1
    most = used.ru_utime + used.ru_stime + seconds * cores + _SPARE_SECONDS
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(most), hard))


def _limit(kind: int, amount: int) -> None:
    _, hard = resource.getrlimit(kind)
    lowered = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (lowered, lowered))
