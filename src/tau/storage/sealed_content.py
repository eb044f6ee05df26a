"""Sealed content of a file on the disk, written and read in pieces of a mebibyte.

Each piece is sealed for its number, and the last one as the last, so that a file that was cut or
whose pieces changed places doesn't open:

    length of the sealed piece (4 bytes, big-endian) | sealed piece | ...

While a file is written it has another suffix and is locked: what is there without a lock was left
by a process that was killed. Blocking; knows nothing of the table of files.
"""

import errno
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO

from tau.errors import DamagedEntry, NotFound, StoreFull, StoreUnavailable
from tau.storage.sealing import SecretBox, UnsealError, new_key

PIECE_BYTES = 1 << 20
PARTIAL_SUFFIX = ".partial"
_LENGTH_BYTES = 4
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_MISSING = "The content of this file isn't on this machine any more."
_NO_SPACE = "There isn't enough disk space for this file."


class SealedContentWriter:
    """Writes the content of one file. `discard` it unless it is kept, and `close` it at the end."""

    def __init__(self, folder: Path, file_id: str) -> None:
        """Begin to write. Raises `NotFound` for an id that can't name a file, and `StoreFull`."""
        if not _names_file(file_id):
            raise NotFound(_MISSING)
        self.id = file_id
        self.key = new_key()
        self.size = 0
        self._path = folder / file_id
        self._partial = folder / f"{file_id}{PARTIAL_SUFFIX}"
        self._box = SecretBox(self.key)
        self._waiting = bytearray()
        self._pieces = 0
        self._file = _create(self._partial)

    def write(self, data: bytes) -> None:
        """Add to the content. Raises `StoreFull`."""
        self.size += len(data)
        self._waiting += data
        while len(self._waiting) > PIECE_BYTES:  # one stays: it may be the last
            self._write_piece(bytes(self._waiting[:PIECE_BYTES]), is_last=False)
            del self._waiting[:PIECE_BYTES]

    def finish(self) -> None:
        """Write what is left, to the disk, and give the file its name. Raises `StoreFull`."""
        self._write_piece(bytes(self._waiting), is_last=True)
        self._waiting.clear()
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._partial.rename(self._path)
        except OSError as error:
            raise _translated(error) from None

    def discard(self) -> None:
        """Delete what was written."""
        self._partial.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Release the file and its lock."""
        with suppress(OSError):
            self._file.close()

    def _write_piece(self, plain: bytes, *, is_last: bool) -> None:
        sealed = self._box.seal(plain, _place(self.id, self._pieces, is_last), compress=False)
        self._pieces += 1
        try:
            self._file.write(len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed)
        except OSError as error:
            raise _translated(error) from None


def read_content(folder: Path, file_id: str, key: bytes) -> Iterator[bytes]:
    """Yield the content of a file in pieces. Raises `NotFound` and `DamagedEntry`."""
    if not _names_file(file_id):
        raise NotFound(_MISSING)
    box = SecretBox(key)
    try:
        file = (folder / file_id).open("rb")
    except OSError:
        raise NotFound(_MISSING) from None
    with closing(file):
        number = -1
        following: bytes | None = _read_piece(file) or b""  # even an empty content has a piece
        while following is not None:
            number, sealed, following = number + 1, following, _read_piece(file)
            try:
                yield box.open(sealed, _place(file_id, number, following is None))
            except UnsealError as error:
                raise DamagedEntry(number, str(error)) from None


def has_content(folder: Path, file_id: str) -> bool:
    """Return whether the content of a file is there."""
    return _names_file(file_id) and (folder / file_id).exists()


def delete_content(folder: Path, file_id: str) -> None:
    """Delete the content of a file, if it is there."""
    if _names_file(file_id):
        (folder / file_id).unlink(missing_ok=True)


def unlocked_files(folder: Path) -> list[Path]:
    """Return the files of the folder that nobody is writing."""
    return [path for path in sorted(folder.glob("*")) if path.is_file() and not _is_locked(path)]


def _names_file(file_id: str) -> bool:
    """Return whether an id can name a file here: in an import, anyone may have made it up."""
    return _ID.fullmatch(file_id) is not None


def _create(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise _translated(error) from None
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return os.fdopen(descriptor, "wb")


def _is_locked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True  # or deleted in the meantime
    return False


def _read_piece(file: BinaryIO) -> bytes | None:
    """Return the next sealed piece; `None` at the end, nothing for one that was cut."""
    prefix = file.read(_LENGTH_BYTES)
    if not prefix:
        return None
    length = int.from_bytes(prefix, "big")
    sealed = file.read(min(length, PIECE_BYTES + 1024))
    return sealed if len(sealed) == length else b""


def _translated(error: OSError) -> StoreFull | StoreUnavailable:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StoreFull(_NO_SPACE)
    return StoreUnavailable(f"The file can't be stored ({type(error).__name__}).")


def _place(file_id: str, number: int, is_last: bool) -> str:
    return f"studio file|{file_id}|{number}|{'last' if is_last else 'more'}"
