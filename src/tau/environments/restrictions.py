"""Words before the command of a child process that restrict it, as far as this system has them."""

import shutil
import subprocess
from functools import cache

_NICE = 10
_SECONDS = 10


@cache
def restrictions() -> tuple[str, ...]:
    """Return what gives a command low priority and takes the network away. Blocks the first time.

    Where a program may not take the network away, such as in most containers, it stays.
    """
    nice = shutil.which("nice")
    words = (nice, "-n", str(_NICE)) if nice else ()
    return (*words, *_without_network())


def _without_network() -> tuple[str, ...]:
    program = shutil.which("unshare")
    if program is None:
        return ()
    words = (program, "--map-root-user", "--net")
    try:
        tried = subprocess.run(  # noqa: S603 - our own words
            [*words, "true"], capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return words if tried.returncode == 0 else ()
