"""Conversion of a BERT in the Hugging Face layout into a GGUF that llama.cpp embeds with.

It reads `model.safetensors`, `config.json` and the tokenizer (`vocab.txt` of WordPiece, or the
`tokenizer.json` of a unigram tokenizer), and writes one GGUF of architecture `bert` with mean
pooling. The pooler and the position ids are left out: llama.cpp uses neither. WordPiece tokens are
stored as llama.cpp wants them: a word's beginning `x` as `▁x`, its continuation `##x` as `x`.
Matrices are stored as 16-bit floats, everything else as 32-bit ones.

Safetensors format: https://github.com/huggingface/safetensors (8 bytes of header length, little
endian; a JSON header of names, types, shapes and offsets; the tensors' bytes).
"""

import mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt

from tau.models.unigram import read_unigram, write_unigram

if TYPE_CHECKING:
    from gguf import GGUFWriter

_HEADER_LIMIT = 16_000_000  # bytes
_TYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "F64": np.dtype("<f8"),
}
_SPECIAL = {"pad": "[PAD]", "unk": "[UNK]", "bos": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
_LEFT_OUT = ("pooler.", "embeddings.position_ids")
_WORDS = "embeddings.word_embeddings.weight"
_EMBEDDINGS = {
    _WORDS: "token_embd.weight",
    "embeddings.position_embeddings.weight": "position_embd.weight",
    "embeddings.token_type_embeddings.weight": "token_types.weight",
    "embeddings.LayerNorm": "token_embd_norm",
}
_LAYER = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}


class BertConfig(msgspec.Struct):
    """The part of `config.json` that a GGUF needs."""

    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    max_position_embeddings: int
    layer_norm_eps: float
    type_vocab_size: int = 2


class _Tensor(msgspec.Struct):
    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


def convert(weights: Path, config: Path, tokenizer: Path, target: Path, name: str) -> None:
    """Write the GGUF `target`. Raises `ValueError` if an input file is not valid."""
    shape = msgspec.json.decode(config.read_bytes(), type=BertConfig)
    # imported only to convert a pack: it is slow to import
    from gguf import GGUFWriter, LlamaFileType

    writer = GGUFWriter(target, "bert")
    try:
        describe(writer, shape, name, LlamaFileType.MOSTLY_F16)
        tokens = _write_tokenizer(writer, tokenizer)
        for tensor_name, tensor in read_safetensors(weights).items():
            if not tensor_name.startswith(_LEFT_OUT):
                # rows of embeddings without a token are padding
                held = tensor[:tokens] if tensor_name.endswith(_WORDS) else tensor
                writer.add_tensor(_gguf_name(tensor_name), _stored(tensor_name, held))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def read_safetensors(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the tensors of a safetensors file by name, mapped from the file, not copied."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    length = int.from_bytes(mapped[:8], "little")
    if not 2 <= length <= min(_HEADER_LIMIT, len(mapped) - 8):
        raise ValueError("not a safetensors file: its header has no sensible length")
    header = msgspec.json.decode(mapped[8 : 8 + length], type=dict[str, msgspec.Raw])
    header.pop("__metadata__", None)
    start = 8 + length
    return {name: _view(mapped, start, name, raw) for name, raw in header.items()}


def _view(mapped: mmap.mmap, start: int, name: str, raw: msgspec.Raw) -> npt.NDArray[Any]:
    tensor = msgspec.json.decode(raw, type=_Tensor)
    begin, end = tensor.data_offsets
    kind = _TYPES.get(tensor.dtype)
    if kind is None:
        if name.startswith(_LEFT_OUT):
            return np.zeros(0, dtype=np.float32)
        raise ValueError(f"the tensor {name} has the type {tensor.dtype}, which is not converted")
    count = int(np.prod(tensor.shape, dtype=np.int64))
    if end - begin != count * kind.itemsize or start + end > len(mapped):
        raise ValueError(f"the tensor {name} is cut short")
    flat: npt.NDArray[Any] = np.frombuffer(mapped, kind, count, start + begin)
    return flat.reshape(tensor.shape)


def describe(writer: "GGUFWriter", shape: BertConfig, name: str, file_type: int) -> None:
    """Write the shape of a BERT that pools by the mean, and the type of most of its tensors."""
    from gguf import PoolingType

    writer.add_name(name)
    writer.add_file_type(file_type)
    writer.add_context_length(shape.max_position_embeddings)
    writer.add_embedding_length(shape.hidden_size)
    writer.add_feed_forward_length(shape.intermediate_size)
    writer.add_block_count(shape.num_hidden_layers)
    writer.add_head_count(shape.num_attention_heads)
    writer.add_layer_norm_eps(shape.layer_norm_eps)
    writer.add_causal_attention(False)
    writer.add_pooling_type(PoolingType.MEAN)
    writer.add_token_type_count(shape.type_vocab_size)


def _write_tokenizer(writer: "GGUFWriter", tokenizer: Path) -> int:
    """Write the tokenizer; return how many tokens it has."""
    if tokenizer.suffix == ".json":
        vocabulary, charsmap = read_unigram(tokenizer)
        write_unigram(writer, vocabulary, charsmap)
        return len(vocabulary.pieces)
    tokens = tokenizer.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    _write_tokens(writer, tokens)
    return len(tokens)


def _write_tokens(writer: "GGUFWriter", tokens: list[str]) -> None:
    from gguf import TokenType

    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([stored_token(token) for token in tokens])
    special = set(_SPECIAL.values())
    writer.add_token_types(
        [
            TokenType.UNKNOWN
            if token == "[UNK]"  # noqa: S105 - a token of text, no secret
            else TokenType.CONTROL
            if token in special
            else TokenType.NORMAL
            for token in tokens
        ]
    )
    for role, token in _SPECIAL.items():
        if token in tokens:
            getattr(writer, f"add_{role}_token_id")(tokens.index(token))


def stored_token(token: str) -> str:
    """Return a WordPiece token as llama.cpp stores it; `[CLS]` and its like stay."""
    if token.startswith("[") and token.endswith("]") and len(token) > 2:
        return token
    return token[2:] if token.startswith("##") else "\N{LOWER ONE EIGHTH BLOCK}" + token


def _gguf_name(name: str) -> str:
    name = name.removeprefix("bert.")
    for theirs, ours in _EMBEDDINGS.items():
        if name == theirs or name.startswith(theirs + "."):
            return ours + name[len(theirs) :]
    try:
        _, _, layer, rest = name.split(".", 3)
        part, kind = rest.rsplit(".", 1)
        return f"blk.{int(layer)}.{_LAYER[part]}.{kind}"
    except (ValueError, KeyError):
        raise ValueError(f"the tensor {name} is not one of a BERT's") from None


def _stored(name: str, tensor: npt.NDArray[Any]) -> npt.NDArray[Any]:
    is_matrix = tensor.ndim == 2 and not name.endswith(
        ("position_embeddings.weight", "token_type_embeddings.weight")
    )
    return np.ascontiguousarray(tensor, dtype=np.float16 if is_matrix else np.float32)
