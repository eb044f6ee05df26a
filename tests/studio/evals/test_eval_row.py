"""Rows are read from JSON Lines however the bytes are cut, and wrong lines are named."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import InvalidField
from tau.studio.evals import eval_row
from tau.studio.evals.eval_row import EvalRow, check_rows, read_rows

ROWS = st.lists(
    st.builds(
        EvalRow,
        item=st.dictionaries(st.text(max_size=5), st.text(max_size=9) | st.integers(0, 9)),
        sample=st.none() | st.fixed_dictionaries({"output_text": st.text(max_size=9)}),
    ),
    max_size=8,
)


@given(
    rows=ROWS,
    cut=st.integers(1, 50),
    end=st.sampled_from(["\n", "\r\n", "\n\n"]),
    mark=st.booleans(),
)
def test_rows_are_read_however_the_bytes_are_cut(
    rows: list[EvalRow], cut: int, end: str, mark: bool
) -> None:
    whole = end.encode().join(msgspec.json.encode(each) for each in rows)
    whole = b"\xef\xbb\xbf" * mark + whole
    pieces = [whole[start : start + cut] for start in range(0, len(whole), cut)]
    assert read_rows(pieces, "id") == rows


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "isn't JSON"),
        (b"\xff", "isn't JSON"),
        (b'{"item": NaN}', "isn't JSON"),
        (b'{"item": {"a": ' + b"[" * 100_000, "isn't JSON"),
        (b"[]", "isn't of the form"),
        (b'{"question": "q"}', "isn't of the form"),
        (b'{"item": []}', "isn't of the form"),
        (b'{"item": {}, "sample": "text"}', "isn't of the form"),
        (b'{"item": {"a": "' + b"x" * 1_000_001 + b'"}}', "longer than 1 MB"),
    ],
)
def test_a_wrong_line_is_named(line: bytes, reason: str) -> None:
    with pytest.raises(InvalidField, match=f"Line 2 .*{reason}") as refused:
        read_rows([b'{"item": {}}\n' + line + b"\n"], "data_source.source.id")
    assert refused.value.param == "data_source.source.id"


def test_a_run_reads_only_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    line = b'{"item": {}}\n'
    monkeypatch.setattr(eval_row, "MAX_ROWS", 3)
    assert len(read_rows([line * 3], "id")) == 3
    with pytest.raises(InvalidField, match="1 to 3 items"):
        read_rows([line * 4], "id")
    monkeypatch.setattr(eval_row, "MAX_ROWS_BYTES", 2**20)
    with pytest.raises(InvalidField, match="at most 1 MB"):
        read_rows([b"\n" * 2**19] * 3, "id")


@pytest.mark.parametrize("count", [0, 10_001])
def test_a_run_has_items_and_not_too_many(count: int) -> None:
    with pytest.raises(InvalidField):
        check_rows([EvalRow(item={})] * count, {}, "id")


def test_the_first_item_that_does_not_fit_is_named() -> None:
    schema: Any = {"required": ["a"]}
    rows = [EvalRow(item={"a": 1}), EvalRow(item={}), EvalRow(item={})]
    with pytest.raises(InvalidField, match=r"Item 2 .*`item\.a`: it's missing"):
        check_rows(rows, schema, "id")
