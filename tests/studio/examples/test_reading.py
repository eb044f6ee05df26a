"""Reading of any file: how its form is found, what identifies it, and that nothing is lost."""

import io
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tau.errors import BadInput
from tau.studio.examples.example import Example, Problem
from tau.studio.examples.lines import read_lines
from tau.studio.examples.read_context import ReadOptions
from tau.studio.examples.reading import file_kind, read_examples
from tests.studio.examples.files import archive, chat_line, read_all

JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["role", "weight"]), inner),
)
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["system", "user", "assistant", "tool"]) | JSON_VALUES},
        optional={
            "content": st.text() | JSON_VALUES,
            "weight": JSON_VALUES,
            "tool_calls": JSON_VALUES,
        },
    )
    | JSON_VALUES
)
CHATS = st.fixed_dictionaries(
    {},
    optional={"messages": MESSAGES | JSON_VALUES, "tools": JSON_VALUES, "x": JSON_VALUES},
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
LINES = (CHATS | JSON_VALUES).map(json.dumps).filter(lambda line: not line.startswith("["))


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b' \n{"messages"', "a.csv", "chat lines"),
        (b"\xef\xbb\xbf[\n", "a", "chat lines"),
        ("\n{".encode("utf-16"), "a", "chat lines"),
        (b'"messages": [', "a.JSONL", "chat lines"),
        (b"input,output\n", "a.txt", "text table"),
        ("输入\t输出\n".encode("utf-16"), "a", "text table"),
        (archive([("a", b"")]), "a.csv", "spreadsheet"),
    ],
)
def test_the_content_decides_how_a_file_is_read(content: bytes, name: str, kind: str) -> None:
    assert file_kind(name, io.BytesIO(content)) == kind


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"PAR1", "Parquet"),
        (b"\x7fELF\0\0", "isn't text"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_to_do(content: bytes, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        read_all(content, "a.jsonl")


def test_the_same_file_gives_the_same_ids_and_another_gives_others() -> None:
    content = f"{chat_line()}\n{chat_line()}\n"
    first, second = read_all(content, "a.jsonl")[0], read_all(content, "b.jsonl")[0]
    changed, _ = read_all(content + "\n")
    assert first == second
    assert len({each.id for each in [*first, *changed]}) == 4
    given = read_examples("a.jsonl", io.BytesIO(content.encode())).source
    assert (given.name, len(given.sha256), given.id) == ("a.jsonl", 64, first[0].source)


def test_what_is_known_of_a_source_is_kept() -> None:
    options = ReadOptions(licence="CC-BY-4.0", trust="imported")
    opened = read_examples("a", io.BytesIO(chat_line().encode()), options)
    [found] = opened.items
    assert isinstance(found, Example)
    assert (opened.source.licence, opened.source.trust, found.trust) == (
        "CC-BY-4.0",
        "imported",
        "imported",
    )


@given(st.lists(LINES | TEXTS, min_size=1))
def test_every_line_that_is_not_empty_is_an_example_or_a_problem(lines: list[str]) -> None:
    content = "\n".join(["{}", *lines]).encode()
    examples, problems = read_all(content)
    used = [line.number for line in read_lines(io.BytesIO(content)) if line.text.strip()]
    assert sorted(each.line or 0 for each in [*examples, *problems]) == used


def _accept(content: bytes, name: str) -> None:
    """Read a file; nothing but `BadInput` may be raised, and every result is whole."""
    try:
        items = list(read_examples(name, io.BytesIO(content)).items)
    except BadInput:
        return
    for item in items:
        assert isinstance(item, Problem) or (item.answer is not None and item.input is not None)


@given(st.binary(), st.sampled_from(["a", "a.jsonl", "a.csv"]))
@example(b"\xff\xfe{\0", "a")
@example(b"\xff\xfe\xff", "a")
@example(b"\xfe\xff\xd8\x00\x00{", "a")
def test_reading_any_bytes_raises_nothing_unexpected(content: bytes, name: str) -> None:
    _accept(content, name)


@given(
    st.lists(
        st.sampled_from(['{"messages":', "[", "]", "{", "}", '"', "\\", ",", "\n", "\r", "a", ";"])
    ),
    st.sampled_from(["a.jsonl", "a.csv"]),
)
def test_reading_any_brackets_and_quotes_raises_nothing_unexpected(
    parts: list[str], name: str
) -> None:
    _accept("".join(parts).encode(), name)


@given(st.lists(CHATS, min_size=1), st.sampled_from([None, 1]))
def test_an_array_is_read_as_its_objects_on_lines(chats: list[Any], indent: int | None) -> None:
    on_lines = read_all("\n".join(json.dumps(each) for each in chats), "a.jsonl")
    in_array = read_all(json.dumps(chats, indent=indent), "a.jsonl")
    assert [each.messages for each in in_array[0]] == [each.messages for each in on_lines[0]]
    assert [each.reason for each in in_array[1]] == [each.reason for each in on_lines[1]]
