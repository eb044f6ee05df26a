"""A vector that grows, is read, saved and loaded."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.memory.columns import Column


@given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=300), st.integers(0, 300))
def test_a_column_holds_what_was_appended(numbers: list[int], cut: int) -> None:
    column = Column(np.int32)
    for number in numbers[:cut]:
        column.append(number)
    again = Column(np.int32)
    again.load(column.dump())
    for number in numbers[cut:]:
        column.append(number)
        again.append(number)
    assert column.values.tolist() == numbers
    assert again.values.tolist() == numbers
    assert len(column) == len(numbers)


def test_values_may_be_written() -> None:
    column = Column(np.bool_)
    column.append(value=False)
    column.values[0] = True
    assert column.values.tolist() == [True]


def test_bytes_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="multiple"):
        Column(np.int32).load(b"12345")
