"""Why a run stops."""

import os
from pathlib import Path

import pytest

from tau.studio.tuning.run_folder import STOP, RunFolder
from tau.studio.tuning.run_spec import RunLimits
from tau.studio.worker.failures import RunStopped
from tau.studio.worker.stop_signal import StopSignal, peak_memory, used_memory


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (RunLimits(), ""),
        (RunLimits(seconds=3600, memory_bytes=10**15), ""),
        (RunLimits(seconds=1e-9), "It reached its limit of 0 seconds."),
        (RunLimits(memory_bytes=2_000_000), "It reached its limit of 2 MB of memory."),
    ],
)
def test_limits_are_kept(tmp_path: Path, limits: RunLimits, reason: str) -> None:
    assert StopSignal(RunFolder(tmp_path), limits).reason() == reason


def test_the_file_stop_asks_it_to(tmp_path: Path) -> None:
    stop = StopSignal(RunFolder(tmp_path), RunLimits())
    stop.check()
    (tmp_path / STOP).touch()
    with pytest.raises(RunStopped) as stopped:
        stop.check()
    assert stopped.value.reason == "It was asked to stop."


def test_it_stops_when_standard_input_ends(tmp_path: Path) -> None:
    stop = StopSignal(RunFolder(tmp_path), RunLimits())
    read, write = os.pipe()
    waiting = stop.wait_for_end(read)
    os.write(write, b"anything")
    assert stop.reason() == ""
    os.close(write)
    waiting.join()
    os.close(read)
    assert stop.reason() == "Tau ended."


def test_memory_is_measured_in_bytes() -> None:
    assert all(1_000_000 < each < 10**12 for each in (used_memory(), peak_memory()))
