"""A worker goes on whatever a step does, and can be asked when it is done."""

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import cast

import anyio
import pytest

from tau.errors import NotFound, StoreUnavailable
from tau.learning import worker as worker_module
from tau.learning.worker import BackgroundWorker
from tau.life.life import Life
from tests.patience import patient

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


async def begin(worker: BackgroundWorker, person: str) -> None:
    """Enqueue work for a person; returns when it has begun."""
    worker.enqueue(life(person))
    while not worker.is_working_on(person):  # noqa: ASYNC110 - nobody tells that a step has begun
        await asyncio.sleep(0)


@pytest.fixture
def steps() -> Steps:
    return Steps()


@pytest.fixture
async def worker(steps: Steps) -> AsyncIterator[BackgroundWorker]:
    made = BackgroundWorker("test", steps.step)
    yield made
    await made.close()


async def test_everybody_gets_a_step_in_turn(worker: BackgroundWorker, steps: Steps) -> None:
    steps.left = {"ada": 2, "bob": 2}
    for person in ("ada", "bob"):
        worker.enqueue(life(person))
    await worker.wait_until_idle()
    assert steps.made == ["ada", "bob", "ada", "bob"]
    assert not worker.has_pending("ada")


async def test_who_is_poked_during_a_step_gets_another(
    worker: BackgroundWorker, steps: Steps
) -> None:
    steps.door.clear()
    worker.enqueue(life("ada"))
    await steps.knocked.wait()
    assert worker.is_working_on("ada")
    worker.enqueue(life("ada"))
    steps.door.set()
    await worker.wait_until_done("ada")
    assert steps.made == ["ada", "ada"]


async def test_a_step_that_could_not_be_made_is_made_when_somebody_pokes(
    worker: BackgroundWorker, steps: Steps
) -> None:
    steps.faults = [StoreUnavailable("No database.")]
    worker.enqueue(life("ada"))
    await worker.wait_until_idle()
    assert steps.made == []
    assert worker.has_pending("ada")
    worker.enqueue(life("bob"))
    await worker.wait_until_idle()
    assert sorted(steps.made) == ["ada", "bob"]


async def test_a_step_that_could_not_be_made_is_made_after_a_while(
    worker: BackgroundWorker, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_RETRY_DELAY_SECONDS", 0.0)
    steps.faults = [StoreUnavailable("No database.")]
    worker.enqueue(life("ada"))
    async with asyncio.timeout(patient(30)):
        while not steps.made:  # noqa: ASYNC110 - nobody is told when a rest is over
            await asyncio.sleep(0)


async def test_a_bug_costs_the_step_and_tells_no_words(
    worker: BackgroundWorker, steps: Steps, caplog: pytest.LogCaptureFixture
) -> None:
    steps.faults = [ValueError("cannot read 'my secret'")]
    worker.enqueue(life("ada"))
    await worker.wait_until_idle()
    worker.enqueue(life("bob"))
    await worker.wait_until_idle()
    assert steps.made == ["bob"]
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


async def test_a_person_who_is_put_away_is_left_in_the_middle(
    worker: BackgroundWorker, steps: Steps
) -> None:
    steps.door.clear()
    worker.enqueue(life("ada"))
    worker.enqueue(life("bob"))
    await steps.knocked.wait()
    await worker.cancel("ada")
    assert not worker.has_pending("ada")
    steps.door.set()
    await worker.wait_until_idle()
    assert steps.made == ["bob"]


@pytest.mark.parametrize(
    "asks", [lambda w: w.wait_until_idle(), lambda w: w.wait_until_done("ada")]
)
async def test_nobody_waits_for_a_worker_that_is_closed(
    worker: BackgroundWorker, steps: Steps, asks: Callable[[BackgroundWorker], asyncio.Future[None]]
) -> None:
    steps.door.clear()
    worker.enqueue(life("ada"))
    await steps.knocked.wait()
    waiting = asyncio.ensure_future(asks(worker))
    await asyncio.sleep(0)
    await worker.close()
    await worker.close()
    await waiting
    assert steps.made == []


# --- rests, ends and new beginnings ---------------------------------------------------------


async def test_who_waits_for_one_person_does_not_wait_for_another(
    worker: BackgroundWorker, steps: Steps
) -> None:
    steps.left = {"bob": 50}
    worker.enqueue(life("bob"))
    worker.enqueue(life("ada"))
    await worker.wait_until_done("ada")
    assert "ada" in steps.made
    assert worker.has_pending("bob")


async def test_a_hundred_pokes_are_one_step_or_two(worker: BackgroundWorker, steps: Steps) -> None:
    steps.door.clear()
    for _ in range(100):
        worker.enqueue(life("ada"))
    await steps.knocked.wait()
    for _ in range(100):
        worker.enqueue(life("ada"))
    steps.door.set()
    await worker.wait_until_idle()
    assert steps.made == ["ada", "ada"]


async def test_the_life_of_the_newest_poke_is_the_one_worked_on(steps: Steps) -> None:
    seen: list[Life] = []

    async def step(of: Life) -> bool:
        seen.append(of)
        return False

    worker, old, new = BackgroundWorker("test", step), life("ada"), life("ada")
    worker.enqueue(old)
    worker.enqueue(new)
    await worker.wait_until_idle()
    await worker.close()
    assert [each is new for each in seen] == [True]


async def test_nobody_waits_for_a_worker_that_rests(worker: BackgroundWorker, steps: Steps) -> None:
    steps.faults = [StoreUnavailable("No database.")] * 2
    worker.enqueue(life("ada"))
    await worker.wait_until_done("ada")
    await worker.wait_until_done("ada")
    await worker.wait_until_idle()
    assert worker.has_pending("ada")
    assert not worker.is_working_on("ada")
    await worker.wait_until_done("bob")


async def test_a_poke_wakes_it_and_is_waited_for(worker: BackgroundWorker, steps: Steps) -> None:
    steps.faults = [StoreUnavailable("No database.")]
    worker.enqueue(life("ada"))
    await worker.wait_until_idle()
    worker.enqueue(life("ada"))
    await worker.wait_until_done("ada")
    assert steps.made == ["ada"]


async def test_one_who_is_put_away_during_a_rest_is_not_taken_up_again(
    worker: BackgroundWorker, steps: Steps
) -> None:
    steps.faults = [StoreUnavailable("No database.")]
    worker.enqueue(life("ada"))
    await worker.wait_until_idle()
    await worker.cancel("ada")
    worker.enqueue(life("bob"))
    await worker.wait_until_idle()
    assert steps.made == ["bob"]


async def test_one_who_is_put_away_may_come_back(worker: BackgroundWorker, steps: Steps) -> None:
    steps.door.clear()
    worker.enqueue(life("ada"))
    await steps.knocked.wait()
    worker.enqueue(life("ada"))
    await worker.cancel("ada")
    await worker.cancel("nobody")
    assert not worker.has_pending("ada")
    steps.door.set()
    worker.enqueue(life("ada"))
    await worker.wait_until_idle()
    assert steps.made == ["ada"]


async def test_a_step_that_is_left_is_finished_but_not_followed(
    worker: BackgroundWorker, steps: Steps
) -> None:
    steps.left = {"ada": 5}
    steps.door.clear()
    worker.enqueue(life("ada"))
    await steps.knocked.wait()
    worker.enqueue(life("ada"))
    worker.discard("ada")
    worker.discard("nobody")
    assert worker.is_working_on("ada")
    steps.left["ada"] = 1
    steps.door.set()
    await worker.wait_until_idle()
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

    worker = BackgroundWorker("test", step)
    await begin(worker, "ada")
    await worker.cancel("ada")
    assert cleaned, "nothing of theirs is touched any more"
    await worker.close()


async def test_after_its_end_a_worker_begins_anew(worker: BackgroundWorker, steps: Steps) -> None:
    steps.faults = [StoreUnavailable("No database.")]
    worker.enqueue(life("ada"))
    await worker.wait_until_idle()
    await worker.close()
    assert not worker.has_pending("ada")
    worker.enqueue(life("ada"))
    await worker.wait_until_idle()
    assert steps.made == ["ada"]


async def test_one_that_was_never_poked_is_done_and_closes(worker: BackgroundWorker) -> None:
    await worker.wait_until_idle()
    await worker.wait_until_done("ada")
    await worker.cancel("ada")
    await worker.close()


async def test_a_bug_of_one_costs_nobody_else_a_step(
    worker: BackgroundWorker, steps: Steps
) -> None:
    steps.left = {"ada": 9, "bob": 3}
    steps.faults = [KeyError("bug")]
    worker.enqueue(life("ada"))
    worker.enqueue(life("bob"))
    await worker.wait_until_idle()
    assert steps.made == ["bob"] * 3
    assert not worker.has_pending("ada"), "it would meet the same bug for ever"


async def test_one_who_is_put_away_is_left_though_the_step_asked_for_another() -> None:
    made: list[str] = []

    async def step(of: Life) -> bool:
        made.append(of.person)
        try:
            await asyncio.Event().wait()
        finally:
            worker.enqueue(of)
        return True

    worker = BackgroundWorker("test", step)
    await begin(worker, "ada")
    await worker.cancel("ada")
    assert not worker.has_pending("ada")
    for _ in range(5):
        await asyncio.sleep(0)
    assert made == ["ada"]
    await worker.close()


async def test_a_life_that_is_not_there_any_more_is_dropped(
    worker: BackgroundWorker, steps: Steps
) -> None:
    steps.faults = [NotFound("There is no such person.")]
    worker.enqueue(life("ada"))
    await worker.wait_until_idle()
    assert not worker.has_pending("ada")
