"""Tiny models of random weights that llama.cpp can chat with, and adapters for them and real ones.

Their tokens are bytes, so that they need no vocabulary from elsewhere.
"""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from gguf import GGUFWriter

from tau.models.adapter_check import read_base

WIDTH, HIDDEN, LAYERS, HEADS = 32, 64, 2, 4
END = "<|im_end|>"
_TEMPLATE = (
    "{% for message in messages %}{{ message['role'] + ':' + message['content'] + '<|im_end|>' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}"
)


def write_llama(path: Path, seed: int = 0) -> Path:
    """Write a tiny llama with random weights."""
    random = np.random.default_rng(seed)
    writer = GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_context_length(512)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    tokens = [*_byte_tokens(), END]
    _write_tokenizer(writer, tokens)
    for name, shape in _shapes(len(tokens)).items():
        is_norm = name.endswith("norm.weight")
        values = np.ones(shape) if is_norm else random.standard_normal(shape) / shape[-1] ** 0.5
        if name == "output.weight":  # so that it answers in printable ASCII
            values[: ord(" ")], values[ord("~") + 1 :] = 0, 0
        writer.add_tensor(name, values.astype(np.float32))
    _write(writer)
    return path


def write_adapter(
    base: Path, seed: int = 0, strength: float = 1.0, rank: int = 4, **fields: Any
) -> bytes:
    """Return an adapter of random weights for a base; `fields` replace or remove (None) others."""
    random = np.random.default_rng(seed)
    facts = read_base(base)
    metadata = {
        "general.type": "adapter",
        "adapter.type": "lora",
        "adapter.lora.alpha": float(rank),
        "tau.base.sha256": facts.sha256,
    } | {name.replace("__", "."): value for name, value in fields.items()}
    tensors = {}
    for name, shape in facts.shapes.items():
        if name.startswith("blk.") and len(shape) == 2:
            inputs, outputs = shape
            down = random.standard_normal((rank, inputs)) / inputs**0.5
            up = strength * random.standard_normal((outputs, rank)) / rank**0.5
            tensors |= {f"{name}.lora_a": down, f"{name}.lora_b": up}
    return adapter_bytes(tensors, metadata)


def adapter_bytes(tensors: dict[str, Any], metadata: dict[str, Any]) -> bytes:
    """Return a GGUF file with these tensors and fields."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "adapter.gguf"
        architecture = metadata.get("general.architecture", "llama")
        writer = GGUFWriter(path, architecture)
        for name, value in metadata.items():
            if isinstance(value, float):
                writer.add_float32(name, value)
            elif value is not None and name != "general.architecture":
                writer.add_string(name, value)
        for name, tensor in tensors.items():
            is_stored = tensor.dtype in (np.float16, np.float32)
            writer.add_tensor(name, tensor if is_stored else tensor.astype(np.float32))
        _write(writer)
        return path.read_bytes()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _shapes(vocabulary: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (vocabulary, WIDTH),
        "output_norm.weight": (WIDTH,),
        "output.weight": (vocabulary, WIDTH),
    }
    for layer in range(LAYERS):
        names = {
            **{f"attn_{part}.weight": (WIDTH, WIDTH) for part in ("q", "k", "v", "output")},
            **{f"{part}_norm.weight": (WIDTH,) for part in ("attn", "ffn")},
            **{f"ffn_{part}.weight": (HIDDEN, WIDTH) for part in ("gate", "up")},
            "ffn_down.weight": (WIDTH, HIDDEN),
        }
        shapes |= {f"blk.{layer}.{name}": shape for name, shape in names.items()}
    return shapes


def _byte_tokens() -> list[str]:
    """Return the 256 bytes, in order, as byte-level BPE (GPT-2) writes them."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(byte if byte in plain else next(others)) for byte in range(256)]


def _write_tokenizer(writer: GGUFWriter, tokens: list[str]) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token == END else 1 for token in tokens])  # control, normal
    writer.add_token_merges(["z z"])
    writer.add_eos_token_id(tokens.index(END))
    writer.add_add_bos_token(False)
    writer.add_chat_template(_TEMPLATE)


def _write(writer: GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
