"""Dense index: vectors of messages, and an exact scan over them.

Row by row in blocks of 256, each number a whole one from -127 to 127: a fourth of the RAM of
float32, and rankings that hardly differ (docs/memory.md has the figures). A block exists once one
of its rows has a vector. A snapshot keeps the same numbers. This module knows nothing of words, and
not where vectors come from.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tau.memory.columns import CHUNK_ROWS, Column, next_revision

Vectors = npt.NDArray[np.float32]
"""Shape (n, dimension), each row of length 1."""
Codes = npt.NDArray[np.int8]
"""Shape (n, dimension): vectors in whole numbers, of any length."""

_MAX_CODE = 127
_MAX_COMPONENT = 1e15  # its square is still a float32


class VectorBlock:
    """Vectors of up to `CHUNK_ROWS` rows; `scales` are one over the lengths of `codes`, or 0."""

    __slots__ = ("codes", "revision", "scales")

    def __init__(self, dimension: int) -> None:
        self.codes: Codes = np.zeros((0, dimension), np.int8)
        self.scales: npt.NDArray[np.float32] = np.zeros(0, np.float32)
        self.revision = next_revision()
        """A number that no earlier state of a block had."""

    def put(self, rows: npt.NDArray[np.intp], codes: Codes) -> None:
        """Keep one vector for each of these rows of the block."""
        self._grow(int(rows.max(initial=-1)) + 1)
        self.codes[rows] = codes
        self.scales[rows] = _one_over_length(codes)
        self.revision = next_revision()

    def first(self, count: int) -> Codes:
        """Return the vectors of the first rows of the block, zeros where there is none."""
        codes: Codes = np.zeros((count, self.codes.shape[1]), np.int8)
        held = self.codes[:count]
        codes[: len(held)] = held
        return codes

    def _grow(self, rows: int) -> None:
        """Make room for so many rows, and some more."""
        missing = rows - len(self.codes)
        if missing > 0:
            room = min(CHUNK_ROWS - len(self.codes), max(missing, len(self.codes) // 4))
            self.codes = np.pad(self.codes, ((0, room), (0, 0)))
            self.scales = np.pad(self.scales, (0, room))


class DenseIndex:
    """At most one unit vector per row, all of one model."""

    def __init__(self) -> None:
        self.model: str | None = None
        self.dimension = 0
        self.has_vector = Column(np.bool_)
        """Which rows have a vector; the caller appends to it with every row."""
        self.blocks: list[VectorBlock | None] = []
        self.unsaved: set[int] = set()
        """Rows whose vectors were put since they were last saved."""

    def use(self, model: str | None, dimension: int) -> None:
        """Accept vectors of this model and dimension from now on; drop all others."""
        if (model, dimension) != (self.model, self.dimension):
            self.model, self.dimension = model, dimension
            self.blocks = []
            self.unsaved.clear()
            self.has_vector.values[:] = False

    def put(self, rows: Sequence[int], vectors: Vectors) -> None:
        """Keep one vector per row; what is not a number becomes zero."""
        self.put_codes(rows, to_codes(vectors))

    def put_codes(self, rows: Sequence[int], codes: Codes) -> None:
        """Keep one vector in whole numbers per row."""
        places = np.asarray(rows, np.intp)
        blocks = places // CHUNK_ROWS
        for index in np.unique(blocks).tolist():
            chosen = blocks == index
            self.block(index).put(places[chosen] % CHUNK_ROWS, codes[chosen])
        self.has_vector.values[places] = True
        self.unsaved.update(rows)

    def codes_of(self, rows: Sequence[int]) -> Codes:
        """Return the vectors of rows that have one, as they are kept."""
        codes: Codes = np.zeros((len(rows), self.dimension), np.int8)
        for place, row in enumerate(rows):
            codes[place] = self.block(row // CHUNK_ROWS).codes[row % CHUNK_ROWS]
        return codes

    def block(self, index: int) -> VectorBlock:
        """Return a block of rows, created if it does not exist yet."""
        while len(self.blocks) <= index:
            self.blocks.append(None)
        found = self.blocks[index]
        if found is None:
            found = self.blocks[index] = VectorBlock(self.dimension)
        return found

    def remove(self, row: int) -> None:
        """Zero the vector of a row."""
        self.has_vector.values[row] = False
        self.unsaved.discard(row)
        index = row // CHUNK_ROWS
        block = self.blocks[index] if index < len(self.blocks) else None
        if block is not None and row % CHUNK_ROWS < len(block.codes):
            block.put(np.array([row % CHUNK_ROWS]), np.zeros((1, self.dimension), np.int8))

    def scores(self, query: Vectors) -> npt.NDArray[np.float32] | None:
        """Return the cosine of every row with `query`, 0 where there is no vector.

        `None` if there is nothing to compare with, or `query` is of another dimension.
        """
        flat = np.asarray(query, np.float32).reshape(-1)
        if not self.blocks or flat.shape != (self.dimension,):
            return None
        flat = to_unit_length(flat[np.newaxis])[0]
        scores = np.zeros(len(self.has_vector), np.float32)
        buffer = np.empty((CHUNK_ROWS, self.dimension), np.float32)
        for index, block in enumerate(self.blocks):
            if block is not None:
                start = index * CHUNK_ROWS
                part = scores[start : start + len(block.codes)]
                numbers = buffer[: len(part)]
                np.copyto(numbers, block.codes[: len(part)])
                # Row by row in one thread: a threaded matrix product waits for busy cores,
                # and its worst case is ten times slower.
                np.vecdot(numbers, flat, out=part)
                part *= block.scales[: len(part)]
        return scores


def to_unit_length(vectors: Vectors) -> Vectors:
    """Return finite rows of length 1 (or 0)."""
    finite = np.asarray(vectors, np.float32)
    if not np.isfinite(finite).all():
        finite = np.nan_to_num(finite, nan=0.0, posinf=0.0, neginf=0.0)
    finite = np.clip(finite, -_MAX_COMPONENT, _MAX_COMPONENT)
    lengths = np.linalg.norm(finite, axis=1, keepdims=True)
    unit: Vectors = np.divide(finite, lengths, out=np.zeros_like(finite), where=lengths > 0)
    return unit


def to_codes(vectors: Vectors) -> Codes:
    """Return vectors of any length in whole numbers, the largest of each being 127."""
    unit = to_unit_length(vectors)
    largest = np.abs(unit).max(axis=1, keepdims=True, initial=0)
    scaled = np.divide(unit * _MAX_CODE, largest, out=np.zeros_like(unit), where=largest > 0)
    codes: Codes = np.rint(scaled).astype(np.int8)
    return codes


def _one_over_length(codes: Codes) -> npt.NDArray[np.float32]:
    lengths = np.linalg.norm(codes.astype(np.float32), axis=1)
    scales: npt.NDArray[np.float32] = np.divide(
        1, lengths, out=np.zeros_like(lengths), where=lengths > 0
    )
    return scales
