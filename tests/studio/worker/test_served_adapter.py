"""What the training program makes is served by llama.cpp as it was trained."""

import asyncio
from pathlib import Path

import pytest

from tau.bench.studio_adapters import in_wrong_order
from tau.models.adapter_processes import AdapterProcesses
from tau.models.adapters import Adapter, AdapterModel
from tau.models.scripted import ScriptedChat
from tau.settings import Settings
from tau.studio.serving.parity import ParityResult, measure_parity, read_reference
from tau.studio.serving.token_answers import LlamaTokens
from tau.studio.tuning.run_folder import PARITY
from tests.models.tiny_llama import sha256
from tests.studio.worker.tiny_base import RunOnDisk, write_tiny_base

METHOD = {"type": "supervised", "epochs": 3, "batch_size": 4, "learning_rate": 5e-3}


async def _parity(run: RunOnDisk, content: bytes) -> ParityResult:
    async def load() -> bytes:
        return content

    given = Settings(home=run.path, threads=1)
    processes = AdapterProcesses(given, run.base, 256, lambda: 1)
    model = AdapterModel(processes, ScriptedChat(), Adapter("ft:tiny", sha256(content), load), 30.0)
    try:
        reference = read_reference(run.folder.read(PARITY))
        return await measure_parity(LlamaTokens(model), reference)
    finally:
        await processes.close()


@pytest.mark.parametrize("architecture", ["llama", pytest.param("qwen2", marks=pytest.mark.slow)])
def test_the_engine_answers_as_training_did(
    architecture: str, real_base: Path, tmp_path: Path
) -> None:
    base = write_tiny_base(tmp_path / "tiny.gguf", real_base, architecture)
    run = RunOnDisk(tmp_path / "run", base, {"method": METHOD})
    content = run.folder.read(run.finish("--unsealed").adapter)
    result = asyncio.run(_parity(run, content))
    assert result.figures["next_token"] == 1
    assert result.figures["log_probability"] < 2e-3
    assert result.figures["differs_from_base"] > 0
    if architecture == "llama":  # the other has its rows in training's order
        wrong = asyncio.run(_parity(run, in_wrong_order(content, base)))
        assert wrong.figures["log_probability"] > 10 * result.figures["log_probability"]
        assert not wrong.passed
