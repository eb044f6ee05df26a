"""Laws of exchanging processes, whatever happens at once: with scripted processes."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.errors import ModelUnavailable
from tau.models import adapter_processes
from tau.models.adapter_content import Adapter
from tau.models.adapter_processes import ADAPTERS_LOADED, AdapterProcesses
from tau.models.llama_process import LlamaOptions, LlamaProcess, LoadFailed
from tau.settings import Settings

ADAPTERS = 6
REFUSED = b"5"
"""The content of the adapter that no process can load."""


@dataclass(eq=False)
class ScriptedProcess:
    """A process that remembers what it was started with, and what was done to it."""

    contents: tuple[bytes, ...]
    alive: bool = True
    stopped: bool = False

    async def stop(self) -> None:
        self.stopped = True
        await asyncio.sleep(0)
        self.alive = False


@dataclass
class World:
    """The processes that were started."""

    free_bytes: int
    processes: list[ScriptedProcess] = field(default_factory=list)
    starting: int = 0

    async def start(self, _: LlamaOptions, contents: list[bytes]) -> ScriptedProcess:
        assert len(contents) == len(set(contents)) <= ADAPTERS_LOADED
        self.starting += 1
        assert self.starting == 1
        running = [each for each in self.processes if each.alive and not each.stopped]
        assert len(running) <= bool(self.free_bytes)
        await _yield(3)
        self.starting -= 1
        if REFUSED in contents:
            raise LoadFailed("RuntimeError")
        self.processes.append(ScriptedProcess(tuple(contents)))
        return self.processes[-1]


async def _yield(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


def _adapter(number: int) -> Adapter:
    async def load() -> bytes:
        raise NotImplementedError

    return Adapter(f"ft:{number}", str(number), load)


class _ScriptedReader:
    async def read(self, adapter: Adapter) -> bytes:
        await _yield(2)
        return adapter.sha256.encode()


async def _request(
    processes: AdapterProcesses, forgotten: set[str], number: int, begin: int, length: int
) -> None:
    """Use an adapter for a while; it must be there all the time, and alone."""
    await _yield(begin)
    try:
        async with processes.use(_adapter(number)) as slot:
            process: Any = slot.process
            assert process.alive
            for _ in range(length):
                assert process.contents[slot.number] == str(number).encode()
                assert not process.stopped
                await asyncio.sleep(0)
            scales = {each["id"]: each["scale"] for each in slot.fields()["lora"]}
            expected = dict.fromkeys(range(len(process.contents)), 0.0)
            assert scales == expected | {slot.number: 1.0}
    except ModelUnavailable:
        assert str(number).encode() == REFUSED or str(number) in forgotten


_requests = st.tuples(st.integers(0, ADAPTERS - 1), st.integers(0, 30), st.integers(0, 60))
_forgotten = st.tuples(st.integers(0, ADAPTERS - 1), st.integers(0, 30))


@pytest.mark.parametrize("free_bytes", [0, 10**12])
@given(
    requests=st.lists(_requests, min_size=1, max_size=20),
    kills=st.lists(st.integers(0, 30), max_size=3),
    forgotten=st.lists(_forgotten, max_size=3),
)
@settings(max_examples=100)
def test_every_request_has_its_own_adapter_as_long_as_it_lasts(
    free_bytes: int,
    requests: list[tuple[int, int, int]],
    kills: list[int],
    forgotten: list[tuple[int, int]],
) -> None:
    world = World(free_bytes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LlamaProcess, "start", world.start)
        patch.setattr(adapter_processes, "free_memory_bytes", lambda: world.free_bytes)
        patch.setattr(adapter_processes, "file_bytes", lambda _: 1)
        asyncio.run(_run(world, requests, kills, forgotten))


async def _run(
    world: World,
    requests: list[tuple[int, int, int]],
    kills: list[int],
    forgotten: list[tuple[int, int]],
) -> None:
    given = Settings(home=Path(), model_idle_seconds=0)
    processes = AdapterProcesses(given, Path("model.gguf"), 256, lambda: 1)
    processes._reader = _ScriptedReader()  # type: ignore[assignment]

    async def kill(begin: int) -> None:
        await _yield(begin)
        if world.processes:
            world.processes[-1].alive = False

    async def forget(number: int, begin: int) -> None:
        await _yield(begin)
        processes.forget(str(number))

    unloaded = {str(number) for number, _ in forgotten}
    async with asyncio.timeout(60):
        await asyncio.gather(
            *(_request(processes, unloaded, *each) for each in requests),
            *(kill(each) for each in kills),
            *(forget(*each) for each in forgotten),
        )
    assert processes._awaited == {}
    await processes.close()
    assert all(each.stopped for each in world.processes)


class _Request:
    """A request for an adapter, which ends at once."""

    def __init__(self, processes: AdapterProcesses, number: int) -> None:
        self.is_answered = False
        self.task = asyncio.create_task(self._ask(processes, number))

    async def _ask(self, processes: AdapterProcesses, number: int) -> None:
        async with processes.use(_adapter(number)):
            self.is_answered = True


@given(
    after=st.integers(1, 40),
    others=st.sets(st.integers(1, 4), max_size=2),
    free_bytes=st.sampled_from([0, 10**12]),
)
@settings(max_examples=60)
def test_what_is_unloaded_while_it_loads_neither_answers_nor_stays(
    after: int, others: set[int], free_bytes: int
) -> None:
    async def run() -> None:
        given = Settings(home=Path(), model_idle_seconds=0)
        processes = AdapterProcesses(given, Path("model.gguf"), 256, lambda: 1)
        processes._reader = _ScriptedReader()  # type: ignore[assignment]
        unloaded = _Request(processes, 0)
        kept = [_Request(processes, number) for number in others]
        await _yield(after)
        was_answered = unloaded.is_answered
        processes.forget("0")
        async with asyncio.timeout(60):
            await asyncio.wait([each.task for each in (unloaded, *kept)])
        assert unloaded.is_answered == was_answered
        assert was_answered or isinstance(unloaded.task.exception(), ModelUnavailable)
        assert all(each.is_answered for each in kept)
        await processes._ending.settle()
        assert "0" not in [each.sha256 for each in processes.loaded()[1]]
        running = [each for each in world.processes if each.alive and not each.stopped]
        assert not any(b"0" in each.contents for each in running)
        await processes.close()

    world = World(free_bytes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LlamaProcess, "start", world.start)
        patch.setattr(adapter_processes, "free_memory_bytes", lambda: world.free_bytes)
        patch.setattr(adapter_processes, "file_bytes", lambda _: 1)
        asyncio.run(run())
