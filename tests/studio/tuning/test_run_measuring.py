"""Measuring what a run would take, before it begins."""

import asyncio

import pytest

from tau.errors import BadInput, Conflict
from tau.studio.tuning.run_creation import TuneRequest
from tau.studio.tuning.run_events import RunEstimated
from tau.studio.tuning.run_folder import DOCUMENT
from tau.studio.tuning.run_measuring import measure_run

from .made_runs import HOLDING, SHORT, TuningDesk, another_person, at_step

pytestmark = pytest.mark.anyio


async def measured(tuning: TuningDesk) -> RunEstimated:
    planned = await tuning.app.studio.plan_run(tuning.owner, tuning.project, TuneRequest())
    return await measure_run(tuning.app.studio.runs.parts, planned)


async def test_the_program_says_it_and_nothing_stays(tuning: TuningDesk) -> None:
    found = await measured(tuning)
    assert (found.seconds, found.memory_bytes) == (1.0, 1_000)
    assert not tuning.app.studio.runs.parts.measured.exists()
    assert await tuning.app.studio.runs.all(tuning.owner) == []


async def test_what_the_program_refuses_is_said(tuning: TuningDesk) -> None:
    refusal = {"code": "invalid_training_file", "message": "it's too long.", "line": 3}
    tuning.script({**SHORT, "refuse": {**refusal, "param": "training_file"}})
    with pytest.raises(BadInput, match="Line 3 of the training data: it's too long"):
        await measured(tuning)
    parts = tuning.app.studio.runs.parts
    broken = parts.find_program()._replace(arguments=("-c", "raise SystemExit(1)"))
    parts.find_program = lambda: broken
    with pytest.raises(BadInput, match="ended before"):
        await measured(tuning)
    assert not parts.measured.exists()


async def test_it_does_not_compete_with_a_run_and_leaves_nothing_when_it_is_cut_off(
    tuning: TuningDesk,
) -> None:
    tuning.script(HOLDING)
    log = await tuning.tune()
    await tuning.until(log, at_step(5))
    with pytest.raises(Conflict, match="being trained now"):
        await measured(tuning)
    await tuning.app.studio.runs.request(tuning.owner, log.id, "cancel")
    await tuning.over(log)
    parts = tuning.app.studio.runs.parts
    measuring = await begun_measuring(tuning)
    measuring.cancel()
    await asyncio.wait({measuring})
    assert not parts.measured.exists()
    assert [path.name for path in parts.root.iterdir()] == [log.id]


async def begun_measuring(tuning: TuningDesk) -> asyncio.Task[RunEstimated]:
    """Measure with a program that doesn't end, and return when its data is written."""
    parts = tuning.app.studio.runs.parts
    waiting = parts.find_program()._replace(arguments=("-c", "import time; time.sleep(60)"))
    parts.find_program = lambda: waiting
    measuring = asyncio.create_task(measured(tuning))
    while not (parts.measured / DOCUMENT).exists():
        assert not measuring.done()
        await asyncio.sleep(0)
    return measuring


async def test_a_person_is_removed_while_another_measures(tuning: TuningDesk) -> None:
    measuring = await begun_measuring(tuning)
    guest = await another_person(tuning.app)
    await tuning.app.remove_person(guest.person.id)
    assert not measuring.done()
    assert tuning.app.studio.runs.parts.measured.exists(), "it's in use"
    measuring.cancel()
    await asyncio.wait({measuring})


async def test_what_a_killed_measurement_left_is_deleted(tuning: TuningDesk) -> None:
    parts = tuning.app.studio.runs.parts
    parts.root.mkdir(parents=True)
    parts.measured.mkdir()
    (parts.measured / DOCUMENT).write_text("{}")
    await tuning.app.studio.runs.sweep()
    assert not parts.measured.exists()
