"""Runs from their creation to their models, trained by a scripted program."""

from pathlib import Path

import pytest

from tau.app import App
from tau.errors import BadInput, Conflict, NotFound
from tau.studio.tuning.log_events import RunMoved
from tau.studio.tuning.run_state import RunState

from .made_runs import HOLDING, SHORT, TuningDesk, another_person, at_step, put_base

pytestmark = pytest.mark.anyio


def moves(state: RunState) -> list[str]:
    """Return the statuses that a run had."""
    return [event.status for _, event in state.entries if isinstance(event, RunMoved)]


async def test_a_run_makes_models(tuning: TuningDesk) -> None:
    log = await tuning.tune(suffix="Desk")
    assert log.state.status == "queued"
    state = await tuning.over(log)
    assert moves(state) == ["queued", "running", "succeeded"]
    assert sorted(state.progress.steps) == list(range(1, 13))
    assert state.result is not None
    assert state.result.name.startswith("ft:smollm2-135m-instruct:tau:desk:")
    assert state.result.name.endswith(state.result.content_sha256[:8])
    steps = sorted(model.step for model in state.models.values())
    assert steps == [3, 6, 9, 12]
    assert {name.rpartition(":")[2] for name in state.models if "ckpt" in name} == {
        "ckpt-step-3",
        "ckpt-step-6",
        "ckpt-step-9",
    }
    content = tuning.app.studio.runs.folder_of(log).read(state.result.file)
    assert content.startswith(b"GGUF ")


async def test_checkpoints_are_graded_and_the_best_is_named(tuning: TuningDesk) -> None:
    state = await tuning.over(await tuning.tune())
    valid = len(state.created.validation) if state.created else 0
    assert valid == 5
    scores = {step: grade.passed for step, grade in state.grades.items()}
    assert scores == {3: 3, 6: 5, 9: 5, 12: 5}
    assert state.best_step == 6, "of equal ones, the earliest"


async def test_only_adapters_of_models_stay(tuning: TuningDesk) -> None:
    tuning.script({**SHORT, "every": 1})
    log = await tuning.tune()
    state = await tuning.over(log)
    assert sorted(model.step for model in state.models.values()) == [5, 9, 10, 11, 12]
    kept = {name for name in tuning.files(log) if name.startswith("adapters/")}
    assert kept == {model.file for model in state.models.values()}


async def test_nothing_of_the_test_is_learned(tuning: TuningDesk) -> None:
    log = await tuning.tune()
    project = (await tuning.app.studio.projects.open(tuning.owner, tuning.project)).project
    created = log.state.created
    assert created is not None
    assert project.test_ids.isdisjoint({*created.examples, *created.validation})
    assert set(created.examples).isdisjoint(created.validation)
    assert len(created.examples) + len(created.validation) == len(project.train)
    assert created.instructions == "Name the desk."


async def test_the_disk_holds_nothing_that_examples_say(tuning: TuningDesk) -> None:
    tuning.script(HOLDING)
    log = await tuning.tune()
    await tuning.until(log, at_step(5))
    root = tuning.app.settings.home
    raw = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    assert b"my parcel" not in raw
    assert b"Name the desk" not in raw
    tuning.script(SHORT)
    await tuning.app.studio.runs.request(tuning.owner, log.id, "pause")
    await tuning.app.studio.runs.request(tuning.owner, log.id, "resume")
    await tuning.over(log)
    left = tuning.files(log)
    assert {name for name in left if not name.startswith("adapters/")} == {
        "run.json",
        "events.jsonl",
        "parity.json",
    }


async def test_paused_resumed_and_the_same_in_the_end(tuning: TuningDesk) -> None:
    whole = await tuning.over(await tuning.tune())
    tuning.script(HOLDING)
    log = await tuning.tune()
    await tuning.until(log, at_step(5))
    runs = tuning.app.studio.runs
    await runs.request(tuning.owner, log.id, "pause")
    assert log.state.status == "paused"
    assert await runs.parts.table.find(log.id) is None, "the server can't open it any longer"
    with pytest.raises(Conflict, match="is paused; it can't be paused"):
        await runs.request(tuning.owner, log.id, "pause")
    tuning.script(SHORT)
    await runs.request(tuning.owner, log.id, "resume")
    state = await tuning.over(log)
    assert moves(state) == ["queued", "running", "paused", "queued", "running", "succeeded"]
    assert state.progress.started is not None
    assert state.progress.started.resumed_from == 5
    assert whole.result is not None
    assert state.result is not None
    assert state.result.content_sha256 == whole.result.content_sha256
    with pytest.raises(Conflict, match="is succeeded; it can't be cancelled"):
        await runs.request(tuning.owner, log.id, "cancel")


async def test_cancelled_while_it_runs_waits_or_is_paused(tuning: TuningDesk) -> None:
    tuning.script(HOLDING)
    runs, logs = tuning.app.studio.runs, [await tuning.tune() for _ in range(2)]
    running, waiting = logs
    await tuning.until(running, at_step(5))
    assert waiting.state.status == "queued", "one at a time"
    await runs.request(tuning.owner, waiting.id, "pause")
    assert waiting.state.status == "paused"
    for log in logs:
        await runs.request(tuning.owner, log.id, "cancel")
        assert (await tuning.over(log)).status == "cancelled"
        assert log.state.models == {}
        assert "train.jsonl" not in tuning.files(log)
    with pytest.raises(Conflict, match="is cancelled; it can't be resumed"):
        await runs.request(tuning.owner, running.id, "resume")


async def test_a_limit_pauses(tuning: TuningDesk) -> None:
    tuning.script({**SHORT, "limit_at": 7})
    log = await tuning.tune()
    state = await tuning.until(log, lambda state: state.status == "paused")
    assert state.moved is not None
    assert state.moved.message == "It reached its limit of 5 seconds."


async def test_refused_data_fails_with_its_line(tuning: TuningDesk) -> None:
    refusal = {"code": "too_long", "message": "It's too long.", "line": 3, "param": "training_file"}
    tuning.script({**SHORT, "refuse": refusal})
    state = await tuning.over(await tuning.tune())
    assert state.status == "failed"
    assert state.moved is not None
    assert state.moved.code == "too_long"
    assert state.moved.message == "Line 3 of the training data: It's too long."
    assert state.moved.param == "training_file"


async def test_without_its_last_adapter_a_run_has_failed(tuning: TuningDesk) -> None:
    tuning.script({**SHORT, "damaged": True})
    state = await tuning.over(await tuning.tune())
    assert state.moved is not None
    assert (state.status, state.moved.code) == ("failed", "adapter_damaged")
    assert state.result is None
    assert [each.step for each in state.models.values()] == [9, 6, 3], "its checkpoints stay"


async def test_a_base_that_changed_is_not_trained(tuning: TuningDesk, base: Path) -> None:
    tuning.script(HOLDING)
    first, second = await tuning.tune(), await tuning.tune()
    await tuning.until(first, at_step(5))
    put_base(tuning.app.settings.models_path, b"GGUF, another one")
    await tuning.app.studio.runs.request(tuning.owner, first.id, "cancel")
    state = await tuning.over(second)
    assert state.moved is not None
    assert (state.status, state.moved.code) == ("failed", "base_changed")


async def test_a_sweep_deletes_only_what_is_no_longer_there(tuning: TuningDesk) -> None:
    log = await tuning.tune()
    state = await tuning.over(log)
    runs = tuning.app.studio.runs
    (runs.parts.root / "unknown").mkdir()
    kept = tuning.files(log)
    await runs.sweep()
    assert tuning.files(log) == kept
    assert state.result is not None
    assert state.result.file in kept
    assert [path.name for path in runs.parts.root.iterdir()] == [log.id]


async def test_without_an_environment_it_says_what_to_do(app: App, base: Path) -> None:
    program = app.studio.runs.parts.find_program
    tuning = await TuningDesk.open(app)
    tuning.script(HOLDING)
    running, log = await tuning.tune(), await tuning.tune()
    await tuning.until(running, at_step(5))
    app.studio.runs.parts.find_program = program
    with pytest.raises(BadInput, match="tau studio setup"):
        await tuning.tune()
    await app.studio.runs.request(tuning.owner, running.id, "cancel")
    state = await tuning.over(log)
    assert state.moved is not None
    assert (state.status, state.moved.code) == ("failed", "environment_missing")


async def test_a_watcher_goes_on_where_it_was(tuning: TuningDesk) -> None:
    log = await tuning.tune()
    runs, seen = tuning.app.studio.runs, list[int]()
    async for _, batch in runs.events(tuning.owner, log.id):
        seen += [seq for seq, _ in batch]
        if len(seen) > 2:
            break
    async for _, batch in runs.events(tuning.owner, log.id, after=seen[-1]):
        seen += [seq for seq, _ in batch]
    assert seen == [seq for seq, _ in log.state.entries]
    assert log.state.is_over


async def test_a_run_is_its_persons(tuning: TuningDesk) -> None:
    log = await tuning.tune()
    app = tuning.app
    other = await another_person(app)
    for asked in ("pause", "resume", "cancel"):
        with pytest.raises(NotFound):
            await app.studio.runs.request(other, log.id, asked)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        await app.studio.runs.remove(other, log.id)
    assert await app.studio.runs.all(other) == []
