"""Runs as background jobs: how many at a time, and what is known of one that waits."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from tau.app import App
from tau.errors import TooManyRequests
from tau.people import Unlocked
from tau.studio.evals import run_jobs
from tau.studio.evals.data_source import parse_data_source
from tau.studio.evals.eval_events import EvalCreated, EvalRunCreated
from tau.studio.evals.eval_logs import EvalLog
from tau.studio.evals.eval_row import EvalRow
from tau.studio.evals.eval_state import EvalRun
from tau.studio.evals.evals import Evals
from tau.studio.evals.output_item import OutputItem
from tau.studio.evals.run_jobs import EvalRunJobs
from tau.studio.evals.running import EvalRunner, RunPlan

from ...patience import patient
from ..graders.judges import Judge

pytestmark = pytest.mark.anyio


class Held:
    """Writes results only when it's released: so a run stays as it is."""

    def __init__(self) -> None:
        self.released = asyncio.Event()
        self.reached = asyncio.Event()

    async def __call__(self, _items: Sequence[OutputItem]) -> None:
        self.reached.set()
        await self.released.wait()


def runner(write: Held) -> EvalRunner:
    source = {"type": "jsonl", "source": {"type": "file_content", "content": []}}
    return EvalRunner(
        RunPlan([EvalRow(item={})], parse_data_source(source), [], "e"), Judge(""), write
    )


@pytest.fixture
def jobs(app: App) -> EvalRunJobs:
    return app.studio.evals.jobs


@pytest.fixture
async def log(app: App, owner: Unlocked) -> EvalLog:
    evals: Evals = app.studio.evals
    log = await evals._log(owner)
    await log.append(EvalCreated(at=1.0, id="e", data_source_config={}, testing_criteria=({},)))
    return log


async def start(jobs: EvalRunJobs, owner: Unlocked, log: EvalLog, name: str, held: Held) -> EvalRun:
    created = EvalRunCreated(at=1.0, id=name, eval="e", log="x", data_source={}, total=1)
    await log.append(created)
    run = log.state.evals["e"].runs[name]
    jobs.start(owner, log, run, runner(held))
    return run


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(patient(20)):
        while True:
            if holds():
                return
            await asyncio.sleep(0)


async def wait_for_end(run: EvalRun) -> str:
    await until(lambda: run.ended is not None)
    assert run.ended is not None
    return run.ended.status


async def test_two_run_and_the_others_wait_for_their_turn(
    jobs: EvalRunJobs, owner: Unlocked, log: EvalLog
) -> None:
    held = [Held() for _ in range(4)]
    runs = [await start(jobs, owner, log, str(n), each) for n, each in enumerate(held)]
    for each in held[:2]:
        await each.reached.wait()
    begun = [progress[0] for run in runs if (progress := jobs.progress_of(run))]
    assert begun == [True, True, False, False]
    held[1].released.set()
    await held[2].reached.wait()
    assert await wait_for_end(runs[1]) == "completed"
    assert not held[3].reached.is_set()
    for each in held:
        each.released.set()
    assert [await wait_for_end(run) for run in runs] == ["completed"] * 4


async def test_one_that_waits_can_be_stopped(
    jobs: EvalRunJobs, owner: Unlocked, log: EvalLog
) -> None:
    held = [Held() for _ in range(3)]
    runs = [await start(jobs, owner, log, str(n), each) for n, each in enumerate(held)]
    await held[1].reached.wait()
    figures = await jobs.stop(runs[2])
    assert figures is not None
    assert figures.passed == 0
    assert jobs.progress_of(runs[2]) is None
    assert await jobs.stop(runs[2]) is None
    for each in held:
        each.released.set()
    assert [await wait_for_end(run) for run in runs[:2]] == ["completed"] * 2
    assert not held[2].reached.is_set()


async def test_room_is_counted_for_each_person(
    app: App,
    jobs: EvalRunJobs,
    owner: Unlocked,
    log: EvalLog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_jobs, "MAX_WAITING", 1)
    held = Held()
    jobs.require_room(owner)
    run = await start(jobs, owner, log, "r", held)
    with pytest.raises(TooManyRequests):
        jobs.require_room(owner)
    token = await app.people.invitations.invite(owner)
    _, guest = await app.people.invitations.accept(token, "Ada", "correct horse battery", "test")
    jobs.require_room(guest)
    held.released.set()
    assert await wait_for_end(run) == "completed"
    await until(lambda: jobs.progress_of(run) is None)
    jobs.require_room(owner)
