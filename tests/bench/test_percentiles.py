"""Percentiles, and what they are the difference of."""

import itertools
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.bench.percentiles import added_ms, percentile, percentiles_ms, to_ms

SECONDS = st.lists(st.floats(min_value=0, max_value=60), min_size=1, max_size=200)


@given(values=SECONDS)
def test_the_middle_is_the_median(values: list[float]) -> None:
    assert percentile(values, 50) == pytest.approx(statistics.median(values))


@given(values=SECONDS, percent=st.floats(min_value=0, max_value=100))
def test_a_percentile_lies_among_the_values(values: list[float], percent: float) -> None:
    assert min(values) - 1e-9 <= percentile(values, percent) <= max(values) + 1e-9


@given(values=SECONDS)
def test_higher_percentiles_are_not_lower(values: list[float]) -> None:
    taken = [percentile(values, percent) for percent in range(0, 101, 10)]
    assert all(one <= after + 1e-9 for one, after in itertools.pairwise(taken))


def test_of_nothing_there_is_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)


def test_percentiles_are_told_in_milliseconds() -> None:
    assert percentiles_ms([0.001, 0.002, 0.003], 50, 100) == {"p50": 2.0, "p100": 3.0}


@given(values=SECONDS, more=st.floats(min_value=0, max_value=5))
def test_what_a_constant_delay_adds_is_that_delay(values: list[float], more: float) -> None:
    added = added_ms([value + more for value in values], values, 50, 99)
    assert added == pytest.approx({"p50": more * 1000, "p99": more * 1000}, abs=0.01)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([7.0], 0, 7.0),
        ([7.0], 99, 7.0),
        ([1.0, 2.0], 0, 1.0),
        ([1.0, 2.0], 25, 1.25),
        ([1.0, 2.0], 100, 2.0),
        ([3.0, 1.0, 2.0], 50, 2.0),
        ([5.0, 5.0, 5.0], 95, 5.0),
        ([float(number) for number in range(101)], 99, 99.0),
    ],
)
def test_percentiles_are_linear_between_neighbours(
    values: list[float], percent: float, expected: float
) -> None:
    assert percentile(values, percent) == pytest.approx(expected)


def test_taking_a_percentile_leaves_the_values_as_they_were() -> None:
    values = [3.0, 1.0, 2.0]
    percentile(values, 50)
    assert values == [3.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.0, 0.0), (1.0, 1000.0), (0.0012345, 1.234), (-0.002, -2.0)]
)
def test_milliseconds_are_told_to_a_thousandth(seconds: float, told: float) -> None:
    assert to_ms(seconds) == told


def test_what_was_faster_through_tau_is_told_as_negative() -> None:
    assert added_ms([0.001], [0.003], 50) == {"p50": -2.0}
