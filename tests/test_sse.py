"""However the bytes of a stream are cut, the same events come out."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tau.sse import LineDecoder, data_fields, iter_event_data

STREAM = (
    b": still here\r\n\r\n"
    b'id: 1\nevent: delta\ndata: {"a": 1}\n\n'
    b"data: two\ndata:  lines\n\n"
    b"event: nothing\n\n"
    b"data:bare\r\rdata: \xe4\xbd\xa0\r\n\r\n"
    b"data: never ended"
)
EVENTS = [b'{"a": 1}', b"two\n lines", b"bare", "你".encode()]


def read(pieces: list[bytes]) -> list[bytes]:
    async def stream() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    async def collect() -> list[bytes]:
        return [data async for data in iter_event_data(stream())]

    return asyncio.run(collect())


def test_a_whole_stream() -> None:
    assert read([STREAM]) == EVENTS


def test_byte_by_byte() -> None:
    assert read([bytes([byte]) for byte in STREAM]) == EVENTS


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_cut_anywhere(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in pairwise(edges)]
    assert read(pieces) == EVENTS


def test_nothing_at_all() -> None:
    assert read([]) == []


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_lines_are_the_same_however_the_bytes_are_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    decoder = LineDecoder()
    lines = [line for a, b in pairwise(edges) for line in decoder.feed(STREAM[a:b])]
    whole = LineDecoder()
    assert lines == whole.feed(STREAM)
    assert decoder.end() == whole.end() == [b"data: never ended"]
    assert decoder.buffered_bytes == 0


def test_data_fields_need_no_blank_line_between_them() -> None:
    lines = LineDecoder().feed(b"data: 1\rdata:2\n: ping\r\nid: 7\ndata: 3\n")
    assert data_fields(lines) == [b" 1", b"2", b" 3"]
