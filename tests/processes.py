"""What is asked about processes that a test started."""

import psutil


def is_running(pid: int) -> bool:
    """Return whether a process runs; not if it has ended and nobody asked how.

    In a container that may stay so: not every first process asks after orphans.
    """
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
