"""A stored file as a seekable stream, for readers that look at its beginning first. Blocking."""

import io
from collections.abc import Callable, Iterator


def buffered_file(open_pieces: Callable[[], Iterator[bytes]]) -> io.BufferedReader:
    """Return pieces as a seekable file."""
    return io.BufferedReader(StoredFileReader(open_pieces))


class StoredFileReader(io.RawIOBase):
    """Reads pieces in order; seeking to the start opens them again. Nothing lies on the disk."""

    def __init__(self, open_pieces: Callable[[], Iterator[bytes]]) -> None:
        super().__init__()
        self._open_pieces = open_pieces
        self._pieces = open_pieces()
        self._rest = b""

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that it can be read again from its start."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to the start. Raises `ValueError` for any other place."""
        if offset or whence != io.SEEK_SET:
            raise ValueError("only the start can be sought")
        self._pieces, self._rest = self._open_pieces(), b""
        return 0

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read what fits, at most one piece; 0 at the end."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)
