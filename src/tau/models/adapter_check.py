"""Check of an adapter (LoRA) in GGUF before llama.cpp sees it.

llama.cpp says nothing about why it refuses a file, and loads some that it can't use well: with
values that aren't numbers, or trained on another version of its base. See docs/studio-serving.md.
"""

import hashlib
import mmap
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tau.models.errors import InvalidAdapter
from tau.models.gguf_reader import (
    ELEMENT_BYTES,
    F16,
    F32,
    Buffer,
    GgufFile,
    GgufTensor,
    InvalidGguf,
    read_gguf,
    tensor_bytes,
)

BASE_SHA256 = "tau.base.sha256"
"""Field of an adapter that names the base it was trained on."""
LARGEST_RANK = 1024
_MOST_SCALE = 1000.0
"""Of `alpha / rank`, by which llama.cpp multiplies; usual is about 2."""
_ACTIVATED = "adapter.alora."
"""Fields of adapters that are only applied after certain words; Tau always applies all of one."""
_PARTS = (".lora_a", ".lora_b")


class BaseFacts(msgspec.Struct, frozen=True):
    """What an adapter must agree with: a base's architecture, its matrices, and its hash."""

    architecture: str
    shapes: dict[str, tuple[int, ...]]
    sha256: str


def read_base(path: Path) -> BaseFacts:
    """Return the facts about a base's file. Reads all of it. Raises `InvalidAdapter`, `OSError`."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        described = _read(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    shapes = {name: tensor.shape for name, tensor in described.tensors.items()}
    return BaseFacts(str(described.metadata.get("general.architecture")), shapes, sha256)


def check_adapter(raw: Buffer, base: BaseFacts) -> None:
    """Check that llama.cpp can apply an adapter to a base. Raises `InvalidAdapter`."""
    described = _read(raw)
    _check_description(described.metadata, base)
    targets = {_target(name) for name in described.tensors}
    if not targets:
        raise InvalidAdapter("it holds nothing")
    for target in sorted(targets):
        pair = [described.tensors.get(target + part) for part in _PARTS]
        _check_pair(pair[0], pair[1], base.shapes.get(target))
    for tensor in described.tensors.values():
        if not _is_finite(raw, tensor):
            raise InvalidAdapter("some of its values aren't numbers")


def _read(raw: Buffer) -> GgufFile:
    try:
        return read_gguf(raw)
    except InvalidGguf as error:
        raise InvalidAdapter(str(error)) from None


def _check_description(metadata: dict[str, Any], base: BaseFacts) -> None:
    if metadata.get("general.type") != "adapter" or metadata.get("adapter.type") != "lora":
        raise InvalidAdapter("it isn't an adapter (LoRA)")
    if metadata.get("general.architecture") != base.architecture:
        raise InvalidAdapter("it's for a model of another architecture")
    trained_on = metadata.get(BASE_SHA256)
    if trained_on != base.sha256:
        unnamed = trained_on is None
        raise InvalidAdapter(
            "it doesn't say which base it was trained on"
            if unnamed
            else "it was trained on another version of its base"
        )
    alpha = metadata.get("adapter.lora.alpha")
    if not isinstance(alpha, float) or not 0 < alpha <= _MOST_SCALE * LARGEST_RANK:
        raise InvalidAdapter("its strength (alpha) makes no sense")
    if any(name.startswith(_ACTIVATED) for name in metadata):
        raise InvalidAdapter("it would only be applied after certain words")


def _target(name: str) -> str:
    """Return the matrix of the base that a tensor of an adapter changes."""
    for part in _PARTS:
        if name.endswith(part):
            return name.removesuffix(part)
    raise InvalidAdapter("it holds something that isn't part of an adapter")


def _check_pair(
    first: GgufTensor | None, second: GgufTensor | None, shape: tuple[int, ...] | None
) -> None:
    """Check the two matrices that replace one of the base: (inputs, rank) and (rank, outputs)."""
    if shape is None or len(shape) != 2:
        raise InvalidAdapter("it changes a part that its base doesn't have")
    if first is None or second is None:
        raise InvalidAdapter("half of a pair of its matrices is missing")
    rank = first.shape[-1]
    if first.shape != (shape[0], rank) or second.shape != (rank, shape[1]):
        raise InvalidAdapter("its matrices don't have the shapes of its base")
    if not 1 <= rank <= min(LARGEST_RANK, *shape):
        raise InvalidAdapter("the rank of its matrices makes no sense")
    if not {first.kind, second.kind} <= ELEMENT_BYTES.keys():
        raise InvalidAdapter("its values have a type that adapters don't have here")


def _is_finite(raw: Buffer, tensor: GgufTensor) -> bool:
    stored = tensor_bytes(raw, tensor)
    if tensor.kind == F32:
        return bool(np.isfinite(np.frombuffer(stored, "<f4")).all())
    if tensor.kind == F16:
        return bool(np.isfinite(np.frombuffer(stored, "<f2")).all())
    exponents = np.frombuffer(stored, "<u2") & 0x7F80  # BF16: all ones is infinite or no number
    return bool((exponents != 0x7F80).all())
