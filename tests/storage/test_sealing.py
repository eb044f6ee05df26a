"""What is sealed for a place opens there, unaltered, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.storage.sealing import SecretBox, UnsealError, entry_place, new_key, snapshot_place

KEY = bytes(range(32))
BOX = SecretBox(KEY)


@given(st.binary(max_size=4000), st.integers(0, 2**40), st.booleans())
def test_what_is_sealed_opens_again(plain: bytes, seq: int, compress: bool) -> None:
    place = entry_place("ada", seq)
    assert BOX.open(BOX.seal(plain, place, compress=compress), place) == plain


@given(st.binary(min_size=1, max_size=200), st.data())
def test_any_altered_byte_is_noticed(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(BOX.seal(plain, "here"))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(UnsealError):
        BOX.open(bytes(sealed), "here")


@given(st.binary(max_size=200), st.data())
def test_any_cut_is_noticed(plain: bytes, data: st.DataObject) -> None:
    sealed = BOX.seal(plain, "here")
    with pytest.raises(UnsealError):
        BOX.open(sealed[: data.draw(st.integers(0, len(sealed) - 1))], "here")


@pytest.mark.parametrize(
    "elsewhere", [entry_place("ada", 2), entry_place("bob", 1), snapshot_place("ada", "words", 1)]
)
def test_moved_bytes_do_not_open(elsewhere: str) -> None:
    with pytest.raises(UnsealError, match="moved"):
        BOX.open(BOX.seal(b"words", entry_place("ada", 1)), elsewhere)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(UnsealError):
        SecretBox(new_key()).open(BOX.seal(b"words", "here"), "here")


def test_the_same_words_never_look_the_same() -> None:
    assert BOX.seal(b"words", "here") != BOX.seal(b"words", "here")


def test_long_words_are_compressed() -> None:
    assert len(BOX.seal(b"words " * 1000, "here")) < 200


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        SecretBox(b"short")
