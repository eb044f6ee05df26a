"""Two processes under torchrun train what one trains."""

import subprocess
from pathlib import Path

import pytest

from tau.studio.tuning.environment import python_of
from tau.studio.tuning.run_events import RunFinished, StepDone, StepValidated
from tests.studio.training_environment import training_environment
from tests.studio.worker.tiny_base import RunOnDisk, clean_environment

_LAUNCHER = "torch.distributed.run"
_ONE_MACHINE = ("--standalone", "--local-addr=127.0.0.1")
_MOST_SECONDS = 200


def _run_together(run: RunOnDisk) -> None:
    command = [python_of(training_environment()), "-m", _LAUNCHER, *_ONE_MACHINE]
    program = ["-m", "tau.studio.worker", run.path, "--base", run.base, "--unsealed"]
    done = subprocess.run(
        [*command, "--nproc-per-node", "2", *program],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=_MOST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def alone(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> RunOnDisk:
    run = RunOnDisk(tmp_path_factory.mktemp("alone"), tiny_base)
    run.finish("--unsealed")
    return run


@pytest.mark.parametrize("shard", ["none", "fsdp"])
def test_they_find_the_losses_of_one(
    alone: RunOnDisk, tiny_base: Path, tmp_path: Path, shard: str
) -> None:
    document = {"parallel": {"nodes": 1, "per_node": 2, "shard": shard}}
    run = RunOnDisk(tmp_path, tiny_base, document)
    _run_together(run)
    for kind in (StepDone, StepValidated):
        ours, theirs = run.events(kind), alone.events(kind)
        assert [each.step for each in ours] == [each.step for each in theirs]
        losses = [each.loss for each in theirs]
        assert [each.loss for each in ours] == pytest.approx(losses, rel=1e-3)
    if shard == "none":
        return
    (tmp_path / "checkpoints/step-10").unlink()
    _run_together(run)  # goes on after step 8
    assert [each.step for each in run.events(StepDone)][-2:] == [9, 10]
    first, second = run.events(RunFinished)
    assert first.adapter_sha256 == second.adapter_sha256
