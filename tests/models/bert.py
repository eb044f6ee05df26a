"""A BERT small enough for tests, and a reference that computes its embeddings with numpy.

The reference follows Devlin et al., BERT (2018), with mean pooling over all tokens, as
sentence-transformers does for all-MiniLM-L6-v2.
"""

import math
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz", "!", "."]
WORDS += ["the", "cat", "sat", "##s", "##ing", "run", "##ning", "猫", "##a", "##b", "##c"]
CONFIG = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 128,
    "layer_norm_eps": 1e-12,
    "type_vocab_size": 2,
}
_LAYER = {
    "attention.self.query": (32, 32),
    "attention.self.key": (32, 32),
    "attention.self.value": (32, 32),
    "attention.output.dense": (32, 32),
    "intermediate.dense": (64, 32),
    "output.dense": (32, 64),
}


def tiny_tensors(seed: int = 7) -> dict[str, Array]:
    random = np.random.default_rng(seed)

    def some(*shape: int, scale: float = 0.3) -> Array:
        return (random.standard_normal(shape) * scale).astype(np.float32)

    tensors = {
        "embeddings.position_ids": np.arange(128, dtype=np.int64)[None],
        "embeddings.word_embeddings.weight": some(len(WORDS), 32, scale=1),
        "embeddings.position_embeddings.weight": some(128, 32),
        "embeddings.token_type_embeddings.weight": some(2, 32),
        "embeddings.LayerNorm.weight": 1 + some(32),
        "embeddings.LayerNorm.bias": some(32),
        "pooler.dense.weight": some(32, 32),
        "pooler.dense.bias": some(32),
    }
    for layer in range(2):
        start = f"encoder.layer.{layer}."
        for name, shape in _LAYER.items():
            tensors[f"{start}{name}.weight"] = some(*shape)
            tensors[f"{start}{name}.bias"] = some(shape[0])
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            tensors[f"{start}{name}.weight"] = 1 + some(32)
            tensors[f"{start}{name}.bias"] = some(32)
    return tensors


def write_model(folder: Path, tensors: dict[str, Array]) -> tuple[Path, Path, Path]:
    """Write the three files of a model; return the paths of weights, config and vocabulary."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    blob = b""
    for name, tensor in tensors.items():
        kind = {"float32": "F32", "float16": "F16", "int64": "I64"}[str(tensor.dtype)]
        data = tensor.tobytes()
        offsets = [len(blob), len(blob) + len(data)]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": offsets}
        blob += data
    encoded = msgspec.json.encode(header)
    weights, config, words = (folder / n for n in ("w.safetensors", "config.json", "vocab.txt"))
    weights.write_bytes(len(encoded).to_bytes(8, "little") + encoded + blob)
    config.write_bytes(msgspec.json.encode({**CONFIG, "model_type": "bert"}))
    words.write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    return weights, config, words


def word_pieces(text: str, vocabulary: list[str]) -> list[int]:
    """Return the tokens of lower-case ASCII words, with [CLS] and [SEP]: greedy, longest first."""
    known = {token: number for number, token in enumerate(vocabulary)}
    tokens = [known["[CLS]"]]
    for word in text.lower().split():
        pieces: list[int] = []
        start = 0
        while start < len(word):
            end = len(word)
            mark = "##" if start else ""
            while end > start and mark + word[start:end] not in known:
                end -= 1
            if end == start:
                pieces = [known["[UNK]"]]
                break
            pieces.append(known[mark + word[start:end]])
            start = end
        tokens += pieces
    return [*tokens, known["[SEP]"]]


def embed(tensors: dict[str, Array], tokens: list[int], heads: int) -> Array:
    """Return the unit vector of one text: the reference."""
    words, places = "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight"
    x = tensors[words][tokens] + tensors[places][: len(tokens)]
    x = _norm(x + tensors["embeddings.token_type_embeddings.weight"][0], tensors, "embeddings.")
    layer = 0
    while f"encoder.layer.{layer}.output.dense.weight" in tensors:
        x = _layer(x, tensors, f"encoder.layer.{layer}.", heads)
        layer += 1
    mean = x.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


def _layer(x: Array, tensors: dict[str, Array], start: str, heads: int) -> Array:
    def linear(value: Array, name: str) -> Array:
        weight, bias = tensors[f"{start}{name}.weight"], tensors[f"{start}{name}.bias"]
        return np.asarray(value @ weight.T + bias)

    def split(name: str) -> Array:
        return linear(x, f"attention.self.{name}").reshape(len(x), heads, -1).swapaxes(0, 1)

    query, key, value = split("query"), split("key"), split("value")
    scores = query @ key.swapaxes(1, 2) / math.sqrt(query.shape[-1])
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    seen = (weights @ value).swapaxes(0, 1).reshape(len(x), -1)
    x = _norm(x + linear(seen, "attention.output.dense"), tensors, f"{start}attention.output.")
    inner = linear(x, "intermediate.dense")
    gelu = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
    return _norm(x + linear(gelu, "output.dense"), tensors, f"{start}output.")


def _norm(x: Array, tensors: dict[str, Array], start: str) -> Array:
    scaled = (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-12)
    weight, bias = tensors[f"{start}LayerNorm.weight"], tensors[f"{start}LayerNorm.bias"]
    return np.asarray(scaled * weight + bias)
