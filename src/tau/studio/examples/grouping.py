"""Groups of examples that must not be divided: the same request, or almost the same."""

from collections.abc import Hashable, Sequence

from tau.studio.examples.example import Example
from tau.studio.examples.normalization import request_key
from tau.studio.examples.similarity import Vectors, comparable, compare


def group_examples(
    examples: Sequence[Example], vectors: Vectors | None, near: float
) -> list[list[Example]]:
    """Return every example in exactly one group, each group in the order of `examples`.

    Requests that are equal but for case, spaces and punctuation are in one group, and so are
    inputs nearer than `near` with the same answer, directly or through others.
    """
    sets = _DisjointSets()
    for example in examples:
        sets.join(example.id, request_key(example))
    compared = comparable(examples, vectors) if vectors else None
    if compared is not None:
        for group in compare(compared, near).groups:
            for example in group[1:]:
                sets.join(group[0].id, example.id)
    groups: dict[Hashable, list[Example]] = {}
    for example in examples:
        groups.setdefault(sets.find(example.id), []).append(example)
    return list(groups.values())


class _DisjointSets:
    """Disjoint sets with path halving (Tarjan and van Leeuwen, 1984)."""

    def __init__(self) -> None:
        self._parents: dict[Hashable, Hashable] = {}

    def find(self, item: Hashable) -> Hashable:
        """Return what stands for the set of an item."""
        parents = self._parents
        while (parent := parents.setdefault(item, item)) != item:
            parents[item] = item = parents[parent]
        return item

    def join(self, first: Hashable, second: Hashable) -> None:
        """Make one set of those of two items."""
        self._parents[self.find(first)] = self.find(second)
