"""Exports of models: PEFT's format and merged models, read back and computed again."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader, dequantize
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput
from tau.models.bert_gguf import read_safetensors
from tau.studio.exports.adapter_content import (
    AdapterContent,
    AdapterPair,
    read_adapter,
    unpermuted,
)
from tau.studio.exports.merged_model import base_heads, write_merged
from tau.studio.exports.peft_files import BaseHeads, export_peft
from tau.studio.exports.safetensors_file import safetensors_bytes

from .made_gguf import HEADS, KEYS, RANK, SHAPES, SIZE, numbers, write_adapter, write_base

BASE = "smollm2-135m-instruct"


def permuted(rows: Any, heads: int) -> Any:
    """The order of rows that llama.cpp's converter gives query and key matrices."""
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, 2, half, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


@pytest.fixture
def adapter(tmp_path: Path) -> AdapterContent:
    return read_adapter(write_adapter(tmp_path / "adapter.gguf"))


@given(st.integers(1, 6), st.integers(1, 8), st.integers(1, 5))
def test_rows_come_back_into_the_order_they_had(heads: int, half: int, columns: int) -> None:
    rows = numbers(heads * half * 2, columns)
    assert np.array_equal(unpermuted(permuted(rows, heads), heads), rows)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_an_adapter_is_read_as_it_was_written(tmp_path: Path, dtype: Any) -> None:
    content = read_adapter(write_adapter(tmp_path / "adapter.gguf", dtype=dtype))
    assert (content.architecture, content.rank, content.scale) == ("llama", RANK, 2.0)
    assert content.pairs.keys() == SHAPES.keys()
    first = content.pairs["blk.0.attn_q.weight"]
    assert np.array_equal(first.a, numbers(RANK, SIZE, seed=0).astype(dtype))
    assert np.array_equal(first.b, numbers(SIZE, RANK, seed=9).astype(dtype))


def test_half_an_adapter_is_refused(tmp_path: Path) -> None:
    whole = write_adapter(tmp_path / "adapter.gguf")
    for raw in (b"", b"GGUF", whole[: len(whole) // 2], whole.replace(b"lora_b", b"lora_c")):
        with pytest.raises(BadInput, match="adapter"):
            read_adapter(raw)


def peft_tensors(adapter: AdapterContent, tmp_path: Path) -> tuple[Any, Any]:
    export = export_peft(adapter, BaseHeads(HEADS, KEYS), BASE)
    file = tmp_path / "adapter_model.safetensors"
    file.write_bytes(export.files[file.name])
    return msgspec.json.decode(export.files["adapter_config.json"]), read_safetensors(file)


def test_peft_gets_its_names_and_the_rows_in_its_order(
    adapter: AdapterContent, tmp_path: Path
) -> None:
    config, tensors = peft_tensors(adapter, tmp_path)
    assert (config["r"], config["lora_alpha"], config["peft_type"]) == (RANK, 8.0, "LORA")
    assert config["target_modules"] == ["down_proj", "k_proj", "q_proj"]
    assert config["base_model_name_or_path"] == "HuggingFaceTB/SmolLM2-135M-Instruct"
    path = "base_model.model.model.layers.0"
    for name, target, heads in (
        ("self_attn.q_proj", "blk.0.attn_q.weight", HEADS),
        ("self_attn.k_proj", "blk.0.attn_k.weight", KEYS),
    ):
        rows = tensors[f"{path}.{name}.lora_B.weight"]
        assert np.array_equal(permuted(rows, heads), adapter.pairs[target].b)
        assert np.array_equal(tensors[f"{path}.{name}.lora_A.weight"], adapter.pairs[target].a)
    down = adapter.pairs["blk.0.ffn_down.weight"]
    assert np.array_equal(tensors[f"{path}.mlp.down_proj.lora_B.weight"], down.b)
    assert len(tensors) == 6


def test_other_architectures_keep_their_rows(tmp_path: Path) -> None:
    content = read_adapter(write_adapter(tmp_path / "adapter.gguf", "qwen2"))
    _, tensors = peft_tensors(content, tmp_path)
    rows = tensors["base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight"]
    assert np.array_equal(rows, content.pairs["blk.0.attn_q.weight"].b)


def test_a_part_without_a_name_in_peft_is_refused(adapter: AdapterContent) -> None:
    pair = adapter.pairs["blk.0.attn_q.weight"]
    odd = adapter._replace(pairs={"token_embd.weight": pair})
    with pytest.raises(BadInput, match="no name"):
        export_peft(odd, BaseHeads(HEADS, KEYS), BASE)


def test_different_ranks_are_refused(adapter: AdapterContent) -> None:
    odd = AdapterPair(numbers(2, SIZE), numbers(SIZE, 2))
    with pytest.raises(BadInput, match="different ranks"):
        export_peft(
            adapter._replace(pairs={**adapter.pairs, "blk.1.attn_q.weight": odd}),
            BaseHeads(HEADS, KEYS),
            BASE,
        )


def test_equal_tensors_make_equal_files() -> None:
    tensors = {"b": numbers(2, 3), "a": numbers(3, 2).T}
    again = {"a": numbers(3, 2).T.copy(), "b": numbers(2, 3)}
    assert safetensors_bytes(tensors) == safetensors_bytes(again)


def test_a_merged_model_is_the_base_plus_the_adapter(
    adapter: AdapterContent, tmp_path: Path
) -> None:
    base = write_base(tmp_path / "base.gguf")
    merged = tmp_path / "merged.gguf"
    write_merged(base, adapter, merged, "Tuned")
    before, after = GGUFReader(base), GGUFReader(merged)
    old = {each.name: each for each in before.tensors}
    for tensor in after.tensors:
        given = old[tensor.name]
        if pair := adapter.pairs.get(tensor.name):
            wanted = dequantize(given.data, given.tensor_type) + 2.0 * (pair.b @ pair.a)
            assert np.allclose(tensor.data, wanted, atol=2e-2)
            assert tensor.tensor_type == GGMLQuantizationType.F16
        else:
            assert tensor.tensor_type == given.tensor_type
            assert tensor.data.tobytes() == given.data.tobytes()
    assert [each.name for each in after.tensors] == [each.name for each in before.tensors]


def test_a_merged_model_keeps_everything_else_that_the_base_says(
    adapter: AdapterContent, tmp_path: Path
) -> None:
    base = write_base(tmp_path / "base.gguf")
    merged = tmp_path / "merged.gguf"
    write_merged(base, adapter, merged, "Tuned")
    assert base_heads(merged) == base_heads(base) == BaseHeads(HEADS, KEYS)
    before, after = (
        {name: each.contents() for name, each in GGUFReader(path).fields.items()}
        for path in (base, merged)
    )
    for name, value in before.items():
        if not name.startswith("GGUF.") and name != "general.name":
            assert after[name] == value, name
    assert after["general.name"] == "Tuned"


def test_an_adapter_of_another_base_is_not_merged(adapter: AdapterContent, tmp_path: Path) -> None:
    base = write_base(tmp_path / "base.gguf")
    pair = adapter.pairs["blk.0.attn_q.weight"]
    other = adapter._replace(pairs={"blk.7.attn_q.weight": pair})
    with pytest.raises(BadInput, match=r"no part blk\.7"):
        write_merged(base, other, tmp_path / "merged.gguf", "Tuned")
    shape = adapter._replace(pairs={"blk.0.attn_k.weight": pair})
    with pytest.raises(BadInput, match="another shape"):
        write_merged(base, shape, tmp_path / "merged.gguf", "Tuned")
