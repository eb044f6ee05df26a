"""The packed multilingual embedder becomes a GGUF with the same weights, word for word."""

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.models.engine import LocalEngine
from tau.models.packed_e5 import convert_packed, gguf_name, read_packed
from tau.models.types import ModelInfo
from tau.settings import Settings

from . import packed


def converted(folder: Path) -> Path:
    (folder / "packed.bin").write_bytes(packed.packed())
    convert_packed(folder / "packed.bin", folder / "model.gguf", "tiny")
    return folder / "model.gguf"


def test_every_weight_is_copied_without_loss(tmp_path: Path) -> None:
    from gguf import GGUFReader
    from gguf.quants import dequantize

    reader = GGUFReader(converted(tmp_path))
    written = {tensor.name: tensor for tensor in reader.tensors}
    held = packed.tensors()
    held["emb.word"] = held["emb.word"][: len(packed.PIECES)]
    assert written.keys() == {gguf_name(name) for name in held}
    for name, tensor in held.items():
        found = written[gguf_name(name)]
        if tensor.dtype == np.uint8:
            assert np.array_equal(dequantize(found.data, found.tensor_type), _weights(tensor)), name
        else:
            assert np.array_equal(found.data, tensor), name


def _weights(blocks: packed.Blocks) -> np.ndarray:  # type: ignore[type-arg]
    each = blocks.reshape(len(blocks), -1, 18)
    scale = each[:, :, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([each[:, :, 2:] & 15, each[:, :, 2:] >> 4], axis=2)
    return ((halves.astype(np.float32) - 8) * scale).reshape(len(blocks), -1)


@pytest.mark.anyio
async def test_llama_cpp_reads_a_text_in_all_its_spellings_alike(tmp_path: Path) -> None:
    info = ModelInfo(name="tiny", origin="pack", capabilities=frozenset({"embed"}))
    engine = LocalEngine(Settings(home=tmp_path, threads=1))
    try:
        async with engine.loaded(info, converted(tmp_path), "embed") as model:
            same = await model.embed(["the cat", "  the   cat ", "the\ncat", "the ｃAt\x7f"])
            other = await model.embed(["the 猫"])
            accents = await model.embed(["cé", "ce\N{COMBINING ACUTE ACCENT}"])
    finally:
        await engine.close()
    assert np.allclose(same @ same[0], 1, atol=1e-4)
    assert other @ same[0] < 0.999
    assert accents[0] @ accents[1] == pytest.approx(1, abs=1e-4)


@given(st.integers(0, 2_000), st.binary(max_size=4))
def test_what_is_no_packed_model_is_said_to_be_none(cut: int, more: bytes) -> None:
    whole = packed.packed()
    for damaged in (more, whole[:cut] + more, b"E5S2" + whole[4:], whole[:-1]):
        with pytest.raises(ValueError, match="packed model is damaged"):
            read_packed(damaged)


def test_a_special_piece_outside_the_vocabulary_is_refused() -> None:
    whole = bytearray(packed.packed())
    start = whole.index(struct.pack("<4i", len(packed.PIECES), 0, 2, 1)) + 4
    for place in range(4):
        for role in (-1, len(packed.PIECES)):
            damaged = bytearray(whole)
            struct.pack_into("<i", damaged, start + 4 * place, role)
            with pytest.raises(ValueError, match="special piece"):
                read_packed(bytes(damaged))
