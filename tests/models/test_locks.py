"""One folder, one worker: between tasks and between processes."""

import asyncio
import sys
from pathlib import Path

import pytest

from tau.models.locks import locked

pytestmark = pytest.mark.anyio

HOLDER = """
import asyncio, sys
from pathlib import Path
from tau.models.locks import locked

async def hold():
    async with locked(Path(sys.argv[1])):
        print("held", flush=True)
        await asyncio.Event().wait()

asyncio.run(hold())
"""


async def test_tasks_take_turns(tmp_path: Path) -> None:
    inside = 0
    most = 0

    async def work() -> None:
        nonlocal inside, most
        async with locked(tmp_path / "lock"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(work() for _ in range(4)))
    assert most == 1


async def test_a_lock_ends_with_the_process_that_held_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"

    async def take() -> bool:
        async with locked(path):
            return True

    taking = asyncio.create_task(take())
    done, _ = await asyncio.wait({taking}, timeout=0.3)
    assert not done
    holder.kill()
    await holder.wait()
    assert await taking
    holder._transport.close()  # type: ignore[attr-defined]


async def test_who_waits_can_walk_away(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    async with locked(path):
        waiting = asyncio.create_task(locked(path).__aenter__())
        await asyncio.wait({waiting}, timeout=0.05)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    async with locked(path):
        pass
