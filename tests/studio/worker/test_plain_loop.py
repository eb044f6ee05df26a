"""The training program and a plain loop, as `tau bench studio training` runs both."""

from pathlib import Path

import pytest

from tau.bench.studio_training import compare_loops
from tau.studio.tuning.bundle import stored_bundle
from tau.studio.tuning.environment import python_of
from tau.studio.tuning.worker_process import TrainingProgram
from tests.studio.training_environment import training_environment

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> TrainingProgram:
    bundle = stored_bundle(tmp_path_factory.mktemp("bundle"))
    environment = {"PYTHONPATH": str(bundle)}
    python = python_of(training_environment())
    return TrainingProgram(python, ("-P", "-m", "tau.studio.worker"), environment)


@pytest.mark.anyio
async def test_both_learn_the_same(program: TrainingProgram, tiny_base: Path) -> None:
    said: list[str] = []
    figures = await compare_loops(program, tiny_base, 3, "float32", said.append)
    assert figures["steps"] == 3
    assert figures["last_loss"]["tau"] == pytest.approx(figures["last_loss"]["plain"], abs=1e-3)
    assert figures["largest_difference_of_losses"] <= 1e-3
    assert figures["speed_ratio"] > 0
    assert figures["peak_memory_mb"]["tau"] > 0
    assert len(said) == 2
