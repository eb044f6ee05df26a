"""Events are whole lines, whatever a killed process left behind."""

from pathlib import Path

import pytest

from tau.studio.tuning.run_events import CheckpointSaved, RunPaused, RunStarted
from tau.studio.tuning.run_folder import EVENTS, RunFolder
from tau.studio.worker.reporter import Reporter

STARTED = {
    "steps": 4,
    "train_examples": 8,
    "tokens_per_epoch": 80,
    "trained_tokens_per_epoch": 20,
    "parameters": 1000,
    "trainable_parameters": 10,
    "precision": "float32",
    "threads": 1,
}


@pytest.mark.parametrize(
    "left",
    [
        b"",
        b'{"ki',
        b'{"kind":"paused","at":1,"step":2}',
        b"\xff",
        b'{"kind":"paused","at":1,"step":2,"reason":"\xff"}\n',
    ],
)
def test_what_is_not_an_event_is_passed_over(tmp_path: Path, left: bytes) -> None:
    folder = RunFolder(tmp_path)
    Reporter(folder).report(RunStarted, **STARTED)
    Reporter(folder).report(CheckpointSaved, step=2, state="s", adapter="a", adapter_sha256="0")
    with (tmp_path / EVENTS).open("ab") as file:
        file.write(left)
    reporter = Reporter(folder)
    reporter.report(RunPaused, step=2)
    kinds = [type(each) for each in Reporter(folder).earlier]
    assert kinds == [RunStarted, CheckpointSaved, RunPaused]
    assert reporter.has_checkpoint(2)
    assert not reporter.has_checkpoint(4)
    first = reporter.first_start()
    assert first is not None
    assert first.threads == 1


def test_only_one_of_several_processes_reports(tmp_path: Path) -> None:
    (tmp_path / EVENTS).write_bytes(b'{"ki')
    reporter = Reporter(RunFolder(tmp_path), is_silent=True)
    reporter.report(RunPaused, step=2)
    assert (tmp_path / EVENTS).read_bytes() == b'{"ki'
