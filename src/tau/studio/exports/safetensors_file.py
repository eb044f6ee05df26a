"""Writer of safetensors files: the length of a JSON header, the header, and the tensors' bytes.

Format: https://github.com/huggingface/safetensors (read by `tau.models.bert_gguf`).
"""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

_ALIGNMENT = 8
_TYPES = {"float32": "F32", "float16": "F16"}


def safetensors_bytes(
    tensors: Mapping[str, npt.NDArray[Any]], metadata: Mapping[str, str] | None = None
) -> bytes:
    """Return a safetensors file with these tensors, the same for the same tensors."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    parts: list[bytes] = []
    at = 0
    for name in sorted(tensors):
        tensor = np.ascontiguousarray(tensors[name])
        raw = tensor.astype(tensor.dtype.newbyteorder("<"), copy=False).tobytes()
        header[name] = {
            "dtype": _TYPES[tensor.dtype.name],
            "shape": list(tensor.shape),
            "data_offsets": [at, at + len(raw)],
        }
        parts.append(raw)
        at += len(raw)
    written = msgspec.json.encode(header)
    written += b" " * (-len(written) % _ALIGNMENT)
    return len(written).to_bytes(8, "little") + written + b"".join(parts)
