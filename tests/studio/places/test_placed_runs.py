"""Runs that are trained elsewhere, from a project to a folder and back to models of Tau's."""

import asyncio
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tau.app import App
from tau.errors import BadInput, Conflict, NotFound
from tau.settings import Settings
from tau.studio.places.placed_runs import ELSEWHERE, Placing
from tau.studio.places.run_archive import pack_collected, read_mark, unpack_run
from tau.studio.tuning.run_creation import TuneRequest
from tau.studio.tuning.run_folder import RunFolder
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.run_spec import decode_run
from tests.studio.places.made_places import PLACE, changed
from tests.studio.tuning.made_runs import (
    SHORT,
    TuningDesk,
    another_person,
    put_base,
    scripted,
)

pytestmark = pytest.mark.anyio
KEY = bytes(range(32))
ON_CPUS = changed(PLACE, nodes={"count": 1, "memory_gb": 16}, checkpoints={})


@pytest.fixture
async def desk(app: App, settings: Settings) -> TuningDesk:
    put_base(settings.models_path)
    desk = await TuningDesk.open(app)
    app.studio.runs.parts.find_program = _no_program
    return desk


def _no_program() -> Any:
    raise BadInput("Nothing is trained here.")


async def _rendered(desk: TuningDesk, folder: Path, key: bytes | None = KEY) -> RunLog:
    placing = Placing(ON_CPUS, "slurm", sealed=key is not None)
    asked = TuneRequest(suffix="front")
    raw = await desk.app.studio.render_run(desk.owner, desk.project, asked, placing)
    mark = unpack_run(raw, folder, key)
    return await desk.app.studio.runs.open(desk.owner, mark.run)


def _train(folder: Path, script: dict[str, Any], key: bytes | None = KEY) -> None:
    """Train as a scheduler would, with nothing of Tau's but the folder."""
    program = scripted(script)
    first = json.dumps({"key": key.hex() if key else None}) + "\n"
    with subprocess.Popen(
        [program.python, *program.arguments, folder],
        stdin=subprocess.PIPE,
        env=dict(program.environment),
        text=True,
    ) as process:
        assert process.stdin
        process.stdin.write(first)
        process.stdin.flush()
        process.wait(60)


async def _collect(desk: TuningDesk, folder: Path, key: bytes | None = KEY) -> RunLog:
    with io.BytesIO() as archive:
        await asyncio.to_thread(pack_collected, RunFolder(folder, key), archive)
        run = read_mark(folder).run
        return await desk.app.studio.placed.collect(desk.owner, run, archive)


@pytest.mark.parametrize("key", [KEY, None])
async def test_a_run_goes_out_is_trained_and_comes_back_as_models(
    desk: TuningDesk, tmp_path: Path, key: bytes | None
) -> None:
    folder = tmp_path / "there"
    log = await _rendered(desk, folder, key)
    assert (log.state.status, log.state.moved and log.state.moved.code) == ("paused", ELSEWHERE)
    assert log.state.planned
    assert decode_run((folder / "run.json").read_bytes()) == log.state.planned.spec
    assert log.state.planned.spec.threads == 0
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "job.sbatch",
        "launch.sh",
        "worker.zip",
        "worker-requirements.txt",
        "valid.jsonl",
    }
    await asyncio.to_thread(_train, folder, SHORT, key)
    state = (await _collect(desk, folder, key)).state
    assert state.status == "succeeded"
    assert state.result
    assert state.result.name.startswith("ft:smollm2-135m-instruct:tau:front:")
    own = desk.app.studio.runs.folder_of(log)
    assert own.read(state.result.file) == RunFolder(folder, key).read("adapters/step-12.gguf")
    assert len(state.models) == 4  # and the checkpoints that are kept
    assert state.grades[12].score > state.grades[3].score
    assert "train.jsonl" not in desk.files(log)
    with pytest.raises(Conflict, match="is succeeded here"):
        await _collect(desk, folder, key)


async def test_it_ends_in_the_same_model_as_a_run_here(desk: TuningDesk, tmp_path: Path) -> None:
    await _rendered(desk, tmp_path / "there")
    await asyncio.to_thread(_train, tmp_path / "there", SHORT)
    there = (await _collect(desk, tmp_path / "there")).state.result
    desk.script(SHORT)
    here = (await desk.over(await desk.tune(suffix="front"))).result
    assert there
    assert here
    assert here.content_sha256 == there.content_sha256


async def test_a_part_of_a_run_comes_back_and_it_goes_on_here(
    desk: TuningDesk, tmp_path: Path
) -> None:
    folder = tmp_path / "there"
    log = await _rendered(desk, folder)
    with pytest.raises(BadInput, match="hasn't reported"):
        await _collect(desk, folder)
    await asyncio.to_thread(_train, folder, {**SHORT, "limit_at": 7})
    state = (await _collect(desk, folder)).state
    assert state.status == "paused"
    assert state.models == {}
    assert state.progress.last_checkpoint == 7
    desk.script(SHORT)
    await desk.app.studio.runs.request(desk.owner, log.id, "resume")
    state = await desk.over(log)
    assert state.progress.started
    assert state.progress.started.resumed_from == 7
    assert state.status == "succeeded"


async def test_a_run_that_failed_there_has_failed_with_its_reason(
    desk: TuningDesk, tmp_path: Path
) -> None:
    await _rendered(desk, tmp_path / "there")
    refusal = {"code": "diverged", "message": "The loss rose.", "line": 0, "param": ""}
    await asyncio.to_thread(_train, tmp_path / "there", {**SHORT, "refuse": refusal})
    state = (await _collect(desk, tmp_path / "there")).state
    assert state.status == "failed"
    assert state.moved
    assert (state.moved.code, state.moved.message) == ("diverged", "The loss rose.")


async def test_a_refused_line_is_named_as_in_a_run_here(desk: TuningDesk, tmp_path: Path) -> None:
    await _rendered(desk, tmp_path / "there")
    refusal = {"code": "too_long", "message": "It's long.", "line": 3, "param": "training_file"}
    await asyncio.to_thread(_train, tmp_path / "there", {**SHORT, "refuse": refusal})
    state = (await _collect(desk, tmp_path / "there")).state
    assert state.moved
    assert state.moved.message == "Line 3 of the training data: It's long."


async def test_what_fails_after_a_run_came_back_leaves_it_over(
    desk: TuningDesk, tmp_path: Path
) -> None:
    async def fail(_log: RunLog, _folder: RunFolder) -> None:
        raise RuntimeError

    desk.app.studio.runs.parts.after_made.insert(0, fail)
    await _rendered(desk, tmp_path / "there")
    await asyncio.to_thread(_train, tmp_path / "there", SHORT)
    assert (await _collect(desk, tmp_path / "there")).state.status == "succeeded"


async def test_a_run_belongs_to_one_person_and_to_its_folder(
    desk: TuningDesk, tmp_path: Path
) -> None:
    first = await _rendered(desk, tmp_path / "there")
    second = await _rendered(desk, tmp_path / "other", None)
    await asyncio.to_thread(_train, tmp_path / "there", SHORT)
    back = io.BytesIO()
    pack_collected(RunFolder(tmp_path / "there", KEY), back)
    other = await another_person(desk.app)
    with pytest.raises(NotFound):
        await desk.app.studio.placed.collect(other, first.id, back)
    document = desk.app.studio.runs.folder_of(second).path / "run.json"
    document.write_bytes(document.read_bytes().replace(b'"seed": 7', b'"seed": 8'))
    with pytest.raises(Conflict, match="another run"):
        await desk.app.studio.placed.collect(desk.owner, second.id, back)


async def test_withdrawn_examples_end_a_run_that_is_elsewhere(
    desk: TuningDesk, tmp_path: Path
) -> None:
    log = await _rendered(desk, tmp_path / "there")
    assert log.state.created
    await desk.app.studio.withdraw(desk.owner, desk.project, log.state.created.examples[:1])
    await asyncio.to_thread(_train, tmp_path / "there", SHORT)
    with pytest.raises(Conflict, match="is failed here"):
        await _collect(desk, tmp_path / "there")
