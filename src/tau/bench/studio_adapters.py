"""Adapters for benchmarks: random ones, and ones whose rows are in the wrong order.

llama.cpp keeps the rows of queries and keys of the architecture `llama` in another order than the
library that trains. An adapter written without that change loads, and answers plausibly, but
wrongly.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from tau.errors import BadInput
from tau.models.adapter_check import BASE_SHA256, read_base
from tau.models.gguf_reader import F32, read_gguf, tensor_bytes
from tau.studio.worker.adapter_file import Matrix, write_adapter

_RANK = 8
_REORDERED = ("attn_q", "attn_k")


def random_adapter(base: Path, seed: int, strength: float) -> bytes:
    """Return an adapter of random weights for a base; with the strength 0, it changes nothing."""
    facts = read_base(base)
    random = np.random.default_rng(seed)
    tensors: dict[str, Matrix] = {}
    for name, shape in facts.shapes.items():
        if name.startswith("blk.") and len(shape) == 2:
            inputs, outputs = shape
            down = random.standard_normal((_RANK, inputs)) / inputs**0.5
            up = strength * random.standard_normal((outputs, _RANK)) / _RANK**0.5
            tensors[f"{name}.lora_a"] = down.astype(np.float32)
            tensors[f"{name}.lora_b"] = up.astype(np.float32)
    return write_adapter(tensors, facts.architecture, float(_RANK), {BASE_SHA256: facts.sha256})


def in_wrong_order(adapter: bytes, base: Path) -> bytes:
    """Return an adapter with the rows of queries and keys as the training library has them.

    Raises `BadInput` if the base's architecture has no other order.
    """
    metadata = read_gguf(base.read_bytes()).metadata
    if metadata.get("general.architecture") != "llama":
        raise BadInput("Only bases of the architecture llama keep rows in an order of their own.")
    heads = {
        "attn_q": metadata["llama.attention.head_count"],
        "attn_k": metadata.get(
            "llama.attention.head_count_kv", metadata["llama.attention.head_count"]
        ),
    }
    changed = bytearray(adapter)
    for name, tensor in read_gguf(adapter).tensors.items():
        part = name.split(".")[2]
        if part in _REORDERED and name.endswith(".lora_b") and tensor.kind == F32:
            stored = tensor_bytes(adapter, tensor)
            rows = np.frombuffer(stored, np.float32).reshape(tensor.shape[::-1])
            content = _original_rows(rows, heads[part]).tobytes()
            changed[tensor.offset : tensor.offset + len(content)] = content
    return bytes(changed)


def _original_rows(rows: Matrix, heads: int) -> npt.NDArray[np.float32]:
    """Undo `tau.studio.worker.adapter_file.permuted_rows`."""
    pairs = rows.reshape(heads, rows.shape[0] // heads // 2, 2, rows.shape[1])
    return np.ascontiguousarray(pairs.swapaxes(1, 2)).reshape(rows.shape)
