"""Lock between processes, held on a file."""

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_POLL_SECONDS = 0.2


@asynccontextmanager
async def locked(path: Path, *, shared: bool = False) -> AsyncIterator[None]:
    """Hold the lock on `path`; wait while another process, or another task of this one, holds it.

    Any number hold it together if it's `shared` by all of them.

    The kernel releases the lock when its holder dies, so none is ever left behind. Why this is not
    a library: docs/decisions/0014-libraries-or-own-code.md.
    """
    with path.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                await asyncio.sleep(_POLL_SECONDS)
                continue
            break
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
