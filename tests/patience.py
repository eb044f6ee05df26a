"""How long a test waits for something to happen before it fails: longer on a busy machine."""

import asyncio
import os
from collections.abc import Callable

_MAX_FACTOR = 8.0


def patient(seconds: float) -> float:
    """Return `seconds`, scaled by the load of this machine: processes that want to run per core."""
    try:
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
    except OSError:
        load = 1.0
    return seconds * min(max(load, 1.0), _MAX_FACTOR)


async def until(condition: Callable[[], bool]) -> None:
    """Return once something is so. Raises `TimeoutError` if it isn't after a long while."""
    async with asyncio.timeout(patient(30)):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
