"""Replacement of a folder as a whole: at every moment it's the former one or the new one.

The new folder is written beside it and then gets its name. A folder can't be renamed over another
one, so there's a moment between two renames; `locked_folders` keeps readers out of it, and puts
back what a killed process left there.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

WORK_FOLDER = ".replacing"
"""Beside the folders; it holds the lock, and what is being written or replaced."""
_FORMER = "former."
_NEW = "new."


@contextmanager
def locked_folders(parent: Path) -> Iterator[None]:
    """Hold the lock of the folders in `parent`, each of which is whole now. Blocks."""
    work = parent / WORK_FOLDER
    work.mkdir(parents=True, exist_ok=True)
    with (work / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # ends with its process
        _settle(parent)
        yield


def replace_folder(parent: Path, name: str, contents: Mapping[str, bytes]) -> None:
    """Make a folder with these files, in place of what has that name.

    The caller holds the lock.
    """
    work = parent / WORK_FOLDER
    new = Path(tempfile.mkdtemp(prefix=_NEW, dir=work))
    try:
        for path, content in contents.items():
            file = new / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        target = parent / name
        if target.is_symlink() or target.is_file():
            target.unlink()
        elif target.exists():
            target.rename(work / f"{_FORMER}{name}")
        new.rename(target)
    finally:
        _settle(parent)


def _settle(parent: Path) -> None:
    """Put back a former folder that nothing replaced, and delete everything else left over."""
    for left in (parent / WORK_FOLDER).iterdir():
        name = left.name.removeprefix(_FORMER)
        if left.name.startswith(_FORMER) and not (parent / name).exists():
            left.rename(parent / name)
        elif left.name.startswith((_FORMER, _NEW)):
            shutil.rmtree(left)
