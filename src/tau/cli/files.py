"""Atomic writing of a person's files: never partial, never over another file."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tau.errors import BadInput, Conflict


@contextmanager
def atomic_write(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """Yield a file that becomes `path` once it is complete; only its owner may read it.

    Raises `Conflict` if `path` exists and `force` is off, `BadInput` if it cannot be written.
    """
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name a file.")
    if path.exists() and not force:
        raise Conflict(f"{path} already exists and was left unchanged; choose another name.")
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise BadInput(f"{path} can't be written: {error.strerror}.") from error
    fresh = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _replace(fresh, path, force=force)
    except OSError as error:
        raise BadInput(f"{path} can't be written: {error.strerror}.") from error
    finally:
        fresh.unlink(missing_ok=True)


def _replace(fresh: Path, path: Path, *, force: bool) -> None:
    if not force and path.exists():
        raise Conflict(f"{path} was created in the meantime; nothing was overwritten.")
    fresh.replace(path)
