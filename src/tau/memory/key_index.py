"""Index of rows by a key of their message: 64 bits of a hash instead of the key itself.

Two keys may have one hash, so whoever asks compares the keys of the rows that are found. Most rows
are in two sorted arrays, 12 bytes a row; the newest are in a dictionary until there are many.
"""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

_NO_KEY = 0
_FEWEST_MERGED = 256
_MERGED_SHARE = 8


def hash_of(key: str | None) -> int:
    """Return 64 bits of a hash of `key`, the same on every machine; 0 for none."""
    if key is None:
        return _NO_KEY
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1


class KeyIndex:
    """Rows by the hash of a key; several rows may have one key."""

    def __init__(self) -> None:
        self._hashes: Hashes = np.zeros(0, np.uint64)
        self._rows: npt.NDArray[np.int32] = np.zeros(0, np.int32)
        self._newest: dict[int, tuple[int, ...]] = {}

    def load(self, hashes: Hashes) -> None:
        """Index the rows from 0 on by their hashes, 0 where a row has no key."""
        rows = np.flatnonzero(hashes).astype(np.int32)
        self._sort_in(hashes[rows], rows)

    def add(self, key: str, row: int) -> None:
        """Index a row, which is later than all others of this key."""
        hashed = hash_of(key)
        self._newest[hashed] = (*self._newest.get(hashed, ()), row)
        if len(self._newest) > max(_FEWEST_MERGED, len(self._rows) // _MERGED_SHARE):
            pairs = [(hashed, row) for hashed, rows in self._newest.items() for row in rows]
            self._newest = {}
            hashes, rows = zip(*pairs, strict=True)
            self._sort_in(np.array(hashes, np.uint64), np.array(rows, np.int32))

    def remove(self, key: str, row: int) -> None:
        """Remove a row."""
        hashed = hash_of(key)
        if row in self._newest.get(hashed, ()):
            left = tuple(each for each in self._newest[hashed] if each != row)
            if left:
                self._newest[hashed] = left
            else:
                del self._newest[hashed]
            return
        first, last = self._between(hashed)
        place = first + int(np.flatnonzero(self._rows[first:last] == row)[0])
        self._hashes = np.delete(self._hashes, place)
        self._rows = np.delete(self._rows, place)

    def rows(self, key: str) -> Iterable[int]:
        """Return the rows that may have this key, ascending."""
        hashed = hash_of(key)
        first, last = self._between(hashed)
        newest = self._newest.get(hashed, ())
        return [*self._rows[first:last].tolist(), *newest] if first < last else newest

    def _between(self, hashed: int) -> tuple[int, int]:
        wanted = np.uint64(hashed)
        first = int(np.searchsorted(self._hashes, wanted))
        if first == len(self._hashes) or self._hashes[first] != wanted:
            return first, first
        return first, int(np.searchsorted(self._hashes, wanted, side="right"))

    def _sort_in(self, hashes: Hashes, rows: npt.NDArray[np.int32]) -> None:
        all_hashes = np.concatenate((self._hashes, hashes))
        all_rows = np.concatenate((self._rows, rows))
        order = np.lexsort((all_rows, all_hashes))
        self._hashes, self._rows = all_hashes[order], all_rows[order]
