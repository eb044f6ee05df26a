"""The environment that the training program is tested in: made once, and kept in the cache.

`python -m tests.studio.training_environment` makes it before the tests begin, whose time is limited
each. It's made by the code that makes a user's, and again when what is pinned changes.
"""

import asyncio
import os
from pathlib import Path

import platformdirs

from tau.errors import BadInput
from tau.models.locks import locked
from tau.studio.tuning.environment import (
    fingerprint,
    make_environment,
    python_of,
    read_record,
    torch_source,
)


def training_environment() -> Path:
    """Return the folder of the environment, after making it if need be."""
    given = os.environ.get("TAU_TEST_WORKER")
    cache = Path(given) if given else platformdirs.user_cache_path("tau-test-worker")
    cache.mkdir(parents=True, exist_ok=True)
    asyncio.run(_make_if_missing(cache))
    return cache / "environment"


async def _make_if_missing(cache: Path) -> None:
    async with locked(cache / "lock"):
        folder = cache / "environment"
        record = read_record(folder)
        if record is None or record.fingerprint != fingerprint():
            await asyncio.to_thread(_make, folder)


def _make(folder: Path) -> None:
    try:
        make_environment(folder, torch_source("cpu"), print)
    except BadInput as error:
        if "--torch cuda" not in str(error):
            raise
        make_environment(folder, torch_source("cuda"), print)


if __name__ == "__main__":
    print(python_of(training_environment()))
