"""The folders of runs in Tau's home: written, cleaned when a run is over, and removed. Blocking."""

import hashlib
import shutil
from collections.abc import Collection
from pathlib import Path

from tau.studio.tuning.checkpoint_grading import GRADING, write_grading
from tau.studio.tuning.planning import PlannedRun
from tau.studio.tuning.run_folder import (
    DOCUMENT,
    PARITY,
    STOP,
    TRAIN,
    VALID,
    DamagedRunFile,
    RunFolder,
)
from tau.studio.tuning.run_spec import encode_run

FOLDER = "runs"
_ANSWERS, _CHECKPOINTS, _ADAPTERS = "answers", "checkpoints", "adapters"


def write_run(folder: RunFolder, planned: PlannedRun) -> None:
    """Write what a run begins with, the document last. Raises `OSError`."""
    files = planned.files
    folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.write(TRAIN, files.train)
    if files.valid:
        folder.write(VALID, files.valid)
    if files.grading is not None:
        write_grading(folder, files.grading)
    folder.write_plain(DOCUMENT, encode_run(planned.spec))


def delete_data(folder: RunFolder, *, parity: bool = False) -> None:
    """Delete everything that repeats examples, and what only going on would need.

    The adapters stay; so does what parity is checked with, unless it's to go, too.
    """
    names = [TRAIN, VALID, GRADING, STOP, *([PARITY] if parity else [])]
    for name in names:
        (folder.path / name).unlink(missing_ok=True)
    for name in (_ANSWERS, _CHECKPOINTS):
        shutil.rmtree(folder.path / name, ignore_errors=True)


def delete_adapters(folder: RunFolder, kept: Collection[str]) -> None:
    """Delete the adapters that no model is made of. `kept` are names in the folder."""
    for path in (folder.path / _ADAPTERS).glob("*"):
        if f"{_ADAPTERS}/{path.name}" not in kept:
            path.unlink(missing_ok=True)


def has_content(folder: RunFolder, name: str, sha256: str) -> bool:
    """Return whether a file has this plain content."""
    try:
        return hashlib.sha256(folder.read(name)).hexdigest() == sha256
    except (OSError, DamagedRunFile):
        return False


def remove_folder(root: Path, run: str) -> None:
    """Delete everything of a run."""
    shutil.rmtree(root / run, ignore_errors=True)


def remove_folders(root: Path, runs: Collection[str]) -> None:
    """Delete everything of these runs."""
    for run in runs:
        remove_folder(root, run)
