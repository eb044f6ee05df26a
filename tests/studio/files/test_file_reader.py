"""A stored file as a stream that can be read again from its start."""

import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.files.file_reader import StoredFileReader


@given(st.lists(st.binary(max_size=20), max_size=6), st.integers(1, 30), st.booleans())
def test_it_reads_what_was_stored_and_again(
    pieces: list[bytes], size: int, is_buffered: bool
) -> None:
    opened = []

    def open_pieces() -> Iterator[bytes]:
        opened.append(1)
        return iter(pieces)

    raw = StoredFileReader(open_pieces)
    file = io.BufferedReader(raw) if is_buffered else raw
    for _ in range(2):
        file.seek(0)
        read = b""
        while piece := file.read(size):
            read += piece
        assert read == b"".join(pieces)


def test_only_the_start_can_be_sought() -> None:
    file = StoredFileReader(lambda: iter([b"abc"]))
    for offset, whence in ((1, io.SEEK_SET), (0, io.SEEK_END)):
        with pytest.raises(ValueError, match="only the start"):
            file.seek(offset, whence)
