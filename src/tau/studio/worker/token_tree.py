"""Sequences of tokens packed into one row, in which each common beginning is computed once.

Examples of one task begin with the same instructions, and both answers of a pair follow the same
request. A token's hidden state depends on it and on the tokens before it alone, so equal beginnings
have equal states. The sequences of a micro-batch therefore form a tree: each node is a token, which
attends to itself and its ancestors. No padding is computed either. Knows nothing of models.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

BLOCK = 64
"""Sizes of packed trees are multiples of it."""


class TokenSequence(NamedTuple):
    """The tokens of a chat; those with `trained` are the answer, which carries the loss."""

    tokens: tuple[int, ...]
    trained: tuple[bool, ...]

    @property
    def trained_count(self) -> int:
        """Number of tokens that carry a loss; the first token of all is never predicted."""
        return sum(self.trained[1:])


class PackedTokens(NamedTuple):
    """A tree of T nodes, and the N places at which one of its tokens predicts a trained one."""

    tokens: npt.NDArray[np.int64]
    """T token ids."""
    positions: npt.NDArray[np.int64]
    """T positions in their own sequences."""
    mask: npt.NDArray[np.bool_]
    """T x T: whether the token of a row attends to that of a column."""
    sources: npt.NDArray[np.int64]
    """N indexes of tokens that predict."""
    targets: npt.NDArray[np.int64]
    """N token ids that should be predicted."""
    owners: npt.NDArray[np.int64]
    """N indexes of the sequences that they belong to."""


class TokenTree:
    """A tree that sequences are added to."""

    def __init__(self) -> None:
        self._children: dict[tuple[int, int], int] = {}
        self._tokens: list[int] = []
        self._parents: list[int] = []
        self._paths: list[list[int]] = []
        self._sequences: list[TokenSequence] = []

    def __len__(self) -> int:
        return len(self._tokens)

    def growth(self, sequences: Sequence[TokenSequence]) -> int:
        """Return how many tokens `sequences` would add, at most."""
        return sum(len(each.tokens) - self._shared(each) for each in sequences)

    def _shared(self, sequence: TokenSequence) -> int:
        node = -1
        for depth, token in enumerate(sequence.tokens):
            child = self._children.get((node, token))
            if child is None:
                return depth
            node = child
        return len(sequence.tokens)

    def add(self, sequence: TokenSequence) -> None:
        """Add a sequence."""
        node, path = -1, []
        for token in sequence.tokens:
            place = (node, token)
            if place not in self._children:
                self._children[place] = len(self._tokens)
                self._tokens.append(token)
                self._parents.append(node)
            node = self._children[place]
            path.append(node)
        self._paths.append(path)
        self._sequences.append(sequence)

    def packed(self) -> PackedTokens:
        """Return the tree as arrays, filled up to a multiple of `BLOCK`.

        Libraries keep prepared code and memory for every size that they've seen, so few sizes are
        faster and smaller. What fills up sees nothing but itself.
        """
        size = -(-len(self._tokens) // BLOCK) * BLOCK
        mask = np.eye(size, dtype=np.bool_)
        positions = np.zeros(size, dtype=np.int64)
        for node, parent in enumerate(self._parents):  # parents come first
            if parent >= 0:
                mask[node] |= mask[parent]
                positions[node] = positions[parent] + 1
        places = [
            (path[at - 1], path[at], owner)
            for owner, (path, sequence) in enumerate(zip(self._paths, self._sequences, strict=True))
            for at in range(1, len(path))
            if sequence.trained[at]
        ]
        tokens = np.zeros(size, dtype=np.int64)
        tokens[: len(self._tokens)] = self._tokens
        found = np.array(places, dtype=np.int64).reshape(-1, 3)
        return PackedTokens(tokens, positions, mask, found[:, 0], tokens[found[:, 1]], found[:, 2])


def pack_micro_batches(
    units: Sequence[Sequence[TokenSequence]], micro_tokens: int
) -> list[PackedTokens]:
    """Return trees of at most `micro_tokens` tokens; a unit that is longer has one to itself.

    A unit's sequences (one, or the two answers of a pair) stay together, in order.
    """
    trees = [TokenTree()]
    for unit in units:
        if len(trees[-1]) and len(trees[-1]) + trees[-1].growth(unit) > micro_tokens:
            trees.append(TokenTree())
        for sequence in unit:
            trees[-1].add(sequence)
    return [tree.packed() for tree in trees if len(tree)]
