"""Adapters as GGUF files, which llama.cpp loads beside their base.

Written in memory, so that a sealed run never has a plain adapter on its disk, and with equal bytes
for equal adapters. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (version 3,
little endian). Files of the architecture `llama` hold the rows of queries and keys in another order
than transformers; B's rows, which are theirs, are reordered likewise.
"""

import struct
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

_ALIGNMENT = 32
_FLOAT32, _STRING = 6, 8  # types of values
_TENSOR_FLOAT32 = 0
Matrix = npt.NDArray[np.float32]


def write_adapter(
    tensors: dict[str, Matrix], architecture: str, alpha: float, metadata: dict[str, str]
) -> bytes:
    """Return the file with pairs of tensors, named `NAME.lora_a` and `NAME.lora_b`."""
    values: dict[str, str | float] = {
        "general.type": "adapter",
        "general.architecture": architecture,
        "adapter.type": "lora",
        "adapter.lora.alpha": alpha,
        **metadata,
    }
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values))
    head += b"".join(_text(name) + _value(value) for name, value in values.items())
    head += b"".join(_descriptions(tensors))
    return b"".join((_aligned(head), *(_aligned(_raw(each)) for each in tensors.values())))


def _descriptions(tensors: dict[str, Matrix]) -> Iterable[bytes]:
    offset = 0
    for name, tensor in tensors.items():
        sizes = tensor.shape[::-1]
        yield _text(name) + struct.pack("<I2Q", len(sizes), *sizes)
        yield struct.pack("<IQ", _TENSOR_FLOAT32, offset)
        offset += len(_aligned(_raw(tensor)))


def _raw(tensor: Matrix) -> bytes:
    return np.ascontiguousarray(tensor, dtype="<f4").tobytes()


def _text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def _value(value: str | float) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", _STRING) + _text(value)
    return struct.pack("<If", _FLOAT32, value)


def _aligned(raw: bytes) -> bytes:
    return raw + b"\0" * (-len(raw) % _ALIGNMENT)


def permuted_rows(up: Matrix, heads: int) -> Matrix:
    """Return the rows of B for queries or keys as files of the architecture `llama` hold them."""
    halves = up.reshape(heads, 2, up.shape[0] // heads // 2, up.shape[1])
    return halves.swapaxes(1, 2).reshape(up.shape)
