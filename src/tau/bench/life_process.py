"""Process that opens one memory from its snapshot and prints what that takes, as JSON.

The memory that an opened life takes can only be seen in a process that has held nothing else: what
was freed before would hide it. The data key comes through standard input.
"""

import asyncio
import gc
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Awaitable
from typing import Any, TypeVar

import uvloop

from tau.bench import machine
from tau.bench.percentiles import to_ms
from tau.bench.person import PERSON
from tau.bench.sample_text import TextGenerator
from tau.journal.entries import ConversationChanged
from tau.journal.store import Store
from tau.life.life import Life
from tau.memory import Memory
from tau.storage.database import Database
from tau.storage.sealing import new_key

_COPIED = 50_000
"""Messages that are held at least: what opening leaves behind is used again by the next opening."""
_T = TypeVar("_T")
_WARM = "warm"
"""A person without data, opened first so that what every life shares is loaded."""


async def measure(database_url: str, data_key: bytes, *, traced: bool) -> dict[str, Any]:
    """Return what opening and saving a life take; with `traced`, what Python has allocated."""
    database = await Database.open(database_url)
    store = Store(database)
    try:
        await _open(store, _WARM, new_key())
        _use_what_lives_share()
        before = _memory_now()
        if traced:
            tracemalloc.start()
        began = time.perf_counter()
        opened, restore = await _loop_ms(_open(store, PERSON, data_key))
        seconds = time.perf_counter() - began
        if traced:
            gc.collect()
            return {"traced_bytes": tracemalloc.get_traced_memory()[0]}
        held = len(opened.memory)
        copies = [opened, *[await _open(store, PERSON, data_key) for _ in range(_COPIED // held)]]
        taken = (_memory_now() - before) * 1e6 / len(copies)
        figures = {"messages": held, "rss_bytes": round(taken)}
        await opened.append(ConversationChanged(at=time.time(), id="grown"))
        _, saving = await _loop_ms(opened.save())
        times = {"restore_loop_ms": restore, "dump_loop_ms": saving}
        return figures | {"open_seconds": round(seconds, 4), **times}
    finally:
        await store.close()
        await database.close()


def _use_what_lives_share() -> None:
    """Load what the first message and the first snapshot of a process load."""
    memory, writer = Memory(), TextGenerator()
    for _ in range(20):
        memory.remember(writer.message())
    Memory.restore(memory.dump()).search(writer.question())


async def _open(store: Store, person: str, data_key: bytes) -> Life:
    return await Life.open(store, person, data_key, embed=_no_vector)


async def _loop_ms(work: Awaitable[_T]) -> tuple[_T, float]:
    """Return what `work` returns, and the milliseconds of processor time on the event loop."""
    began = time.thread_time()
    result = await work
    return result, to_ms(time.thread_time() - began)


def _memory_now() -> float:
    gc.collect()
    return machine.rss_mb(os.getpid()) or 0.0


async def _no_vector(query: str, model: str | None) -> None:  # noqa: ARG001 - a protocol's
    return None


def main() -> None:
    """Measure what standard input names."""
    asked = json.loads(sys.stdin.read())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        measuring = measure(
            asked["database"], bytes.fromhex(asked["data_key"]), traced=asked["traced"]
        )
        sys.stdout.write(json.dumps(runner.run(measuring)) + "\n")


if __name__ == "__main__":
    main()
