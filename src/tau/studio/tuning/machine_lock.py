"""Lock of a machine's training: one program trains at a time, and nobody changes its environment.

It's the kernel's lock on a file in Tau's home. A child process that inherits its descriptor holds
it too: so a training program that outlived a killed Tau keeps the next one from starting.
"""

import fcntl
import os
from pathlib import Path
from types import TracebackType

FILE = "training.lock"


class MachineLock:
    """The lock, held. Take it with `take_lock`, and let it go by closing it."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        """A child process that inherits it holds the lock until it ends."""

    def close(self) -> None:
        """Hold it no longer here."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def __enter__(self) -> "MachineLock":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def take_lock(folder: Path) -> MachineLock | None:
    """Return the lock of the studio's folder; `None` while somebody holds it. Raises `OSError`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return MachineLock(descriptor)
