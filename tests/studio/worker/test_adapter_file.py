"""Adapters as GGUF files."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tau.models.gguf_reader import read_gguf, tensor_bytes
from tau.studio.worker.adapter_file import permuted_rows, write_adapter

NAMES = st.lists(st.text("abc.", min_size=1, max_size=9), unique=True, max_size=5)


@given(NAMES, st.integers(1, 5), st.integers(1, 7), st.text(max_size=20))
def test_what_is_written_is_read(names: list[str], rank: int, width: int, text: str) -> None:
    random = np.random.default_rng(1)
    tensors = {name: random.normal(size=(rank, width)).astype(np.float32) for name in names}
    raw = write_adapter(tensors, "llama", 32.0, {"tau.base.sha256": text})
    held = read_gguf(raw)
    assert held.metadata["general.type"] == "adapter"
    assert held.metadata["general.architecture"] == "llama"
    assert held.metadata["adapter.lora.alpha"] == 32.0
    assert held.metadata["tau.base.sha256"] == text
    assert list(held.tensors) == names
    for name, values in tensors.items():
        assert held.tensors[name].shape == (width, rank)
        found = np.frombuffer(tensor_bytes(raw, held.tensors[name]), np.float32)
        assert found.reshape(rank, width).tolist() == values.tolist()


def test_rows_are_reordered_as_llama_cpp_converts_weights() -> None:
    """It interleaves the halves of each head: row `half * d/2 + i` becomes row `2 i + half`."""
    heads, half, rank = 3, 4, 2
    rows = np.arange(heads * 2 * half * rank, dtype=np.float32).reshape(-1, rank)
    found = permuted_rows(rows, heads)
    for head in range(heads):
        for place in range(half):
            for side in range(2):
                begin = head * 2 * half
                expected = rows[begin + side * half + place]
                assert found[begin + 2 * place + side].tolist() == expected.tolist()
