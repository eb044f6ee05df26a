"""Postings: which rows say which term how often, in arrays of numbers.

A posting is `row << 8 | count`. A term is known by 64 bits of its hash, so a word that nobody says
any more leaves nothing here. Postings are never changed: adding and removing makes new ones.
"""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from tau.memory.key_index import Hashes, hash_of

COUNT_BITS = 8
MAX_COUNT = (1 << COUNT_BITS) - 1
Packed = npt.NDArray[np.uint32]


class Postings:
    """The postings of all terms, sorted by the hash of the term, then by row."""

    __slots__ = ("_hashes", "_packed", "_starts")

    def __init__(self, hashes: Hashes, sizes: npt.NDArray[np.integer], packed: Packed) -> None:
        self._hashes = hashes
        self._packed = packed
        self._starts = np.zeros(len(hashes) + 1, np.uint32)
        np.cumsum(sizes, out=self._starts[1:])
        if int(self._starts[-1]) != len(packed):
            raise ValueError("postings do not add up")

    @classmethod
    def empty(cls) -> "Postings":
        """Return no postings."""
        return cls(np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros(0, np.uint32))

    @classmethod
    def of(cls, postings: Mapping[str, Sequence[int]]) -> "Postings":
        """Return the postings of terms, of each with its rows ascending."""
        hashed = sorted(
            ((hash_of(term), said) for term, said in postings.items()), key=itemgetter(0)
        )
        sizes = np.array([len(said) for _, said in hashed], np.int64)
        packed = np.fromiter(itertools.chain.from_iterable(said for _, said in hashed), np.uint32)
        return cls(np.array([each for each, _ in hashed], np.uint64), sizes, packed)

    @classmethod
    def merge(cls, parts: Iterable["Postings"]) -> "Postings":
        """Return the postings of several that speak of different rows, earlier rows first."""
        held = [part for part in parts if len(part)]
        if len(held) < 2:
            return held[0] if held else cls.empty()
        hashes = np.concatenate([part.hashes for part in held])
        sizes = np.concatenate([part.sizes for part in held]).astype(np.int64)
        packed = np.concatenate([part.packed for part in held])
        order = np.argsort(hashes, kind="stable")
        starts = np.cumsum(sizes) - sizes
        sorted_sizes = sizes[order]
        # The place of each posting: the start of its list, plus its place in the list.
        offsets = np.cumsum(sorted_sizes) - sorted_sizes
        places = np.arange(len(packed)) + np.repeat(starts[order] - offsets, sorted_sizes)
        unique, first = np.unique(hashes[order], return_index=True)
        return cls(unique, np.add.reduceat(sorted_sizes, first), packed[places])

    def __len__(self) -> int:
        """Return how many terms there are."""
        return len(self._hashes)

    @property
    def hashes(self) -> Hashes:
        """The hash of every term, ascending."""
        return self._hashes

    @property
    def sizes(self) -> npt.NDArray[np.uint32]:
        """How many postings every term has."""
        return np.diff(self._starts)

    @property
    def packed(self) -> Packed:
        """All postings."""
        return self._packed

    def find(self, hashed: int) -> Packed:
        """Return the postings of a term; empty if nobody says it."""
        wanted = np.uint64(hashed)
        place = int(np.searchsorted(self._hashes, wanted))
        if place == len(self._hashes) or self._hashes[place] != wanted:
            return self._packed[:0]
        return self._packed[self._starts[place] : self._starts[place + 1]]

    def without(self, rows: Collection[int]) -> "Postings":
        """Return the postings of all other rows."""
        gone = np.fromiter(rows, np.uint32, len(rows))
        kept = ~np.isin(self._packed >> COUNT_BITS, gone)
        sizes = np.zeros(len(self._hashes), np.int64)
        np.add.at(sizes, np.repeat(np.arange(len(sizes)), self.sizes)[kept], 1)
        said = sizes > 0
        return Postings(self._hashes[said], sizes[said], self._packed[kept])

    def items(self) -> dict[int, list[int]]:
        """Return everything as a dictionary."""
        return {
            int(hashed): self._packed[start:end].tolist()
            for hashed, start, end in zip(
                self._hashes, self._starts[:-1], self._starts[1:], strict=True
            )
        }
