"""The environment that specialists' heavy work is tested in: made once, and kept in the cache.

`python -m tests.experts.expert_environment` makes it before the tests begin, whose time is limited
each. It's made by the code that makes a user's, and again when what is pinned changes.
"""

import asyncio
import os
from pathlib import Path

import platformdirs

from tau.environments.bundle import store_bundle
from tau.environments.environment import python_of
from tau.experts.environment import (
    ExpertProgram,
    experts_archive,
    experts_fingerprint,
    make_experts_environment,
    read_experts_record,
)
from tau.models.locks import locked


def expert_environment() -> Path:
    """Return the folder of the environment, after making it if need be."""
    given = os.environ.get("TAU_TEST_EXPERTS")
    cache = Path(given) if given else platformdirs.user_cache_path("tau-test-experts")
    cache.mkdir(parents=True, exist_ok=True)
    asyncio.run(_make_if_missing(cache))
    return cache / "environment"


def use_expert_environment(home: Path) -> None:
    """Let a Tau's home have the environment."""
    folder = home / "experts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "environment").symlink_to(_cached())


def expert_program(folder: Path) -> ExpertProgram:
    """Return the program in the environment, with its archive in `folder`."""
    return ExpertProgram(python_of(_cached()), store_bundle(experts_archive(), folder))


def _cached() -> Path:
    given = os.environ.get("TAU_TEST_EXPERTS")
    cache = Path(given) if given else platformdirs.user_cache_path("tau-test-experts")
    return cache / "environment"


async def _make_if_missing(cache: Path) -> None:
    async with locked(cache / "lock"):
        folder = cache / "environment"
        record = read_experts_record(folder)
        if record is None or record.fingerprint != experts_fingerprint():
            await asyncio.to_thread(make_experts_environment, folder, print)


if __name__ == "__main__":
    print(python_of(expert_environment()))
