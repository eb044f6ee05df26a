"""Objects of a JSON text: their lines, and what is reported of what isn't an object."""

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.examples import json_items, lines
from tau.studio.examples.json_items import JsonItem, read_json_items

VALUES = st.recursive(
    st.none() | st.integers() | st.text('ab"\\{}[],\n é'),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('a"}', max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text('ab"{'), VALUES, min_size=1, max_size=3)


def read(text: str, chunk_bytes: int = 1 << 16) -> list[JsonItem]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_CHUNK_BYTES", chunk_bytes)
        return list(read_json_items(io.BytesIO(text.encode())))


def values(items: Sequence[JsonItem]) -> list[Any]:
    assert all(not item.reason for item in items)
    return [json.loads(item.text) for item in items]


@given(
    st.lists(OBJECTS, min_size=1, max_size=4),
    st.sampled_from([None, 0, 2]),
    st.booleans(),
    st.integers(1, 9),
)
def test_objects_are_found_in_any_layout_and_pieces_of_any_size(
    objects: list[Any], indent: int | None, ascii_only: bool, chunk_bytes: int
) -> None:
    def write(value: Any) -> str:
        return json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    array = write(objects)
    in_array = read(array, chunk_bytes)
    assert values(in_array) == objects
    assert [array.split("\n")[item.line - 1].lstrip("[ ")[:1] for item in in_array] == ["{"] * len(
        objects
    )
    following = "\n".join(map(write, objects))
    assert values(read(following, chunk_bytes)) == objects


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"a": 1}, 5, {"b": 2}]', ["{", "stray", "{"]),
        ('[{"a": 1}, "}{", {"b": 2}]', ["{", "stray", "{"]),
        ('[{"a": 1}, [1], {"b": 2}]', ["{", "[", "{"]),
        ('[{"a": 1}] and more', ["{", "stray"]),
        ('[{\n"a": 1}}, {"b": 2}]', ["{", "{", "stray"]),
        ('[{\n"a": {"b": 1}, {"c": 2}]', ["{"]),
        ('[{\n"a": "\\', ["open"]),
        ("[", []),
        ("[]", []),
        ("[\n]\n", []),
    ],
)
def test_what_is_no_object_is_reported_in_its_place(text: str, expected: list[str]) -> None:
    reasons = {json_items._STRAY: "stray", json_items._OPEN: "open"}
    found = [reasons.get(item.reason) or item.text[:1] for item in read(text)]
    assert found == expected


@given(st.text('{}[]",\\\n a:1', max_size=60), st.integers(1, 5))
def test_pieces_of_any_size_give_the_same_items(text: str, chunk_bytes: int) -> None:
    assert read(text, chunk_bytes) == read(text)


def test_the_first_line_may_be_damaged() -> None:
    items = read('{"a": \n{"b": 1}\n{"c": 2}\n')
    assert [(item.line, item.text) for item in items] == [
        (1, '{"a":'),
        (2, '{"b": 1}'),
        (3, '{"c": 2}'),
    ]
