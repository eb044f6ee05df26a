"""Percentiles, and what they are the difference of."""

import itertools
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.bench.figures import added_ms, percentile, percentiles_ms

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
