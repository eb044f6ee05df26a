"""JSON is cut into items wherever its bytes are cut, and damage costs no more than itself."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.transfer.formats import framing
from tau.transfer.formats.framing import Item, split_items

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='ab"\\{}[],:é\n '),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet='a"\\[{'), inner),
    max_leaves=20,
)
_OBJECTS = st.lists(st.dictionaries(st.text(alphabet='ab"\\'), _JSON, max_size=4), max_size=6)


def cut(raw: bytes, size: int) -> list[Item]:
    return list(split_items(raw[at : at + size] for at in range(0, len(raw), size)))


@given(_OBJECTS, st.integers(1, 40), st.sampled_from([None, 2]))
def test_an_array_gives_its_objects_however_it_comes(
    objects: list[Any], size: int, indent: int | None
) -> None:
    found = cut(json.dumps(objects, indent=indent).encode(), size)
    assert [json.loads(item.raw) for item in found] == objects
    assert {item.problem for item in found} <= {None}


@given(_OBJECTS, st.integers(1, 40))
def test_lines_give_their_objects_however_they_come(objects: list[Any], size: int) -> None:
    raw = b"".join(json.dumps(each).encode() + b"\n" for each in objects)
    assert [json.loads(item.raw) for item in cut(raw, size)] == objects


@given(_OBJECTS, st.integers(1, 40), st.sampled_from([None, 2]))
def test_a_wrapper_gives_what_is_in_it(objects: list[Any], size: int, indent: int | None) -> None:
    wrapped = {"schema": "s", "x": [{"a": 1}], "memories": objects, "y": {"memories": [{}]}}
    raw = json.dumps(wrapped, indent=indent).encode()
    assert [json.loads(item.raw) for item in cut(raw, size) if objects] == objects


@given(st.binary(max_size=200), st.integers(1, 40))
def test_nothing_makes_it_stumble(raw: bytes, size: int) -> None:
    for item in cut(raw, size):
        assert item.number >= 1


@given(_OBJECTS.filter(bool), st.data())
def test_what_stands_before_a_cut_is_whole(objects: list[Any], data: st.DataObject) -> None:
    raw = json.dumps(objects).encode()
    end = data.draw(st.integers(1, len(raw) - 1))
    found = cut(raw[:end], 64)
    whole = [json.loads(item.raw) for item in found if item.problem is None]
    assert whole == objects[: len(whole)]
    assert [item.problem for item in found if item.problem] == ["cut"]


def test_what_is_no_object_is_named_and_the_rest_goes_on() -> None:
    found = cut(b'[{"a":1}, null, {"b":2}, "x", {"c":3}]', 7)
    assert [item.problem for item in found] == [None, "stray", None, "stray", None]
    assert [item.number for item in found] == [1, 2, 3, 4, 5]


def test_a_damaged_line_costs_only_itself() -> None:
    found = cut(b'{"a":1}\n{"b": "half\n{"c":3}\n', 5)
    assert [item.raw for item in found] == [b'{"a":1}', b'{"b": "half', b'{"c":3}']


@pytest.mark.parametrize("lines", [False, True])
def test_what_is_nested_without_end_is_named(lines: bool) -> None:
    deep = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    raw = b'{"x":1}\n' + deep + b'\n{"y":2}' if lines else b'[{"x":1},' + deep + b',{"y":2}]'
    assert [item.problem for item in cut(raw, 1000)] == [None, "deep", None]


@pytest.mark.parametrize("lines", [False, True])
def test_what_is_too_large_is_passed_over_without_being_held(
    lines: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "MAX_ITEM_BYTES", 5000)
    large = b'{"title":"Big","a":"' + b"x" * 20_000 + b'"}'
    raw = b'{"x":1}\n' + large + b'\n{"y":2}' if lines else b'[{"x":1},' + large + b',{"y":2}]'
    found = cut(raw, 100)
    assert [item.problem for item in found] == [None, "large", None]
    assert all(len(item.raw) <= 5000 for item in found)


def test_one_long_line_is_read_as_it_comes_and_not_kept_first() -> None:
    """A file of hundreds of megabytes on one line tells its first item after the first chunk."""
    given_out = 0

    def chunks() -> Iterator[bytes]:
        nonlocal given_out
        yield b"  "
        for piece in (b'\n[{"a": 1},', *([b'{"b": 2},'] * 1000), b'{"c": 3}]'):
            given_out += 1
            yield piece

    found = split_items(chunks())
    assert next(found).raw == b'{"a": 1}'
    assert given_out == 1
    assert len(list(found)) == 1001
