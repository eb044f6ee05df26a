"""Runs that are erased, and runs whose examples are withdrawn."""

import asyncio
import errno

import pytest
import sqlalchemy as sa

from tau.app import App
from tau.errors import NotFound, StoreFull
from tau.storage.schema import entries, studio_jobs, studio_projects
from tau.studio.places.placed_runs import Placing
from tau.studio.tuning.run_creation import TuneRequest
from tau.studio.tuning.run_folder import VALID, RunFolder
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.worker_process import TrainingProgram
from tests.patience import patient
from tests.studio.places.made_places import PLACE

from .made_runs import HOLDING, SHORT, TuningDesk, another_person, at_step, scripted

pytestmark = pytest.mark.anyio


async def rows_of(app: App, log: RunLog) -> int:
    """Return how many rows of any table are about a run."""
    counts = [
        sa.select(sa.func.count()).where(column == log.id)
        for column in (entries.c.person, studio_projects.c.id, studio_jobs.c.run)
    ]
    return await app.database.run(lambda c: sum(c.execute(each).scalar_one() for each in counts))


async def running(tuning: TuningDesk) -> RunLog:
    """Return a run that is being trained."""
    tuning.script(HOLDING)
    log = await tuning.tune()
    await tuning.until(log, at_step(5))
    return log


async def test_a_removed_run_leaves_nothing(app: App, tuning: TuningDesk) -> None:
    over = await tuning.tune()
    await tuning.over(over)
    for log in (over, await running(tuning)):
        assert await rows_of(app, log) > 2
        await app.studio.runs.remove(tuning.owner, log.id)
        assert await rows_of(app, log) == 0
        assert tuning.files(log) == set()
        with pytest.raises(NotFound):
            await app.studio.runs.open(tuning.owner, log.id)
    assert list(app.studio.runs.parts.root.iterdir()) == []


async def test_what_is_about_to_be_removed_does_not_begin_again(
    app: App, tuning: TuningDesk
) -> None:
    log = await running(tuning)
    parts, queue = app.studio.runs.parts, app.studio.runs._queue
    begun = 0

    def find() -> TrainingProgram:
        nonlocal begun
        begun += 1
        return scripted(SHORT)

    parts.find_program = find
    await queue.abort(run=log.id)
    async with asyncio.timeout(patient(5)):
        while (row := await parts.table.find(log.id)) is not None and row.holder:
            await log.wait_for_change(0.02)
    await queue._look()
    assert row is not None
    assert begun == 0


async def test_a_removed_project_takes_its_runs_with_it(app: App, tuning: TuningDesk) -> None:
    log = await running(tuning)
    await app.studio.remove(tuning.owner, tuning.project)
    assert await rows_of(app, log) == 0
    assert tuning.files(log) == set()
    assert await app.studio.runs.all(tuning.owner) == []


async def test_a_removed_person_takes_their_runs_with_them(app: App, tuning: TuningDesk) -> None:
    mine = await tuning.tune()
    await tuning.over(mine)
    theirs = await TuningDesk.open(app, await another_person(app))
    log = await running(theirs)
    await app.remove_person(theirs.owner.person.id)
    assert await rows_of(app, log) == 0
    assert theirs.files(log) == set()
    assert tuning.files(mine) != set()
    tuning.script(SHORT)
    await tuning.over(await tuning.tune())  # the queue goes on


async def test_a_deleted_model_is_gone_and_others_stay(app: App, tuning: TuningDesk) -> None:
    log = await tuning.tune()
    state = await tuning.over(log)
    assert state.result is not None
    await app.studio.runs.delete_model(tuning.owner, state.result.name)
    assert state.result is None
    assert len(state.models) == 3
    assert "adapters/step-12.gguf" not in tuning.files(log)
    with pytest.raises(NotFound):
        await app.studio.runs.delete_model(tuning.owner, "ft:unknown")


async def test_withdrawing_marks_what_learned_and_ends_what_learns(
    app: App, tuning: TuningDesk
) -> None:
    over = await tuning.tune()
    await tuning.over(over)
    log = await running(tuning)
    assert log.state.created is not None
    learned = log.state.created.examples[0]
    project = (await app.studio.projects.open(tuning.owner, tuning.project)).project
    asked = project.examples[learned].input.encode()
    await app.studio.withdraw(tuning.owner, tuning.project, [learned])
    assert over.state.withdrawn == {learned}
    assert over.state.status == "succeeded"
    assert log.state.status == "failed"
    assert log.state.moved is not None
    assert log.state.moved.code == "examples_withdrawn"
    await tuning.over(log)
    for each in (over, log):
        folder = app.studio.runs.folder_of(each)
        left = [folder.read(name) for name in tuning.files(each) if name.startswith("train")]
        assert not any(asked in content for content in left)
        assert "parity.json" not in tuning.files(each)
    again = await tuning.tune()
    assert again.state.created is not None
    assert learned not in again.state.created.examples


async def test_withdrawing_what_only_the_test_has_marks_nothing(
    app: App, tuning: TuningDesk
) -> None:
    log = await tuning.tune()
    await tuning.over(log)
    project = (await app.studio.projects.open(tuning.owner, tuning.project)).project
    await app.studio.withdraw(tuning.owner, tuning.project, [project.test[0].id])
    assert log.state.withdrawn == set()


async def test_a_run_that_does_not_fit_on_the_disk_leaves_no_examples(
    tuning: TuningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = RunFolder.write_plain

    def full(folder: RunFolder, name: str, content: bytes) -> None:
        if name == VALID:
            raise OSError(errno.ENOSPC, "no space")
        write(folder, name, content)

    monkeypatch.setattr(RunFolder, "write_plain", full)
    placing = Placing(PLACE, "slurm", sealed=True)
    render = tuning.app.studio.render_run(tuning.owner, tuning.project, TuneRequest(), placing)
    for beginning in (tuning.tune(), render):
        with pytest.raises(StoreFull):
            await beginning
    assert list(tuning.app.studio.runs.parts.root.iterdir()) == []
