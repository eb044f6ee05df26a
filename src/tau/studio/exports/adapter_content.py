"""What is in an adapter of llama.cpp (a LoRA as GGUF), and in which order its rows stand.

llama.cpp keeps the rows of the query and key matrices of the architecture `llama` in another order
than the weights they come from: pairs that are rotated together stand side by side. Knows nothing
of where adapters are stored.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tau.errors import BadInput
from tau.models.gguf_reader import F16, F32, InvalidGguf, read_gguf, tensor_bytes

Matrix = npt.NDArray[np.float32]
_TYPES: dict[int, Any] = {F32: np.dtype("<f4"), F16: np.dtype("<f2")}
_A, _B = ".lora_a", ".lora_b"


class AdapterPair(NamedTuple):
    """The two matrices that change one of the base's: it becomes `W + scale * b @ a`."""

    a: Matrix
    """(rank, inputs)"""
    b: Matrix
    """(outputs, rank)"""


class AdapterContent(NamedTuple):
    """An adapter, read."""

    architecture: str
    alpha: float
    pairs: dict[str, AdapterPair]
    """By the name of the base's tensor, such as `blk.0.attn_q.weight`."""

    @property
    def rank(self) -> int:
        """The rank that all its matrices have. Raises `BadInput` if they differ."""
        ranks = {len(each.a) for each in self.pairs.values()}
        if len(ranks) != 1:
            raise BadInput("The matrices of this adapter have different ranks.")
        return ranks.pop()

    @property
    def scale(self) -> float:
        """What the product of the matrices is multiplied by."""
        return self.alpha / self.rank


def read_adapter(raw: bytes) -> AdapterContent:
    """Return what is in an adapter. Raises `BadInput` if it isn't one."""
    try:
        file = read_gguf(raw)
    except InvalidGguf as error:
        raise BadInput(f"The adapter can't be read: {error}.") from None
    matrices: dict[str, Matrix] = {}
    for name, tensor in file.tensors.items():
        if tensor.kind not in _TYPES or len(tensor.shape) != 2:
            raise BadInput("The adapter has values of a type that can't be exported.")
        flat = np.frombuffer(tensor_bytes(raw, tensor), _TYPES[tensor.kind])
        matrices[name] = flat.reshape(tensor.shape[::-1]).astype(np.float32)
    names = sorted(name.removesuffix(_A) for name in matrices if name.endswith(_A))
    if not names or any(name + _B not in matrices for name in names):
        raise BadInput("The adapter isn't whole.")
    return AdapterContent(
        architecture=str(file.metadata.get("general.architecture", "")),
        alpha=float(file.metadata.get("adapter.lora.alpha", 0.0)),
        pairs={name: AdapterPair(matrices[name + _A], matrices[name + _B]) for name in names},
    )


def unpermuted(rows: Matrix, heads: int) -> Matrix:
    """Return the rows of a query or key matrix in the order they have outside of llama.cpp."""
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, half, 2, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)
