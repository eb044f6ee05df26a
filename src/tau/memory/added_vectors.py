"""Vectors that were made since the last snapshot, as small parts beside it.

Messages are read from the log again, vectors would have to be made again: so a memory that has
grown a little keeps only these.
"""

from collections.abc import Iterable

import msgspec
import numpy as np

from tau.memory.dense import DenseIndex
from tau.memory.indexes import Indexes
from tau.memory.messages import NONE


class _Added(msgspec.Struct, frozen=True, array_like=True):
    """Vectors of one model; `seqs` are those of the messages, as 64-bit numbers."""

    model: str
    dimension: int
    seqs: bytes
    codes: bytes


class UnsavedVectors:
    """The vectors that no snapshot had when this was made."""

    def __init__(self, indexes: Indexes) -> None:
        self._held = [(dense, sorted(dense.unsaved)) for dense in indexes.vector_indexes()]
        seqs = indexes.messages.seqs.values
        self._added = [
            _Added(
                dense.model, dense.dimension, seqs[rows].tobytes(), dense.codes_of(rows).tobytes()
            )
            for dense, rows in self._held
            if rows and dense.model is not None
        ]

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(len(rows) for _, rows in self._held)

    def encode(self) -> bytes:
        """Return them as bytes, for `restore_added`."""
        return msgspec.msgpack.encode(self._added)

    def saved(self) -> None:
        """Take note that they are stored."""
        for dense, rows in self._held:
            dense.unsaved.difference_update(rows)


def restore_added(parts: Iterable[bytes], indexes: Indexes) -> None:
    """Keep vectors that were added beside a snapshot, where their messages are still known.

    A part that isn't one of these is skipped: its vectors are made again.
    """
    for part in parts:
        try:
            _restore(msgspec.msgpack.decode(part, type=list[_Added]), indexes)
        except (msgspec.MsgspecError, ValueError):
            continue


def _restore(added: Iterable[_Added], indexes: Indexes) -> None:
    for each in added:
        codes = np.frombuffer(each.codes, np.int8).reshape(-1, each.dimension)
        seqs = np.frombuffer(each.seqs, np.int64).tolist()
        places = [(place, indexes.messages.row_at(seq)) for place, seq in enumerate(seqs)]
        known = [
            (place, row)
            for place, row in places
            if row != NONE and indexes.messages.by_row.is_living(row)
        ]
        held = indexes.vectors_of(each.model)
        held.use(each.model, each.dimension)
        _put(held, known, codes)
        indexes.promote()


def _put(held: DenseIndex, known: list[tuple[int, int]], codes: np.ndarray) -> None:
    rows = [row for _, row in known]
    held.put_codes(rows, codes[[place for place, _ in known]])
    held.unsaved.difference_update(rows)
