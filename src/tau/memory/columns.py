"""Column of numbers that grows by appending and reads as a numpy array.

What is kept by row is saved in chunks of rows. Each has a revision, so that only those that changed
are saved again.
"""

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt

CHUNK_ROWS = 256
_FIRST_CAPACITY = 64
_revisions = itertools.count(1)


def next_revision() -> int:
    """Return a number that no chunk of this process had as a revision before."""
    return next(_revisions)


class Column:
    """One number per row, in an array that doubles when full.

    `values` is a view: it is valid until the next `append`.
    """

    __slots__ = ("_array", "_length")

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self._array: npt.NDArray[Any] = np.zeros(_FIRST_CAPACITY, dtype)
        self._length = 0

    def append(self, value: float) -> None:
        """Add one number at the end."""
        if self._length == len(self._array):
            grown = np.zeros(2 * self._length, self._array.dtype)
            grown[: self._length] = self._array
            self._array = grown
        self._array[self._length] = value
        self._length += 1

    @property
    def values(self) -> npt.NDArray[Any]:
        """The numbers so far; writable."""
        return self._array[: self._length]

    def __len__(self) -> int:
        return self._length

    def dump(self) -> bytes:
        """Return the numbers as bytes in the machine's order."""
        return self.values.tobytes()

    def load(self, raw: bytes) -> None:
        """Load what `dump` returned. Raises `ValueError` if the size cannot be right."""
        loaded = np.frombuffer(raw, self._array.dtype)
        self._length = len(loaded)
        self._array = np.zeros(max(_FIRST_CAPACITY, self._length * 5 // 4), loaded.dtype)
        self._array[: self._length] = loaded
