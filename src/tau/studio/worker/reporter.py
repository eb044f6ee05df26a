"""What the program reports, appended to `events.jsonl`."""

import os
import time
from typing import Any

import msgspec

from tau.studio.tuning.run_events import (
    CheckpointSaved,
    RunEvent,
    RunStarted,
    decode_reports,
    whole_lines,
)
from tau.studio.tuning.run_folder import EVENTS, RunFolder


class Reporter:
    """The events of a run; another process of the same run reports nothing (`is_silent`)."""

    def __init__(self, folder: RunFolder, *, is_silent: bool = False) -> None:
        self._path = folder.path / EVENTS
        self.is_silent = is_silent
        self.earlier = self._read()
        """What earlier parts of the run reported."""

    def _read(self) -> list[RunEvent]:
        """Return the whole lines; what a killed process left of a line is cut off."""
        if not self._path.exists():
            return []
        raw = self._path.read_bytes()
        whole = len(whole_lines(raw))
        if whole < len(raw) and not self.is_silent:
            os.truncate(self._path, whole)
        return decode_reports(raw)

    def report(self, kind: type[Any], **fields: Any) -> None:
        """Append an event of now, and wait until it's on the disk."""
        if self.is_silent:
            return
        event = kind(at=round(time.time(), 3), **fields)
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode(event) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def first_start(self) -> RunStarted | None:
        """Return how the run was started for the first time."""
        return next((each for each in self.earlier if isinstance(each, RunStarted)), None)

    def has_checkpoint(self, step: int) -> bool:
        """Return whether a checkpoint was reported by an earlier part."""
        return any(isinstance(each, CheckpointSaved) and each.step == step for each in self.earlier)
