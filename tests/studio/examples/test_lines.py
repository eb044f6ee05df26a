"""Lines of a file: every form of line end, encoding and length, in pieces of any size."""

import io
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tau.studio.examples import lines
from tau.studio.examples.lines import NOT_TEXT, TOO_LONG, read_lines, read_utf8

PIECES = st.lists(
    st.sampled_from([b"a", b"\n", b"\r", b"\r\n", "é".encode(), b" ", b"\x85", b"\x0b"])
)


@pytest.fixture(scope="module", autouse=True)
def _small_pieces() -> Iterator[None]:
    """Read in pieces so small that line ends and characters are cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_CHUNK_BYTES", 3)
        patch.setattr(lines, "MAX_LINE_BYTES", 10)
        yield


@given(PIECES)
@example([b"ab", b"\r", b"\n", b"c"])
@example([b"ab", b"\r", b"\r", b"\n"])
def test_lines_end_with_a_line_feed_a_carriage_return_or_both(pieces: list[bytes]) -> None:
    content = b"".join(pieces)
    read = list(read_lines(io.BytesIO(content)))
    expected = content.splitlines(keepends=True)
    assert [line.number for line in read] == list(range(1, len(expected) + 1))
    for line, raw in zip(read, expected, strict=True):
        if len(raw) > lines.MAX_LINE_BYTES:
            assert line.reason == TOO_LONG
        elif line.reason:
            assert (line.reason, raw.decode("utf-8", "ignore").encode() == raw) == (NOT_TEXT, False)
        else:
            assert line.text.encode() == raw


@given(st.text("aé中😀\n\r", max_size=40), st.sampled_from(["utf-16", "utf-16-be", "utf-8-sig"]))
def test_the_byte_order_mark_says_how_a_text_is_encoded(text: str, encoding: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    content = mark + text.encode(encoding)
    assert b"".join(read_utf8(io.BytesIO(content))) == text.encode()


@pytest.mark.parametrize(
    "content", [b"\xff\xfea\0\n\0\xd8", b"\xff\xfea\0\n\0\x00\xd8b\0", b"\xfe\xff\0a\0\n\xdc\x00"]
)
def test_half_a_character_costs_only_its_line(content: bytes) -> None:
    first, second = read_lines(io.BytesIO(content))
    assert (first.text, first.reason) == ("a\n", "")
    assert second.reason == NOT_TEXT


def test_a_long_line_is_not_kept_but_its_beginning_is() -> None:
    content = b"x" * 5000 + b"\nnext"
    long, following = read_lines(io.BytesIO(content))
    assert (long.reason, following.text) == (TOO_LONG, "next")
    assert 0 < len(long.text) < 200
