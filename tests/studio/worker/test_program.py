"""The training program, from a run's folder to its adapter."""

import hashlib
import json
import signal
from pathlib import Path

import pytest

from tau.models.gguf_reader import read_gguf
from tau.studio.tuning.run_events import (
    CheckpointSaved,
    RunEstimated,
    RunFinished,
    RunPaused,
    RunStarted,
    StepDone,
    StepValidated,
)
from tau.studio.tuning.run_folder import PARITY, STOP
from tau.studio.tuning.run_spec import run_sha256
from tests.studio.worker.tiny_base import LAYERS, RunOnDisk, close

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def finished(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> RunOnDisk:
    """A sealed run that was never interrupted."""
    run = RunOnDisk(tmp_path_factory.mktemp("finished"), tiny_base, key=KEY)
    run.finish()
    return run


def _result(run: RunOnDisk) -> RunFinished:
    found: RunFinished = run.events(RunFinished)[-1]
    return found


def test_it_reports_each_step_and_learns(finished: RunOnDisk) -> None:
    (started,) = finished.events(RunStarted)
    assert (started.steps, started.train_examples, started.precision) == (10, 20, "float32")
    assert started.trained_tokens_per_epoch < started.tokens_per_epoch
    steps = finished.events(StepDone)
    assert [each.step for each in steps] == list(range(1, 11))
    assert steps[-1].epoch == 2.0
    assert steps[-1].loss < steps[0].loss
    assert [each.step for each in finished.events(StepValidated)] == [4, 8, 10]
    (estimated,) = finished.events(RunEstimated)
    assert estimated.seconds > 0
    assert estimated.memory_bytes > 10_000_000
    assert _result(finished).trained_tokens == 2 * started.trained_tokens_per_epoch


def test_each_checkpoint_has_its_adapter_and_answers(finished: RunOnDisk) -> None:
    saved = finished.events(CheckpointSaved)
    assert [each.step for each in saved] == [4, 8, 10]
    for each in saved:
        content = finished.folder.read(each.adapter)
        assert hashlib.sha256(content).hexdigest() == each.adapter_sha256
        answers = [json.loads(one) for one in finished.folder.read(each.answers).splitlines()]
        assert [one["index"] for one in answers] == [0, 1, 2, 3]
        assert all(isinstance(one["answer"], str) for one in answers)
    assert _result(finished).adapter_sha256 == saved[-1].adapter_sha256
    kept = sorted(each.name for each in (finished.path / "checkpoints").iterdir())
    assert kept == ["step-10", "step-8"]


def test_the_adapter_says_what_it_is_made_of(finished: RunOnDisk) -> None:
    held = read_gguf(finished.folder.read(_result(finished).adapter))
    assert held.metadata["tau.base.sha256"] == finished.spec.base.sha256
    assert held.metadata["tau.run.sha256"] == run_sha256(finished.spec)
    assert held.metadata["tau.data.sha256"] == finished.spec.data.train
    assert len(held.tensors) == LAYERS * 7 * 2
    assert held.tensors["blk.0.attn_k.weight.lora_b"].shape == (16, 32)


def test_the_reference_for_parity_is_of_the_tuned_and_of_the_base(finished: RunOnDisk) -> None:
    prompts = json.loads(finished.folder.read(PARITY))["prompts"]
    assert len(prompts) == 4
    for each in prompts:
        assert len(each["answer"]) == len(each["logprobs"]) <= 6
        assert all(logprob <= 0 for logprob in each["logprobs"])
        assert len(each["base_answer"]) <= max(len(one["answer"]) for one in prompts)
    assert [each["answer"] for each in prompts] != [each["base_answer"] for each in prompts]


def test_nothing_that_somebody_said_is_plain_on_the_disk(finished: RunOnDisk) -> None:
    words = [
        b"thing number",
        b"of the shop",
        b"color",
        b"GGUF\x03\0\0",
        b"lora_a",
        b"exp_avg",
        b"<|im_end|>",
    ]
    for path in finished.path.rglob("*"):
        if path.is_file() and path.name != "run.json":
            raw = path.read_bytes()
            assert [each for each in words if each in raw] == [], path.name


def test_a_run_that_is_killed_again_and_again_ends_in_the_same_adapter(
    finished: RunOnDisk, tiny_base: Path, tmp_path: Path
) -> None:
    run = RunOnDisk(tmp_path, tiny_base, key=KEY)
    # Before the first checkpoint, while one is written, and at the end.
    for events in (3, 7, 11):
        run.kill_after(events)
    run.finish()
    assert run.folder.read(_result(run).adapter) == finished.folder.read(_result(finished).adapter)
    assert run.folder.read(PARITY) == finished.folder.read(PARITY)
    assert {each.step for each in run.events(CheckpointSaved)} == {4, 8, 10}
    assert any(each.resumed_from for each in run.events(RunStarted))
    assert list(tmp_path.rglob(".*.partial")) == []


def test_a_damaged_checkpoint_is_passed_over(
    finished: RunOnDisk, tiny_base: Path, tmp_path: Path
) -> None:
    run = RunOnDisk(tmp_path, tiny_base, key=KEY)
    run.kill_after(14)
    names = sorted((tmp_path / "checkpoints").iterdir())
    names[-1].write_bytes(names[-1].read_bytes()[:-50])
    run.finish()
    assert _result(run).adapter_sha256 == _result(finished).adapter_sha256


def test_it_pauses_when_asked_and_goes_on_to_the_same_end(
    finished: RunOnDisk, tiny_base: Path, tmp_path: Path
) -> None:
    run = RunOnDisk(tmp_path, tiny_base, key=KEY)
    assert run.signal_after(3, signal.SIGTERM) == 75
    process = run.start()
    run.wait_for(process, lambda: len(run.events(RunStarted)) == 2)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait() == 75
    close(process)
    (tmp_path / STOP).touch()
    assert run.run() == 75
    paused = run.events(RunPaused)
    assert [each.reason for each in paused] == [
        "It was asked to stop.",
        "Tau ended.",
        "It was asked to stop.",
    ]
    assert 0 < paused[0].step < 10
    (tmp_path / STOP).unlink()
    run.finish()
    assert _result(run).adapter_sha256 == _result(finished).adapter_sha256


def test_an_estimate_writes_nothing_but_itself(tiny_base: Path, tmp_path: Path) -> None:
    run = RunOnDisk(tmp_path, tiny_base)
    assert run.run("--estimate", "--unsealed") == 0
    assert [type(each) for each in run.events()] == [RunStarted, StepDone, StepDone, RunEstimated]
    assert not (tmp_path / "checkpoints").exists()


def test_preferences_are_learned(tiny_base: Path, tmp_path: Path) -> None:
    pairs = b"".join(
        json.dumps(
            {
                "input": {"messages": [{"role": "user", "content": f"thing {at}"}]},
                "preferred_output": [{"role": "assistant", "content": "red"}],
                "non_preferred_output": [{"role": "assistant", "content": "blue"}],
            }
        ).encode()
        + b"\n"
        for at in range(12)
    )
    method = {"type": "dpo", "epochs": 3, "batch_size": 4, "learning_rate": 1e-3, "beta": 0.5}
    run = RunOnDisk(tmp_path, tiny_base, {"method": method}, train=pairs, valid=pairs)
    run.finish("--unsealed")
    steps = run.events(StepDone)
    assert steps[0].loss == pytest.approx(0.6931, abs=1e-3)  # nothing is preferred at first
    assert steps[-1].loss < 0.5
    assert steps[-1].accuracy == 1.0
    assert run.events(StepValidated)[-1].loss < 0.5
