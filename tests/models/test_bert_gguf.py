"""A BERT becomes a GGUF with which llama.cpp computes the very same vectors."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.models.bert_gguf import convert, read_safetensors, stored_token
from tau.models.engine import LocalEngine
from tau.models.types import ModelInfo
from tau.settings import Settings

from . import bert

TEXTS = ["the cat sat", "cats running!", "abc", "q z x the", "the the the the the the"]


def converted(folder: Path, tensors: dict[str, Any]) -> Path:
    weights, config, words = bert.write_model(folder, tensors)
    convert(weights, config, words, folder / "model.gguf", "tiny")
    return folder / "model.gguf"


@pytest.mark.anyio
async def test_llama_cpp_agrees_with_the_reference(tmp_path: Path) -> None:
    tensors = bert.tiny_tensors()
    path = converted(tmp_path, tensors)
    info = ModelInfo(name="tiny", origin="pack", capabilities=frozenset({"embed"}))
    engine = LocalEngine(Settings(home=tmp_path, threads=1))
    try:
        async with engine.loaded(info, path, "embed") as model:
            vectors = await model.embed(TEXTS)
    finally:
        await engine.close()
    for text, vector in zip(TEXTS, vectors, strict=True):
        tokens = bert.word_pieces(text.replace("!", " !"), bert.WORDS)
        reference = bert.embed(tensors, tokens, bert.CONFIG["num_attention_heads"])  # type: ignore[arg-type]
        assert vector @ reference > 0.99999, text


def test_tensors_are_read_as_they_were_written(tmp_path: Path) -> None:
    written = bert.tiny_tensors()
    half = written["pooler.dense.weight"].astype(np.float16)
    weights, _, _ = bert.write_model(tmp_path, {**written, "half": half})
    read = read_safetensors(weights)
    assert read.keys() == {*written, "half"}
    assert np.array_equal(read["half"], half)
    for name, tensor in written.items():
        if tensor.dtype == np.float32:
            assert np.array_equal(read[name], tensor)


@given(st.binary(min_size=1, max_size=200))
def test_what_is_no_safetensors_file_is_said_to_be_none(data: bytes) -> None:
    path = Path("/dev/shm") / "tau-test.safetensors"
    path = path if path.parent.exists() else Path("tau-test.safetensors")
    try:
        path.write_bytes(data)
        with pytest.raises(ValueError):  # noqa: PT011 - msgspec's and ours have many words
            read_safetensors(path)["x"]
    except KeyError:  # an empty header is a file without tensors
        pass
    finally:
        path.unlink()


def test_a_file_cut_short_is_not_converted(tmp_path: Path) -> None:
    weights, config, words = bert.write_model(tmp_path, bert.tiny_tensors())
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ValueError, match="cut short"):
        convert(weights, config, words, tmp_path / "out.gguf", "tiny")


def test_tensors_of_another_architecture_are_not_converted(tmp_path: Path) -> None:
    for name in ("transformer.h.0.attn.weight", "encoder.layer.0.attention.rotary.weight"):
        tensors = {name: np.zeros((2, 2), dtype=np.float32)}
        weights, config, words = bert.write_model(tmp_path, tensors)
        with pytest.raises(ValueError, match="not one of a BERT's"):
            convert(weights, config, words, tmp_path / "out.gguf", "tiny")


def test_tokens_are_stored_as_llama_cpp_wants_them() -> None:
    assert stored_token("[CLS]") == "[CLS]"
    assert stored_token("cat") == "▁cat"
    assert stored_token("##ing") == "ing"
    assert stored_token("[") == "▁["
