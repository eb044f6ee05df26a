"""Writes a packed model as `tau.models.packed_e5` reads it, small enough for tests."""

import struct
from typing import Any

import numpy as np
import numpy.typing as npt

PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "▁the",
    "▁cat",
    "▁",
    "c",
    "a",
    "t",
    "s",
    "猫",
    "é",
    "<mask>",
]
SCORES = [0.0, 0.0, 0.0, 0.0, -2.0, -3.0, -4.0, -6.0, -6.1, -6.2, -6.3, -7.0, -7.5, 0.0]
REPLACED = {0x41: [0x61], 0x0A: [0x20], 0x7F: [], 0xFB01: [0x66, 0x69], 0xFF43: [0x63]}
HIDDEN, INNER, LAYERS, HEADS, POSITIONS, TYPES = 32, 64, 1, 4, 64, 2
PADDING_ROWS = 2
Blocks = npt.NDArray[np.uint8]


def blocks(rows: int, columns: int, seed: int) -> Blocks:
    """Return a matrix of 4-bit blocks: a 16-bit scale and 32 halves of a byte each."""
    random = np.random.default_rng(seed)
    made = random.integers(0, 256, (rows, columns // 32, 18), dtype=np.uint8)
    scales = random.uniform(0.02, 0.1, (rows, columns // 32, 1)).astype("<f2")
    made[:, :, :2] = scales.view(np.uint8)
    return made.reshape(rows, -1)


def tensors() -> dict[str, npt.NDArray[Any]]:
    """Return the tensors of a tiny model by their packed names."""
    random = np.random.default_rng(3)

    def floats(*shape: int) -> npt.NDArray[np.float32]:
        return random.normal(size=shape).astype(np.float32)

    made: dict[str, npt.NDArray[Any]] = {
        "emb.word": blocks(len(PIECES) + PADDING_ROWS, HIDDEN, 1),
        "emb.pos": floats(POSITIONS, HIDDEN),
        "emb.type": floats(TYPES, HIDDEN),
        "emb.ln.w": floats(HIDDEN),
        "emb.ln.b": floats(HIDDEN),
    }
    for number, part in enumerate(("q", "k", "v", "ao", "fi", "fo")):
        rows, columns = {"fi": (INNER, HIDDEN), "fo": (HIDDEN, INNER)}.get(part, (HIDDEN, HIDDEN))
        made[f"l0.{part}.w"] = blocks(rows, columns, number + 2)
        made[f"l0.{part}.b"] = floats(rows)
    for part in ("aln", "oln"):
        made[f"l0.{part}.w"], made[f"l0.{part}.b"] = floats(HIDDEN), floats(HIDDEN)
    return made


def packed(held: dict[str, npt.NDArray[Any]] | None = None) -> bytes:
    """Return the file."""
    held = tensors() if held is None else held
    words = len(PIECES) + PADDING_ROWS
    shape = (HIDDEN, LAYERS, HEADS, INNER, words, POSITIONS, TYPES, 1e-12, 32)
    head = b"E5S1" + struct.pack("<I7ifi", 1, *shape) + _vocabulary()
    directory_bytes = 4 + sum(2 + len(name) + 21 for name in held)
    offset = len(head) + directory_bytes
    directory, body = struct.pack("<i", len(held)), b""
    for name, tensor in held.items():
        is_blocks = tensor.dtype == np.uint8
        count = tensor.size // 18 * 32 if is_blocks else tensor.size
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", int(is_blocks), count, offset + len(body), tensor.nbytes)
        body += tensor.tobytes()
    return head + directory + body


def _vocabulary() -> bytes:
    texts = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, texts)]).tolist()
    made = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, texts)))
    made += struct.pack(f"<{len(offsets)}I", *offsets) + struct.pack(f"<{len(SCORES)}f", *SCORES)
    replaced = b"".join(
        struct.pack(f"<IB{len(by)}I", letter, len(by), *by) for letter, by in REPLACED.items()
    )
    return made + b"".join(texts) + struct.pack("<iI", len(REPLACED), len(replaced)) + replaced
