"""What is checked of an adapter before llama.cpp sees it."""

import asyncio
import hashlib
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tau.models import adapter_content
from tau.models.adapter_check import BaseFacts, check_adapter, read_base
from tau.models.adapter_content import Adapter, AdapterReader
from tau.models.errors import InvalidAdapter
from tau.models.gguf_reader import read_gguf
from tau.models.llama_process import LlamaOptions, LlamaProcess

from .tiny_llama import HIDDEN, WIDTH, adapter_bytes, write_adapter, write_llama

GATE, QUERY = "blk.0.ffn_gate.weight", "blk.0.attn_q.weight"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_llama(tmp_path_factory.mktemp("tiny") / "model.gguf")


@pytest.fixture(scope="module")
def facts(base: Path) -> BaseFacts:
    return read_base(base)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"general__type": "model"}, "isn't an adapter"),
        ({"adapter__type": "control_vector"}, "isn't an adapter"),
        ({"general__architecture": "qwen2"}, "another architecture"),
        ({"tau__base__sha256": None}, "doesn't say which base"),
        ({"tau__base__sha256": "00"}, "another version of its base"),
        ({"adapter__lora__alpha": None}, "alpha"),
        ({"adapter__lora__alpha": "16"}, "alpha"),
        ({"adapter__lora__alpha": 0.0}, "alpha"),
        ({"adapter__lora__alpha": float("nan")}, "alpha"),
        ({"adapter__lora__alpha": 1e9}, "alpha"),
        ({"adapter__alora__invocation_string": "now"}, "after certain words"),
    ],
)
def test_its_description_must_fit(
    base: Path, facts: BaseFacts, fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidAdapter, match=reason):
        check_adapter(write_adapter(base, **fields), facts)


def matrices(target: str, inputs: int, outputs: int, rank: int = 2, **more: Any) -> dict[str, Any]:
    down, up = np.ones((rank, inputs), np.float32), np.ones((outputs, rank), np.float32)
    return {f"{target}.lora_a": down, f"{target}.lora_b": up, **more}


@pytest.mark.parametrize(
    ("tensors", "reason"),
    [
        ({}, "holds nothing"),
        ({QUERY: np.ones((2, WIDTH))}, "isn't part of an adapter"),
        (matrices("blk.9.attn_q.weight", WIDTH, WIDTH), "doesn't have"),
        (matrices("blk.0.attn_norm.weight", WIDTH, WIDTH), "doesn't have"),
        (matrices(QUERY, WIDTH, HIDDEN), "shapes of its base"),
        (matrices(GATE, HIDDEN, WIDTH), "shapes of its base"),
        (matrices(GATE, WIDTH, HIDDEN, rank=WIDTH + 1), "rank"),
        ({f"{QUERY}.lora_a": np.ones((2, WIDTH))}, "half of a pair"),
        ({f"{QUERY}.lora_b": np.ones((WIDTH, 2))}, "half of a pair"),
        (
            matrices(QUERY, WIDTH, WIDTH) | {f"{QUERY}.lora_b": np.ones((WIDTH, 3))},
            "shapes of its base",
        ),
        (
            matrices(QUERY, WIDTH, WIDTH) | {f"{QUERY}.lora_b": np.full((WIDTH, 2), np.nan)},
            "aren't numbers",
        ),
        (
            matrices(QUERY, WIDTH, WIDTH)
            | {f"{QUERY}.lora_a": np.full((2, WIDTH), np.inf, np.float16)},
            "aren't numbers",
        ),
    ],
)
def test_its_matrices_must_fit(
    base: Path, facts: BaseFacts, tensors: dict[str, Any], reason: str
) -> None:
    described = {
        "general.type": "adapter",
        "adapter.type": "lora",
        "adapter.lora.alpha": 2.0,
        "tau.base.sha256": facts.sha256,
    }
    check_adapter(adapter_bytes(matrices(GATE, WIDTH, HIDDEN), described), facts)
    with pytest.raises(InvalidAdapter, match=reason):
        check_adapter(adapter_bytes(tensors, described), facts)


def test_a_whole_model_and_garbage_are_no_adapters(base: Path, facts: BaseFacts) -> None:
    with pytest.raises(InvalidAdapter, match="isn't an adapter"):
        check_adapter(base.read_bytes(), facts)
    for garbage in (b"", b"GGUF", b"x" * 1000):
        with pytest.raises(InvalidAdapter, match=r"^The adapter can't be used: it('s| isn't)"):
            check_adapter(garbage, facts)


@pytest.mark.anyio
async def test_what_passes_is_loaded_by_llama_cpp(base: Path, facts: BaseFacts) -> None:
    """Damaged files either fail the check or load: none ends the process that loads it."""
    whole = write_adapter(base, 1, rank=2)
    dice, head = random.Random(5), read_gguf(whole).data_start
    passing = []
    for place in range(4, head):
        raw = bytearray(whole)
        raw[place] ^= 1 << dice.randrange(8)
        try:
            check_adapter(bytes(raw), facts)
        except InvalidAdapter:
            continue
        passing.append(bytes(raw))
    assert 5 <= len(passing) < head / 10
    options = LlamaOptions(path=str(base), purpose="chat", threads=1, context_tokens=64)
    for first in range(0, len(passing), 16):
        process = await LlamaProcess.start(options, passing[first : first + 16])
        await process.stop()


@pytest.mark.anyio
async def test_adapters_that_come_at_once_read_their_base_once(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def counted(path: Path) -> BaseFacts:
        read.append(path)
        return read_base(path)

    async def load() -> bytes:
        return content

    monkeypatch.setattr(adapter_content, "read_base", counted)
    content = write_adapter(base)
    adapter = Adapter("ft:tiny", hashlib.sha256(content).hexdigest(), load)
    reader = AdapterReader(base)
    assert await asyncio.gather(reader.read(adapter), reader.read(adapter)) == [content, content]
    assert read == [base]
