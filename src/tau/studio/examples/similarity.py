"""Examples that are almost the same, by the cosine of their vectors.

Compares each with each in blocks, so that memory grows with the number of examples, not with its
square. Knows nothing of what made the vectors.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tau.studio.examples.example import Example
from tau.studio.examples.identity import content_sha256
from tau.studio.examples.normalization import answer_key, context_key, request_key

Vector = NDArray[np.float32]
Vectors = Mapping[str, Vector]
"""A unit vector of the input of each example, by the example's id."""
_Codes = NDArray[np.int64]

NEAR_COSINES = {"multilingual-e5-small": 0.985, "all-minilm-l6-v2": 0.96}
"""Above this, inputs with the same answer mostly differ in a word or in the order of words: read on
251 routed and 276 extracted messages. Vectors of e5 stand close together: at 0.95, every second
question about the same thing is as near."""
DEFAULT_NEAR_COSINE = 0.985
MOST_COMPARED = 20_000
_BLOCK = 256  # rows: the worst case, all near, takes 100 MB at 20,000 examples


class Compared(NamedTuple):
    """Examples that differ from each other, with their vectors and codes for what must be equal."""

    examples: tuple[Example, ...]
    vectors: NDArray[np.float32]
    contexts: _Codes
    answers: _Codes


class NearPair(NamedTuple):
    """Two examples whose inputs are near; where a test is asked about, the first is in it."""

    first: Example
    second: Example


class Nearness(NamedTuple):
    """Which examples have inputs that are near."""

    groups: list[list[Example]]
    """Of one answer, linked by near pairs."""
    differing: list[NearPair]
    """Those of different answers: each example with the nearest such one."""
    across: list[NearPair]
    """Each example of the test with the nearest other of the same answer."""


def comparable(examples: Sequence[Example], vectors: Vectors) -> Compared | None:
    """Return the examples that have a vector, one of each that say the same, in a fixed order.

    `None` if there are fewer than two, or more than can be compared.
    """
    distinct: dict[Any, Example] = {}
    for example in sorted(examples, key=lambda each: content_sha256(each.messages)):
        if example.id in vectors:
            key = (request_key(example), answer_key(example.answer))
            distinct.setdefault(key, example)
    if not 2 <= len(distinct) <= MOST_COMPARED:
        return None
    kept = tuple(distinct.values())
    return Compared(
        kept,
        np.stack([np.asarray(vectors[each.id], dtype=np.float32) for each in kept]),
        _codes([context_key(each) for each in kept]),
        _codes([answer_key(each.answer) for each in kept]),
    )


def compare(compared: Compared, cosine: float, test: frozenset[str] = frozenset()) -> Nearness:
    """Return which examples have inputs nearer than `cosine` after the same messages."""
    count = len(compared.examples)
    labels = np.arange(count)
    is_test = np.array([each.id in test for each in compared.examples])
    differing: dict[int, int] = {}
    across: dict[int, int] = {}
    for near in _near_pairs(compared, cosine):
        same = compared.answers[near.rows] == compared.answers[near.columns]
        crossing = is_test[near.rows] & ~is_test[near.columns]
        _link(labels, near.only(same))
        differing |= near.only(~same).nearest()
        across |= near.only(same & crossing).nearest()
    return Nearness(
        _groups(compared.examples, labels.tolist()),
        _pairs(compared.examples, differing),
        _pairs(compared.examples, across),
    )


class _Near(NamedTuple):
    """Pairs of places of examples, row by row, and their cosines."""

    rows: _Codes
    columns: _Codes
    cosines: NDArray[np.float32]

    def only(self, wanted: NDArray[np.bool_]) -> "_Near":
        """Return some of the pairs."""
        return _Near(self.rows[wanted], self.columns[wanted], self.cosines[wanted])

    def nearest(self) -> dict[int, int]:
        """Return for each row the column with the highest cosine, the first of equal ones."""
        order = np.lexsort((self.columns, -self.cosines, self.rows))
        rows, first = np.unique(self.rows[order], return_index=True)
        return dict(zip(rows.tolist(), self.columns[order][first].tolist(), strict=True))


def _near_pairs(compared: Compared, cosine: float) -> Iterator[_Near]:
    """Yield the pairs of examples in a block of rows with the same context and near inputs."""
    vectors, contexts = compared.vectors, compared.contexts
    for start in range(0, len(vectors), _BLOCK):
        products = vectors[start : start + _BLOCK] @ vectors.T
        rows, columns = np.nonzero(products > cosine)
        near = _Near(rows + start, columns, products[rows, columns])
        yield near.only((rows + start != columns) & (contexts[rows + start] == contexts[columns]))


def _link(labels: _Codes, near: _Near) -> None:
    """Give the same label to all that is linked by pairs."""
    rows, starts = np.unique(near.rows, return_index=True)
    for row, columns in zip(rows, np.split(near.columns, starts[1:]), strict=False):
        found = np.unique(labels[np.append(columns, row)])
        if len(found) > 1:
            labels[np.isin(labels, found)] = found[0]


def _groups(examples: Sequence[Example], labels: Sequence[int]) -> list[list[Example]]:
    groups: dict[int, list[Example]] = {}
    for example, label in zip(examples, labels, strict=True):
        groups.setdefault(label, []).append(example)
    return [group for group in groups.values() if len(group) > 1]


def _pairs(examples: Sequence[Example], nearest: dict[int, int]) -> list[NearPair]:
    """Return pairs, each once, although each of two may be the nearest of the other."""
    distinct = {frozenset(pair): pair for pair in reversed(nearest.items())}
    return [NearPair(examples[row], examples[column]) for row, column in distinct.values()]


def _codes(keys: Sequence[Any]) -> _Codes:
    """Return a number for each key, the same for equal ones."""
    numbers: dict[Any, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
