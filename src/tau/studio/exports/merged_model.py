"""Export of a whole model: the base with the adapter added to it, as one GGUF file.

Matrices that the adapter changes are dequantised, changed and stored as 16-bit floats; all others
stay as they are, byte for byte. So the file is larger than base and adapter together, and needs no
support for adapters.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tau.errors import BadInput
from tau.studio.exports.adapter_content import AdapterContent
from tau.studio.exports.peft_files import BaseHeads

if TYPE_CHECKING:
    from gguf import GGUFReader, GGUFWriter

_WRITTEN_BY_THE_WRITER = ("GGUF.", "general.architecture", "general.file_type")


def base_heads(base: Path) -> BaseHeads:
    """Return how many attention heads a base has."""
    from gguf import GGUFReader

    reader = GGUFReader(base)
    architecture = _field(reader, "general.architecture")
    queries = int(_field(reader, f"{architecture}.attention.head_count"))
    keys = reader.get_field(f"{architecture}.attention.head_count_kv")
    return BaseHeads(queries, int(keys.contents()) if keys else queries)


def write_merged(base: Path, adapter: AdapterContent, target: Path, name: str) -> None:
    """Write the model. Raises `BadInput` if the adapter isn't for this base."""
    from gguf import GGUFReader, GGUFWriter, LlamaFileType

    reader = GGUFReader(base)
    if missing := adapter.pairs.keys() - {each.name for each in reader.tensors}:
        raise BadInput(f"The base has no part {sorted(missing)[0]}, which the adapter changes.")
    writer = GGUFWriter(target, str(_field(reader, "general.architecture")))
    try:
        writer.add_file_type(LlamaFileType.MOSTLY_F16)
        _copy_fields(reader, writer, name)
        for tensor in reader.tensors:
            _describe(writer, tensor, is_changed=tensor.name in adapter.pairs)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for tensor in reader.tensors:
            writer.write_tensor_data(_values(tensor, adapter))
    finally:
        writer.close()


def _field(reader: "GGUFReader", name: str) -> Any:
    found = reader.get_field(name)
    if found is None:
        raise BadInput(f"The base says nothing about {name}.")
    return found.contents()


def _copy_fields(reader: "GGUFReader", writer: "GGUFWriter", name: str) -> None:
    from gguf import GGUFValueType

    writer.add_name(name)
    for field in reader.fields.values():
        if field.name.startswith(_WRITTEN_BY_THE_WRITER) or field.name == "general.name":
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, inner)


def _describe(writer: "GGUFWriter", tensor: Any, *, is_changed: bool) -> None:
    if is_changed:
        shape = [int(each) for each in reversed(tensor.shape)]
        size = int(np.prod(shape)) * 2
        writer.add_tensor_info(tensor.name, shape, np.dtype(np.float16), size)
        return
    writer.add_tensor_info(
        tensor.name, tensor.data.shape, tensor.data.dtype, tensor.data.nbytes, tensor.tensor_type
    )


def _values(tensor: Any, adapter: AdapterContent) -> npt.NDArray[Any]:
    from gguf import dequantize

    pair = adapter.pairs.get(tensor.name)
    if pair is None:
        unchanged: npt.NDArray[Any] = tensor.data
        return unchanged
    weights: npt.NDArray[np.float32] = dequantize(tensor.data, tensor.tensor_type)
    change = adapter.scale * (pair.b @ pair.a)
    if weights.shape != change.shape:
        raise BadInput(f"The adapter's {tensor.name} has another shape than the base's.")
    return (weights + change).astype(np.float16)
