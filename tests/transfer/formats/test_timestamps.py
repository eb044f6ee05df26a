"""Moments are read however other products write them."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.transfer.formats.timestamps import format_timestamp, parse_timestamp

AT = 1_717_236_000.0  # 2024-06-01 10:00 UTC


@pytest.mark.parametrize(
    "written",
    [
        AT,
        int(AT),
        str(int(AT)),
        AT * 1000,
        AT * 1_000_000,
        int(AT) * 1_000_000_000,
        "2024-06-01T10:00:00Z",
        "2024-06-01T10:00:00.000000+00:00",
        "2024-06-01T12:00:00+02:00",
        "2024-06-01T10:00:00",
        "2024-06-01 10:00:00 UTC",
        " 2024-06-01 10:00 ",
    ],
)
def test_a_moment_is_the_same_in_every_form(written: Any) -> None:
    assert parse_timestamp(written) == AT


@pytest.mark.parametrize(
    "written",
    [None, 0, 0.0, True, "", "yesterday", [], {}, math.nan, math.inf, 10**400, 1e40, "9" * 200],
)
def test_what_tells_no_moment_is_none(written: Any) -> None:
    assert parse_timestamp(written) is None


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none()))
def test_a_moment_is_always_near_enough_to_be_written(written: Any) -> None:
    found = parse_timestamp(written)
    assert found is None or abs(found) < 1e11


@given(st.integers(-30_000_000_000, 200_000_000_000))
def test_what_was_written_is_read_again(seconds: int) -> None:
    assert parse_timestamp(format_timestamp(seconds)) == seconds
