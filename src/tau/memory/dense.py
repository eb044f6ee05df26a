"""Dense index: vectors of messages, and an exact scan over them.

Row by row in blocks of 4096, in RAM as float32 so that the scan touches memory once; a
block exists once one of its rows has a vector. Vectors are rounded to float16 first, so that a
snapshot, which keeps float16, restores the very same numbers. This module knows nothing of
words, and not where vectors come from.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tau.memory.columns import Column

Vectors = npt.NDArray[np.float32]
"""Shape (n, dimension), each row of length 1."""

BLOCK_ROWS = 4096
_MAX_COMPONENT = 1e15  # its square is still a float32


class DenseIndex:
    """At most one unit vector per row, all of one model."""

    def __init__(self) -> None:
        self.model: str | None = None
        self.dimension = 0
        self.has_vector = Column(np.bool_)
        """Which rows have a vector; the caller appends to it with every row."""
        self.blocks: list[Vectors | None] = []

    def use(self, model: str | None, dimension: int) -> None:
        """Accept vectors of this model and dimension from now on; drop all others."""
        if (model, dimension) != (self.model, self.dimension):
            self.model, self.dimension = model, dimension
            self.blocks = []
            self.has_vector.values[:] = False

    def put(self, rows: Sequence[int], vectors: Vectors) -> None:
        """Keep one vector per row, scaled to unit length; what is not a number becomes zero."""
        for row, vector in zip(rows, to_unit_length(vectors), strict=True):
            self.block(row // BLOCK_ROWS)[row % BLOCK_ROWS] = vector
            self.has_vector.values[row] = True

    def block(self, index: int) -> Vectors:
        """Return a block of rows, created if it does not exist yet."""
        while len(self.blocks) <= index:
            self.blocks.append(None)
        found = self.blocks[index]
        if found is None:
            found = self.blocks[index] = np.zeros((BLOCK_ROWS, self.dimension), np.float32)
        return found

    def remove(self, row: int) -> None:
        """Zero the vector of a row."""
        self.has_vector.values[row] = False
        index = row // BLOCK_ROWS
        block = self.blocks[index] if index < len(self.blocks) else None
        if block is not None:
            block[row % BLOCK_ROWS] = 0

    def scores(self, query: Vectors) -> npt.NDArray[np.float32] | None:
        """Return the cosine of every row with `query`, 0 where there is no vector.

        `None` if there is nothing to compare with, or `query` is of another dimension.
        """
        flat = np.asarray(query, np.float32).reshape(-1)
        if not self.blocks or flat.shape != (self.dimension,):
            return None
        flat = to_unit_length(flat[np.newaxis])[0]
        scores = np.zeros(len(self.has_vector), np.float32)
        for index, block in enumerate(self.blocks):
            if block is not None:
                part = scores[index * BLOCK_ROWS : (index + 1) * BLOCK_ROWS]
                # Row by row in one thread: a threaded matrix product waits for busy cores,
                # and its worst case is ten times slower.
                np.vecdot(block[: len(part)], flat, out=part)
        return scores


def to_unit_length(vectors: Vectors) -> Vectors:
    """Return finite rows of length 1 (or 0), rounded to what float16 can hold."""
    finite = np.asarray(vectors, np.float32)
    if not np.isfinite(finite).all():
        finite = np.nan_to_num(finite, nan=0.0, posinf=0.0, neginf=0.0)
    finite = np.clip(finite, -_MAX_COMPONENT, _MAX_COMPONENT)
    lengths = np.linalg.norm(finite, axis=1, keepdims=True)
    scaled = np.divide(finite, lengths, out=np.zeros_like(finite), where=lengths > 0)
    rounded: Vectors = scaled.astype(np.float16).astype(np.float32)
    return rounded
