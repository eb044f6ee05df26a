"""The number of threads: chosen from measurements, which these tests give."""

import pytest

from tau.models.threads import ThreadChoice, available_cores, measure_free_cores


class Machine:
    """A machine whose clock and free cores a test sets."""

    def __init__(self, cores: int, free: float, fixed: int = 0) -> None:
        self.free = free
        self.now = 0.0
        self.measured: list[int] = []
        self.choice = ThreadChoice(fixed, cores, self._measure, lambda: self.now)

    def _measure(self, threads: int) -> float:
        self.measured.append(threads)
        return min(self.free, threads)


def test_it_begins_with_every_core_unless_a_number_is_set() -> None:
    assert Machine(8, 8).choice.first == 8
    assert Machine(8, 8, fixed=3).choice.first == 3


@pytest.mark.parametrize(
    ("cores", "free", "current", "wanted"),
    [
        (2, 2.0, 2, None),  # all free: nothing to compare
        (2, 1.8, 2, None),
        (2, 0.5, 2, 1),
        (2, 0.5, 1, None),
        (2, 1.9, 1, 2),  # they have become free
        (16, 6.4, 16, 6),
        (16, 15.9, 6, 16),
        (1, 0.1, 1, None),
    ],
)
def test_it_compares_with_as_many_threads_as_cores_are_free(
    cores: int, free: float, current: int, wanted: int | None
) -> None:
    assert Machine(cores, free).choice.alternative(current) == wanted


def test_a_number_that_is_set_is_never_changed_nor_measured() -> None:
    machine = Machine(8, 0.1, fixed=4)
    assert machine.choice.alternative(4) is None
    assert not machine.choice.should_compare(0.1, 100.0)
    assert machine.measured == []


def test_a_slow_reply_leads_to_a_comparison_but_not_to_one_after_the_other() -> None:
    machine = Machine(2, 0.5)
    assert not machine.choice.should_compare(6.0, 10.0)
    assert not machine.choice.should_compare(40.0, 100.0), "faster than people read"
    assert machine.choice.should_compare(4.0, 10.0)
    machine.choice.alternative(2)
    assert not machine.choice.should_compare(1.0, 100.0)
    machine.now = 901.0
    assert machine.choice.should_compare(1.0, 100.0)


def test_a_change_must_be_worth_it() -> None:
    assert not ThreadChoice.is_better(11.0, 10.0)
    assert ThreadChoice.is_better(20.0, 10.0)


def test_measuring_gives_no_more_than_there_is() -> None:
    cores = available_cores()
    assert cores >= 1
    assert 0 < measure_free_cores(cores, 0.02) <= cores * 2  # a clock is no exact measure
