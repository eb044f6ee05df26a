"""A worker goes on whatever a step does, and can be asked when it is done."""

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import cast

import pytest

from tau.companion import Life
from tau.companion import worker as worker_module
from tau.companion.worker import Worker
from tau.errors import StoreUnavailable

pytestmark = pytest.mark.anyio


def life(person: str) -> Life:
    return cast("Life", SimpleNamespace(person=person))


class Steps:
    """Steps that are counted, fail as told, and wait at a door."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.left: dict[str, int] = {}
        self.faults: list[Exception] = []
        self.door = asyncio.Event()
        self.door.set()
        self.knocked = asyncio.Event()

    async def step(self, of: Life) -> bool:
        self.knocked.set()
        await self.door.wait()
        if self.faults:
            raise self.faults.pop(0)
        self.made.append(of.person)
        self.left[of.person] = self.left.get(of.person, 1) - 1
        return self.left[of.person] > 0


@pytest.fixture
def steps() -> Steps:
    return Steps()


@pytest.fixture
async def worker(steps: Steps) -> AsyncIterator[Worker]:
    made = Worker("test", steps.step)
    yield made
    await made.close()


async def test_everybody_gets_a_step_in_turn(worker: Worker, steps: Steps) -> None:
    steps.left = {"ada": 2, "bob": 2}
    for person in ("ada", "bob"):
        worker.poke(life(person))
    await worker.caught_up()
    assert steps.made == ["ada", "bob", "ada", "bob"]
    assert not worker.has_left("ada")


async def test_who_is_poked_during_a_step_gets_another(worker: Worker, steps: Steps) -> None:
    steps.door.clear()
    worker.poke(life("ada"))
    await steps.knocked.wait()
    assert worker.busy_with("ada")
    worker.poke(life("ada"))
    steps.door.set()
    await worker.done_with("ada")
    assert steps.made == ["ada", "ada"]


async def test_a_step_that_could_not_be_made_is_made_when_somebody_pokes(
    worker: Worker, steps: Steps
) -> None:
    steps.faults = [StoreUnavailable("No database.")]
    worker.poke(life("ada"))
    await worker.caught_up()
    assert steps.made == []
    assert worker.has_left("ada")
    worker.poke(life("bob"))
    await worker.caught_up()
    assert sorted(steps.made) == ["ada", "bob"]


async def test_a_step_that_could_not_be_made_is_made_after_a_while(
    worker: Worker, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_PATIENCE_SECONDS", 0.0)
    steps.faults = [StoreUnavailable("No database.")]
    worker.poke(life("ada"))
    async with asyncio.timeout(30):
        while not steps.made:  # noqa: ASYNC110 - nobody is told when a rest is over
            await asyncio.sleep(0)


async def test_a_bug_costs_the_step_and_tells_no_words(
    worker: Worker, steps: Steps, caplog: pytest.LogCaptureFixture
) -> None:
    steps.faults = [ValueError("cannot read 'my secret'")]
    worker.poke(life("ada"))
    await worker.caught_up()
    worker.poke(life("bob"))
    await worker.caught_up()
    assert steps.made == ["bob"]
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


async def test_a_person_who_is_put_away_is_left_in_the_middle(worker: Worker, steps: Steps) -> None:
    steps.door.clear()
    worker.poke(life("ada"))
    worker.poke(life("bob"))
    await steps.knocked.wait()
    await worker.put_away("ada")
    assert not worker.has_left("ada")
    steps.door.set()
    await worker.caught_up()
    assert steps.made == ["bob"]


@pytest.mark.parametrize("asks", [lambda w: w.caught_up(), lambda w: w.done_with("ada")])
async def test_nobody_waits_for_a_worker_that_is_closed(
    worker: Worker, steps: Steps, asks: Callable[[Worker], asyncio.Future[None]]
) -> None:
    steps.door.clear()
    worker.poke(life("ada"))
    await steps.knocked.wait()
    waiting = asyncio.ensure_future(asks(worker))
    await asyncio.sleep(0)
    await worker.close()
    await worker.close()
    await waiting
    assert steps.made == []
