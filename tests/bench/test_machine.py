"""What is known of the machine and of processes on it."""

import os
import sys

import pytest

from tau.bench import machine


def test_facts_name_what_figures_depend_on() -> None:
    facts = machine.facts()
    assert set(facts) == {"cpu", "cores", "memory_gb", "system", "python", "tau"}
    assert facts["cpu"]
    assert facts["cores"] >= 1


def test_our_own_process_has_a_size() -> None:
    size = machine.rss_mb(os.getpid())
    assert size is not None
    assert 5 < size < 10_000


def test_a_process_that_is_gone_has_none() -> None:
    assert machine.rss_mb(2**22 + 1) is None
    assert machine.cpu_seconds(2**22 + 1) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_processor_time_grows_with_work() -> None:
    before = machine.cpu_seconds(os.getpid())
    used = before
    while used == before:
        sum(range(100_000))
        used = machine.cpu_seconds(os.getpid())
    assert before is not None
    assert used is not None
    assert used > before
