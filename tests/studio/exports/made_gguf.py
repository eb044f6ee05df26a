"""A tiny base and a tiny adapter as GGUF files."""

from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, quantize

SIZE, HEADS, KEYS, RANK = 64, 4, 2, 4
SHAPES = {
    "blk.0.attn_q.weight": (SIZE, SIZE),
    "blk.0.attn_k.weight": (SIZE // 2, SIZE),
    "blk.0.ffn_down.weight": (SIZE, 2 * SIZE),
}


def numbers(*shape: int, seed: int = 1) -> Any:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def write_adapter(path: Path, architecture: str = "llama", dtype: Any = np.float32) -> bytes:
    writer = GGUFWriter(path, architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 8.0)
    for seed, (name, (rows, columns)) in enumerate(SHAPES.items()):
        writer.add_tensor(f"{name}.lora_a", numbers(RANK, columns, seed=seed).astype(dtype))
        writer.add_tensor(f"{name}.lora_b", numbers(rows, RANK, seed=seed + 9).astype(dtype))
    _finish(writer)
    return path.read_bytes()


def write_base(path: Path) -> Path:
    writer = GGUFWriter(path, "llama")
    writer.add_name("Tiny")
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEYS)
    writer.add_token_list(["<s>", "a", "b"])
    writer.add_array("tokenizer.ggml.token_type", [1, 2, 3])
    writer.add_chat_template("{{ messages }}")
    for seed, (name, shape) in enumerate(SHAPES.items()):
        kind = GGMLQuantizationType.Q4_1
        writer.add_tensor(name, quantize(numbers(*shape, seed=seed + 20), kind), raw_dtype=kind)
    kind = GGMLQuantizationType.Q8_0
    writer.add_tensor("token_embd.weight", quantize(numbers(3, SIZE), kind), raw_dtype=kind)
    writer.add_tensor("output_norm.weight", numbers(SIZE))
    _finish(writer)
    return path


def _finish(writer: GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
