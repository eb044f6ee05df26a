"""Runs that are cut off: the training program or Tau is killed, or two Taus want the same run."""

import asyncio
import json
import os
import random
import signal
import sys
from pathlib import Path

import pytest

from tau.app import App, open_app
from tau.errors import StoreUnavailable
from tau.people import Unlocked
from tau.settings import Settings
from tau.studio.tuning.log_events import RunReported
from tau.studio.tuning.run_events import RunStarted
from tau.studio.tuning.run_folder import RunFolder
from tau.studio.tuning.run_log import DecideRunEvents, RunLog
from tau.studio.tuning.run_state import RunState
from tests.patience import patient

from .made_runs import HOLDING, SHORT, SOURCE, TuningDesk, at_step

pytestmark = pytest.mark.anyio
SLOW = {**SHORT, "seconds": 0.02}


def starts(state: RunState) -> list[int]:
    """Return the step from which the program began, each time that it was started."""
    reports = [event for _, event in state.entries if isinstance(event, RunReported)]
    events = [each for one in reports for each in one.events]
    return [each.resumed_from for each in events if isinstance(each, RunStarted)]


def content(state: RunState) -> str:
    """Return what identifies the adapter of a run that succeeded."""
    assert state.status == "succeeded", state.moved
    assert state.result is not None
    return state.result.content_sha256


def kill_program(tuning: TuningDesk) -> None:
    """Kill the training program that runs here."""
    execution = tuning.app.studio.runs._queue._execution
    assert execution is not None
    assert execution._process is not None
    os.kill(execution._process.pid, signal.SIGKILL)


async def test_killed_at_many_points_it_ends_in_the_same(tuning: TuningDesk) -> None:
    whole = content(await tuning.over(await tuning.tune()))
    chance = random.Random(7)
    for _ in range(3):
        tuning.script(SLOW)
        log = await tuning.tune()
        for step in sorted(chance.sample(range(1, 12), 2)):
            await tuning.until(log, at_step(step))
            before = len(starts(log.state))
            if log.state.progress.finished is None:
                kill_program(tuning)
                await tuning.until(log, lambda state, n=before: len(starts(state)) > n)
        assert content(await tuning.over(log)) == whole
        assert len(starts(log.state)) > 1


async def test_it_is_not_started_again_for_ever(tuning: TuningDesk) -> None:
    tuning.script({**SHORT, "crash_at": 5})
    log = await tuning.tune()
    state = await tuning.over(log)
    assert state.moved is not None
    assert (state.status, state.moved.code) == ("failed", "worker_crashed")
    assert starts(state) == [0, 3, 3, 3, 3]
    assert [each.step for each in state.models.values()] == [3], "its last checkpoint stays"


async def test_a_broken_environment_is_said_at_once(tuning: TuningDesk, tmp_path: Path) -> None:
    program = tmp_path / "broken.py"
    program.write_text("import a_package_that_is_not_there")
    working = tuning.app.studio.runs.parts.find_program()
    broken = working._replace(arguments=(str(program),))
    tuning.app.studio.runs.parts.find_program = lambda: broken
    state = await tuning.over(await tuning.tune())
    assert state.moved is not None
    assert state.moved.code == "environment_missing"
    assert "tau studio setup" in state.moved.message


async def restarted(settings: Settings, log: RunLog, unlocked: Unlocked) -> RunState:
    """Return what becomes of a run in a new Tau, in which nobody signs in before it's over."""
    async with open_app(settings, environ={}) as app:
        TuningDesk(app, unlocked, "").script(SHORT)
        made = asyncio.Event()

        async def follow(_log: RunLog, _folder: RunFolder) -> None:
            made.set()

        app.studio.runs.parts.after_made.append(follow)
        app.studio.runs.start()
        app.studio.runs.wake()
        async with asyncio.timeout(patient(60)):
            await made.wait()
        return (await app.studio.runs.open(unlocked, log.id)).state


async def test_a_tau_that_is_closed_goes_on_at_the_next_start(
    settings: Settings, base: Path
) -> None:
    async with open_app(settings, environ={}) as app:
        tuning = await TuningDesk.open(app)
        whole = content(await tuning.over(await tuning.tune()))
        tuning.script(HOLDING)
        log = await tuning.tune()
        await tuning.until(log, at_step(5))
    state = await restarted(settings, log, tuning.owner)
    assert content(state) == whole
    assert starts(state) == [0, 5], "it wrote a checkpoint when Tau ended"


async def test_a_tau_that_is_killed_goes_on_at_the_next_start(
    settings: Settings, base: Path
) -> None:
    async with open_app(settings, environ={}) as app:
        tuning = await TuningDesk.open(app)
        whole = content(await tuning.over(await tuning.tune()))
        await app.studio.runs._queue.close()  # the other process is to take it
        log = await tuning.tune()
        environment = {
            **os.environ,
            "SCRIPT": json.dumps(HOLDING),
            "PYTHONPATH": f"{SOURCE / 'src'}:{SOURCE}",
        }
        command = [sys.executable, "-m", "tests.studio.tuning.training_tau", str(settings.home)]
        other = await asyncio.create_subprocess_exec(*command, env=environment, cwd=SOURCE)
        try:
            await tuning.until(log, at_step(5))
        finally:
            other.kill()
            await other.wait()
        assert log.state.status == "running"
    state = await restarted(settings, log, tuning.owner)
    assert content(state) == whole
    assert starts(state)[0] == 0
    assert starts(state)[-1] in {3, 5}


async def test_a_folder_that_no_log_names_goes_at_the_next_start(
    settings: Settings, base: Path
) -> None:
    async with open_app(settings, environ={}) as app:
        tuning = await TuningDesk.open(app)
        log = await tuning.tune()
        await tuning.over(log)
        root, kept = app.studio.runs.parts.root, tuning.files(log)
    environment = {**os.environ, "PYTHONPATH": f"{SOURCE / 'src'}:{SOURCE}"}
    for way in ("tune", "render"):
        words = ["-m", "tests.studio.tuning.killed_tau", str(settings.home), tuning.project, way]
        other = await asyncio.create_subprocess_exec(
            sys.executable, *words, env=environment, cwd=SOURCE
        )
        assert await other.wait() == -signal.SIGKILL
    assert len(list(root.iterdir())) > 1, "a folder was left behind"
    async with open_app(settings, environ={}) as app:
        await app.studio.runs.sweep()
        assert [path.name for path in root.iterdir()] == [log.id]
        assert tuning.files(log) == kept
        assert await app.studio.runs.parts.logs.ids(tuning.owner) == [log.id]


async def test_a_run_that_is_being_created_is_not_swept(
    tuning: TuningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, going_on, decide = asyncio.Event(), asyncio.Event(), RunLog.decide

    async def held(log: RunLog, decided: DecideRunEvents) -> None:
        written.set()
        await going_on.wait()
        await decide(log, decided)

    monkeypatch.setattr(RunLog, "decide", held)
    beginning = asyncio.create_task(tuning.tune())
    await written.wait()
    sweeping = asyncio.create_task(tuning.app.studio.runs.sweep())
    await asyncio.sleep(0)
    going_on.set()
    await sweeping
    assert (await tuning.over(await beginning)).status == "succeeded"


async def test_of_two_taus_one_trains_a_run(settings: Settings, base: Path) -> None:
    async with open_app(settings, environ={}) as first, open_app(settings, environ={}) as second:
        one, two = await TuningDesk.open(first), TuningDesk(second, await second.people.owner(), "")
        second.studio.runs.parts.poll_seconds = 0.02
        second.studio.runs.start()
        one.script(SLOW)
        two.script(SLOW)
        logs = [await one.tune() for _ in range(3)]
        second.studio.runs.wake()
        for log in logs:
            assert starts(await one.over(log)) == [0]


async def test_a_request_reaches_the_tau_that_trains(settings: Settings, base: Path) -> None:
    async with open_app(settings, environ={}) as first, open_app(settings, environ={}) as second:
        tuning = await TuningDesk.open(first)
        tuning.script(HOLDING)
        log = await tuning.tune()
        await tuning.until(log, at_step(5))
        there = await second.studio.runs.request(await second.people.owner(), log.id, "pause")
        assert there.state.status == "paused"
        await log.refresh()
        assert log.state.status == "paused"


async def test_a_database_that_fails_for_a_while_costs_nothing(
    tuning: TuningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuning.script(SLOW)
    log, failures = await tuning.tune(), 0
    append = log.append

    async def failing(*events: object) -> None:
        nonlocal failures
        if isinstance(events[0], RunReported) and failures < 3:
            failures += 1
            raise StoreUnavailable("The database does not answer.")
        await append(*events)  # type: ignore[arg-type]

    monkeypatch.setattr(log, "append", failing)
    state = await tuning.over(log)
    assert failures == 3
    assert state.status == "succeeded"
    assert sorted(state.progress.steps) == list(range(1, 13))


async def test_a_run_goes_on_with_a_changed_data_key(app: App, tuning: TuningDesk) -> None:
    tuning.script(HOLDING)
    log = await tuning.tune()
    await tuning.until(log, at_step(5))
    changed = (await app.people.rotation.rotate(tuning.owner, None)).unlocked
    renewed = await app.studio.runs.open(changed, log.id)
    assert len(renewed.keys) == 2
    tuning.script(SHORT)
    tuning.owner = changed
    await app.studio.runs.request(changed, log.id, "pause")
    assert (await app.studio.runs.request(changed, log.id, "resume")).state.status != "paused"
    state = await tuning.over(await app.studio.runs.open(changed, log.id))
    assert state.status == "succeeded"
    row = await app.studio.runs.parts.table.find(log.id)
    assert row is None
