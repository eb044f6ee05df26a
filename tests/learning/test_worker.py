"""A worker goes on whatever a step does, and can be asked when it is done."""

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import cast

import anyio
import pytest

from tau.companion import Life
from tau.errors import StoreUnavailable
from tau.learning import worker as worker_module
from tau.learning.worker import Worker

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


# --- rests, ends and new beginnings ---------------------------------------------------------


async def test_who_waits_for_one_person_does_not_wait_for_another(
    worker: Worker, steps: Steps
) -> None:
    steps.left = {"bob": 50}
    worker.poke(life("bob"))
    worker.poke(life("ada"))
    await worker.done_with("ada")
    assert "ada" in steps.made
    assert worker.has_left("bob")


async def test_a_hundred_pokes_are_one_step_or_two(worker: Worker, steps: Steps) -> None:
    steps.door.clear()
    for _ in range(100):
        worker.poke(life("ada"))
    await steps.knocked.wait()
    for _ in range(100):
        worker.poke(life("ada"))
    steps.door.set()
    await worker.caught_up()
    assert steps.made == ["ada", "ada"]


async def test_the_life_of_the_newest_poke_is_the_one_worked_on(steps: Steps) -> None:
    seen: list[Life] = []

    async def step(of: Life) -> bool:
        seen.append(of)
        return False

    worker, old, new = Worker("test", step), life("ada"), life("ada")
    worker.poke(old)
    worker.poke(new)
    await worker.caught_up()
    await worker.close()
    assert [each is new for each in seen] == [True]


async def test_nobody_waits_for_a_worker_that_rests(worker: Worker, steps: Steps) -> None:
    steps.faults = [StoreUnavailable("No database.")] * 2
    worker.poke(life("ada"))
    await worker.done_with("ada")
    await worker.done_with("ada")
    await worker.caught_up()
    assert worker.has_left("ada")
    assert not worker.busy_with("ada")
    await worker.done_with("bob")


async def test_a_poke_wakes_it_and_is_waited_for(worker: Worker, steps: Steps) -> None:
    steps.faults = [StoreUnavailable("No database.")]
    worker.poke(life("ada"))
    await worker.caught_up()
    worker.poke(life("ada"))
    await worker.done_with("ada")
    assert steps.made == ["ada"]


async def test_one_who_is_put_away_during_a_rest_is_not_taken_up_again(
    worker: Worker, steps: Steps
) -> None:
    steps.faults = [StoreUnavailable("No database.")]
    worker.poke(life("ada"))
    await worker.caught_up()
    await worker.put_away("ada")
    worker.poke(life("bob"))
    await worker.caught_up()
    assert steps.made == ["bob"]


async def test_one_who_is_put_away_may_come_back(worker: Worker, steps: Steps) -> None:
    steps.door.clear()
    worker.poke(life("ada"))
    await steps.knocked.wait()
    worker.poke(life("ada"))
    await worker.put_away("ada")
    await worker.put_away("nobody")
    assert not worker.has_left("ada")
    steps.door.set()
    worker.poke(life("ada"))
    await worker.caught_up()
    assert steps.made == ["ada"]


async def test_a_step_that_is_left_is_finished_but_not_followed(
    worker: Worker, steps: Steps
) -> None:
    steps.left = {"ada": 5}
    steps.door.clear()
    worker.poke(life("ada"))
    await steps.knocked.wait()
    worker.poke(life("ada"))
    worker.leave("ada")
    worker.leave("nobody")
    assert worker.busy_with("ada")
    steps.left["ada"] = 1
    steps.door.set()
    await worker.caught_up()
    assert steps.made == ["ada"]


async def test_a_step_that_holds_on_is_waited_for_when_somebody_is_put_away() -> None:
    cleaned = False

    async def step(_: Life) -> bool:
        nonlocal cleaned
        try:
            await asyncio.Event().wait()
        finally:
            with anyio.CancelScope(shield=True):
                await asyncio.sleep(0)
                cleaned = True
        return True

    worker = Worker("test", step)
    worker.poke(life("ada"))
    while not worker.busy_with("ada"):  # noqa: ASYNC110 - nobody tells that a step has begun
        await asyncio.sleep(0)
    await worker.put_away("ada")
    assert cleaned, "nothing of theirs is touched any more"
    await worker.close()


async def test_after_its_end_a_worker_begins_anew(worker: Worker, steps: Steps) -> None:
    steps.faults = [StoreUnavailable("No database.")]
    worker.poke(life("ada"))
    await worker.caught_up()
    await worker.close()
    assert not worker.has_left("ada")
    worker.poke(life("ada"))
    await worker.caught_up()
    assert steps.made == ["ada"]


async def test_one_that_was_never_poked_is_done_and_closes(worker: Worker) -> None:
    await worker.caught_up()
    await worker.done_with("ada")
    await worker.put_away("ada")
    await worker.close()


async def test_a_bug_of_one_costs_nobody_else_a_step(worker: Worker, steps: Steps) -> None:
    steps.left = {"ada": 9, "bob": 3}
    steps.faults = [KeyError("bug")]
    worker.poke(life("ada"))
    worker.poke(life("bob"))
    await worker.caught_up()
    assert steps.made == ["bob"] * 3
    assert not worker.has_left("ada"), "it would meet the same bug for ever"


async def test_one_who_is_put_away_is_left_though_the_step_asked_for_another() -> None:
    made: list[str] = []

    async def step(of: Life) -> bool:
        made.append(of.person)
        try:
            await asyncio.Event().wait()
        finally:
            worker.poke(of)
        return True

    worker = Worker("test", step)
    worker.poke(life("ada"))
    while not worker.busy_with("ada"):  # noqa: ASYNC110 - nobody tells that a step has begun
        await asyncio.sleep(0)
    await worker.put_away("ada")
    assert not worker.has_left("ada")
    for _ in range(5):
        await asyncio.sleep(0)
    assert made == ["ada"]
    await worker.close()
