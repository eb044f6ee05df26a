"""Reading GGUF files that nobody vouches for."""

import struct
from pathlib import Path

import pytest
from gguf import GGUFReader
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.models.gguf_reader import InvalidGguf, read_gguf, tensor_bytes

from .tiny_llama import write_adapter, write_llama


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_llama(tmp_path_factory.mktemp("tiny") / "model.gguf")


@pytest.fixture(scope="module")
def adapter(base: Path) -> bytes:
    return write_adapter(base, 1, rank=2)


def test_it_reads_what_the_reference_reader_reads(base: Path) -> None:
    raw = base.read_bytes()
    ours, theirs = read_gguf(raw), GGUFReader(base)
    assert ours.metadata["general.architecture"] == "llama"
    assert ours.metadata["llama.block_count"] == 2
    assert ours.metadata["tokenizer.ggml.tokens"] == 257  # of an array, its length
    assert len(ours.tensors) == len(theirs.tensors)
    for tensor in theirs.tensors:
        found = ours.tensors[tensor.name]
        assert found.shape == tuple(tensor.shape.tolist())
        assert found.offset == tensor.data_offset
        assert tensor_bytes(raw, found) == tensor.data.tobytes()


@given(data=st.data())
@settings(max_examples=150)
def test_damaged_files_are_read_or_refused_and_nothing_else(
    data: st.DataObject, adapter: bytes
) -> None:
    raw = bytearray(adapter)
    head = read_gguf(adapter).data_start
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, head - 8))
        new = data.draw(st.one_of(st.binary(min_size=1, max_size=8), st.sampled_from(HOSTILE)))
        raw[place : place + len(new)] = new
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))]) if data.draw(st.booleans()) else raw
    try:
        found = read_gguf(bytes(cut))
    except InvalidGguf:
        return
    for tensor in found.tensors.values():
        if tensor.kind == 0:
            assert tensor.offset + len(tensor_bytes(cut, tensor)) <= len(cut)


HOSTILE = [struct.pack("<Q", value) for value in (0, 1, 2**31, 2**32, 2**62, 2**63, 2**64 - 1)]


@given(st.binary(max_size=200))
def test_garbage_is_refused(garbage: bytes) -> None:
    with pytest.raises(InvalidGguf):
        read_gguf(garbage)


@given(missing=st.integers(0, 400))
@settings(max_examples=60)
def test_every_cut_is_noticed(adapter: bytes, missing: int) -> None:
    cut = adapter[: (len(adapter) * missing) // 401]
    with pytest.raises(InvalidGguf):
        read_gguf(cut)


def file(fields: bytes, tensors: bytes = b"", counts: tuple[int, int] = (0, 1)) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, *counts) + fields + tensors


def text(value: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(value) if length is None else length) + value


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"GGUF" + struct.pack("<I", 1), "version"),
        (file(b"", counts=(2**63, 0)), "too many"),
        (file(b"", counts=(0, 2**40)), "too many"),
        (file(text(b"a", 2**63)), "too long"),
        (file(text(b"\xff") + struct.pack("<II", 4, 1)), "UTF-8"),
        (file(text(b"a") + struct.pack("<I", 99)), "unknown type"),
        (file(text(b"a") + struct.pack("<IIQ", 9, 9, 1)), "unknown type"),  # array of arrays
        (file(text(b"a") + struct.pack("<IIQ", 9, 0, 2**62)), "cut short"),
        (file(text(b"a") + struct.pack("<IIQ", 9, 8, 2**62)), "cut short"),
        (file(2 * (text(b"a") + struct.pack("<II", 4, 1)), counts=(0, 2)), "same name"),
        (file(text(b"general.alignment") + struct.pack("<II", 4, 3)), "alignment"),
        (file(text(b"general.alignment") + struct.pack("<II", 4, 0)), "alignment"),
        (file(b"", text(b"t") + struct.pack("<I", 0), (1, 0)), "shape"),
        (file(b"", text(b"t") + struct.pack("<IQIQ", 1, 0, 0, 0), (1, 0)), "shape"),
        (file(b"", text(b"t") + struct.pack("<I2QIQ", 2, 2**40, 2**40, 0, 0), (1, 0)), "shape"),
        (file(b"", text(b"t") + struct.pack("<IQIQ", 1, 4, 0, 32), (1, 0)), "where they should"),
        (file(b"", text(b"t") + struct.pack("<IQIQ", 1, 4, 0, 0), (1, 0)), "cut short"),
        (file(b"", text(b"t") + struct.pack("<IQIQ", 1, 4, 2, 2**50), (1, 0)), "where they"),
    ],
)
def test_each_fault_has_its_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(InvalidGguf, match=reason):
        read_gguf(raw)
