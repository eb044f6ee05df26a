"""Times as requests write them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tau.clock import is_in_calendar
from tau.server.requests.fields import Timestamp, parse_timestamp


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (1683554160, 1683554160.0),
        (1683554160.5, 1683554160.5),
        (1683554160000, 1683554160.0),
        ("2023-05-08T13:56:00Z", 1683554160.0),
        ("2023-05-08T13:56:00", 1683554160.0),
        ("2023-05-08T15:56:00+02:00", 1683554160.0),
        ("2023-05-08", 1683504000.0),
        (" 2023-05-08T13:56:00Z\n", 1683554160.0),
        ("20230508T135600Z", 1683554160.0),
        ("2023-05-08T13:56:00.250+00:00", 1683554160.25),
        ("2023-W19-1", 1683504000.0),
        (-86400, -86400.0),
        (0, 0.0),
        (1683554160000.0, 1683554160.0),
        ("6000-01-01", 127174492800.0),
        ("8999-12-31T23:59:59Z", 221845391999.0),
        ("1000-01-01T00:00:00Z", -30610224000.0),
    ],
)
def test_moments_are_read_in_every_common_way(given: float | str, seconds: float) -> None:
    assert parse_timestamp(given) == seconds


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("yesterday", "date-time"),
        ("", "date-time"),
        ("1683554160", "date-time"),
        ("2023-02-30", "date-time"),
        ("2023-05-08T25:00:00Z", "date-time"),
        ("0001-01-01T00:00:00+14:00", "calendar"),
        ("9999-12-31T23:59:59-14:00", "calendar"),
        ("0001-01-01T00:00:00Z", "calendar"),
        ("9000-01-01T00:00:00Z", "calendar"),
        (-62135596800, "calendar"),
        (1e18, "calendar"),
        (10**400, "calendar"),
        (-(10**400), "calendar"),
        (float("inf"), "calendar"),
        (float("nan"), "calendar"),
        (253_402_300_800_000, "calendar"),
        (-1e11, "calendar"),
        (True, "seconds"),
        (None, "seconds"),
        ([1683554160], "seconds"),
    ],
)
def test_what_is_no_moment_is_refused_with_the_reason(given: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_timestamp(given)


@given(
    st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.booleans(), st.lists(st.none()))
)
def test_a_moment_is_inside_the_calendar_or_refused(value: Any) -> None:
    try:
        read = TypeAdapter(Timestamp).validate_python(value)
    except ValidationError:
        return
    assert is_in_calendar(read)
