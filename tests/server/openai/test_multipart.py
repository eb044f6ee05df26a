"""Forms are read the same however their bytes are cut, and damaged ones are refused."""

from collections.abc import AsyncIterator, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput, InvalidField
from tau.server.openai.multipart import MAX_FIELD_BYTES, MAX_FIELDS, MultipartForm

pytestmark = pytest.mark.anyio
BOUNDARY = "----cut-here"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    shown = "" if filename is None else f'; filename="{filename}"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{shown}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


async def stream(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for each in pieces:
        yield each


async def read(form: MultipartForm) -> tuple[str, bytes, dict[str, str]]:
    name = await form.file()
    content = b"".join([piece async for piece in form.pieces()])
    return name, content, await form.rest()


@given(
    content=st.binary(max_size=300),
    cuts=st.lists(st.integers(1, 40), min_size=1, max_size=30),
    purpose_first=st.booleans(),
)
async def test_a_form_is_read_however_it_is_cut(
    content: bytes, cuts: list[int], purpose_first: bool
) -> None:
    parts = [part("purpose", b"evals"), part("file", content, "a.jsonl")]
    whole = body(*(parts if purpose_first else reversed(parts)))
    pieces = []
    while whole:
        size = cuts[len(pieces) % len(cuts)]
        pieces.append(whole[:size])
        whole = whole[size:]
    form = MultipartForm(TYPE, stream(pieces))
    assert await read(form) == ("a.jsonl", content, {"purpose": "evals"})


@given(cut=st.integers(0, 200))
async def test_a_form_that_ends_early_is_refused(cut: int) -> None:
    whole = body(part("purpose", b"evals"), part("file", b"x" * 50, "a.jsonl"))
    with pytest.raises(BadInput):
        await read(MultipartForm(TYPE, stream([whole[: min(cut, len(whole) - 3)]])))


@pytest.mark.parametrize(
    "kind", ["", "application/json", "multipart/form-data", "multipart/form-data; boundary="]
)
async def test_another_content_type_is_refused(kind: str) -> None:
    with pytest.raises(BadInput, match="multipart/form-data"):
        MultipartForm(kind, stream([]))


async def test_a_form_without_a_file_names_the_field() -> None:
    with pytest.raises(InvalidField) as caught:
        await read(MultipartForm(TYPE, stream([body(part("purpose", b"evals"))])))
    assert caught.value.param == "file"


@pytest.mark.parametrize(
    "parts",
    [
        [part("purpose", b"x" * (MAX_FIELD_BYTES + 1))],
        [part(f"field-{number}", b"") for number in range(MAX_FIELDS + 1)],
        [part("file", b"one", "a"), part("file", b"x" * (MAX_FIELD_BYTES + 1), "b")],
    ],
    ids=["a long field", "many fields", "a second file"],
)
async def test_a_form_that_would_fill_the_memory_is_refused(parts: list[bytes]) -> None:
    with pytest.raises(BadInput):
        await read(MultipartForm(TYPE, stream([body(*parts)])))
