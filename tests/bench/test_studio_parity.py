"""The parity benchmark: adapters in the wrong order, and the command with the real base."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner

from tau.bench import studio_parity
from tau.bench.commands import bench
from tau.bench.studio_adapters import in_wrong_order, random_adapter
from tau.errors import BadInput
from tau.models import catalog
from tau.models.adapter_check import check_adapter, read_base
from tau.models.gguf_reader import read_gguf, tensor_bytes
from tau.models.packs import MANIFEST, MODEL, PackManifest
from tau.studio.worker.adapter_file import permuted_rows, write_adapter
from tests.models.tiny_llama import HEADS, WIDTH, write_llama


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_llama(tmp_path_factory.mktemp("tiny") / "model.gguf")


def test_the_wrong_order_is_that_of_the_training_library(base: Path) -> None:
    trained = np.arange(WIDTH * 2, dtype=np.float32).reshape(WIDTH, 2)
    facts, fields = read_base(base), {"tau.base.sha256": read_base(base).sha256}
    query, value = "blk.0.attn_q.weight", "blk.0.attn_v.weight"
    down = np.ones((2, WIDTH), np.float32)
    tensors = {
        f"{query}.lora_a": down,
        f"{query}.lora_b": permuted_rows(trained, HEADS),
        f"{value}.lora_a": down,
        f"{value}.lora_b": trained,
    }
    changed = in_wrong_order(write_adapter(tensors, "llama", 2.0, fields), base)
    check_adapter(changed, facts)
    stored = read_gguf(changed).tensors
    for name in (query, value):
        rows = np.frombuffer(tensor_bytes(changed, stored[f"{name}.lora_b"]), np.float32)
        assert np.array_equal(rows.reshape(trained.shape), trained)


def test_random_adapters_can_be_served(base: Path) -> None:
    contents = [random_adapter(base, seed, strength=0.1) for seed in (1, 1, 2)]
    for content in contents:
        check_adapter(content, read_base(base))
    assert contents[0] == contents[1] != contents[2]


def _run(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(
        bench, ("studio", "parity", *arguments, "--json"), catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    figures: dict[str, Any] = json.loads(result.output.splitlines()[-1])
    return figures


@pytest.fixture(autouse=True)
def _little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure little: the tiny base has a small window."""
    for name, value in {
        "_OWN_PROMPTS": 1,
        "_OWN_TOKENS": 12,
        "_SWITCHES": 1,
        "_PROMPT_CHARACTERS": 150,
    }.items():
        monkeypatch.setattr(studio_parity, name, value)


@pytest.fixture
def folder(tmp_path: Path, base: Path) -> Path:
    """A folder of models in which the tiny base passes for the built-in model."""
    pack = catalog.packs()[catalog.CHAT_MODEL]
    target = tmp_path / pack.name
    target.mkdir()
    shutil.copy(base, target / MODEL)
    manifest = PackManifest(pack.name, pack.sources[0], pack.sha256, base.stat().st_size)
    (target / MANIFEST).write_bytes(msgspec.json.encode(manifest))
    return tmp_path


def test_an_adapter_in_the_wrong_order_fails_and_slots_keep_their_prompts(folder: Path) -> None:
    figures = _run("--models-folder", str(folder))
    assert (figures["adapter"], figures["reference"]) == ("random", "engine")
    assert figures["parity"] is None  # of training, which nothing is known about
    assert not figures["wrong_order"]["passed"]
    assert "next token" in figures["wrong_order"]["sentence"]
    assert figures["switch"]["pinned_prompt_tokens"] == 1
    assert figures["switch"]["unpinned_prompt_tokens"] > 20


def test_a_given_adapter_is_compared_with_the_reference_of_training(
    folder: Path, base: Path
) -> None:
    (folder / "adapter.gguf").write_bytes(random_adapter(base, 1, strength=0.3))
    prompt = {"tokens": [65, 66], "answer": [1, 2], "logprobs": [-0.5, -0.5], "base_answer": [3]}
    (folder / "parity.json").write_bytes(msgspec.json.encode({"prompts": [prompt]}))
    figures = _run(
        *("--models-folder", str(folder)),
        *("--adapter", str(folder / "adapter.gguf")),
        *("--reference", str(folder / "parity.json")),
    )
    assert (figures["adapter"], figures["reference"]) == ("given", "training")
    assert not figures["parity"]["passed"]  # no byte of a tiny model's answer is 1
    assert figures["parity"]["next_token"] == 0


def test_what_cannot_be_measured_says_why(tmp_path: Path) -> None:
    (tmp_path / "adapter.gguf").write_bytes(b"")
    with pytest.raises(BadInput, match="given together"):
        _run("--adapter", str(tmp_path / "adapter.gguf"))
    with pytest.raises(BadInput, match="tau models pull"):
        _run("--models-folder", str(tmp_path))
