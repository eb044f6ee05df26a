"""Limits of a reading process, and how it says that it won't read a file."""

import logging
import resource
from contextlib import suppress

MAX_BYTES = 1 << 30
"""Address space."""


class Refused(Exception):
    """A file is refused, for the reason that is the argument."""


def limit_reading(seconds: int) -> None:
    """Bound this process's time and memory; let it write no file, and log nothing.

    A reader's warnings quote the document.
    """
    _limit(resource.RLIMIT_CPU, seconds)
    _limit(resource.RLIMIT_AS, MAX_BYTES)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    logging.disable()


def _limit(kind: int, amount: int) -> None:
    """Lower a limit of this process. Where the system has none of the kind, there is none."""
    _, hard = resource.getrlimit(kind)
    lowered = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (lowered, lowered))
