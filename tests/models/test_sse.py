"""Reading a streamed answer: any cut of the bytes gives the same text."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.models import sse
from tau.models.sse import ChunkDecoder, InvalidStream, ReportedError, error_code


def event(**content: object) -> bytes:
    return b"data: " + msgspec.json.encode(content) + b"\n\n"


def piece(text: str | None, finish: str | None = None, **more: object) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return event(id="x", model="theirs", choices=[choice], **more)


def test_pieces_of_one_read_are_one_chunk_and_keep_their_role() -> None:
    stream = ChunkDecoder("far")
    role = event(choices=[{"index": 0, "delta": {"role": "assistant", "content": ""}}])
    assert stream.feed(role) == []  # nothing was said yet
    (chunk,) = stream.feed(piece("Good ") + piece("morning"))
    assert chunk.text == "Good morning"
    assert chunk.raw["model"] == "far"
    delta = chunk.raw["choices"][0]["delta"]
    assert delta == {"content": "Good morning", "role": "assistant"}
    assert not stream.finished


def test_the_end_and_the_count_come_as_chunks_of_their_own() -> None:
    stream = ChunkDecoder("far")
    usage = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
    data = piece("Hi") + piece(None, "stop") + event(choices=[], usage=usage) + b"data: [DONE]\n\n"
    said, counted = stream.feed(data)
    assert (said.text, said.finish_reason) == ("Hi", "stop")
    assert (counted.text, counted.prompt_tokens, counted.completion_tokens) == ("", 7, 2)
    assert stream.finished


def test_what_is_more_than_text_is_handed_on_as_it_came() -> None:
    call = {"index": 0, "id": "c", "function": {"name": "look", "arguments": "{}"}}
    choice = {"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}
    stream = ChunkDecoder("far")
    before, tool, after = stream.feed(piece("a") + event(choices=[choice]) + piece("b"))
    assert (before.text, tool.text, after.text) == ("a", "", "b")
    assert tool.raw["choices"] == [choice]
    assert stream.has_content


@given(st.lists(st.text(min_size=1), min_size=1, max_size=8), st.lists(st.integers(1, 60)))
def test_any_cut_of_the_bytes_gives_the_same_text(texts: list[str], cuts: list[int]) -> None:
    data = b": ping\r\n\r\n" + b"".join(piece(text) for text in texts) + piece("", "stop")
    stream = ChunkDecoder("far")
    chunks = []
    for cut in cuts:
        chunks += stream.feed(data[:cut])
        data = data[cut:]
    chunks += stream.feed(data) + stream.end()
    assert "".join(chunk.text for chunk in chunks) == "".join(texts)
    assert stream.finished


@given(st.binary(max_size=300))
def test_no_bytes_whatever_break_it(data: bytes) -> None:
    stream = ChunkDecoder("far")
    with suppress(InvalidStream, ReportedError):
        stream.feed(b"data: " + data + b"\n")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["choices", "delta", "content", "index", "usage", "error"]), inner
            )
        ),
    )
)
def test_no_shape_whatever_breaks_it(shape: object) -> None:
    stream = ChunkDecoder("far")
    with suppress(InvalidStream, ReportedError):
        stream.feed(b"data: " + msgspec.json.encode(shape) + b"\n")


@pytest.mark.parametrize(
    "payload", [b"nonsense", b"[1]", b'"x"', b'{"choices":[7]}', b"{}", b"\xff"]
)
def test_what_is_no_answer_is_said_to_be_none(payload: bytes) -> None:
    with pytest.raises(InvalidStream):
        ChunkDecoder("far").feed(b"data: " + payload + b"\n")


def test_an_error_in_the_stream_is_told_by_its_code_only() -> None:
    error = {"message": "you said SECRET", "code": "server_overloaded"}
    with pytest.raises(ReportedError) as caught:
        ChunkDecoder("far").feed(event(error=error))
    assert str(caught.value) == "server_overloaded"


def test_codes_that_are_no_plain_words_are_not_repeated() -> None:
    assert error_code({"error": {"code": "sk-12345", "type": "insufficient_quota"}}) == (
        "insufficient_quota"
    )
    assert error_code({"error": {"code": 400, "type": "You said a secret thing"}}) == ""
    assert error_code({"error": "text"}) == error_code({}) == ""


def test_lines_and_answers_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "LINE_LIMIT", 100)
    monkeypatch.setattr(sse, "ANSWER_LIMIT", 1000)
    with pytest.raises(InvalidStream, match="line"):
        ChunkDecoder("far").feed(b"x" * 101)
    stream = ChunkDecoder("far")
    for _ in range(900 // len(piece("more"))):
        stream.feed(piece("more"))
    with pytest.raises(InvalidStream, match="end"):
        stream.feed(piece("more" * 50))
