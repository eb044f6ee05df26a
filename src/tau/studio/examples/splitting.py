"""Choice of the examples that are put aside as the test.

The choice depends on what the examples say and on a seed, not on their order. What says the same,
or almost, stays on one side, so that nothing of the test can be learned.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tau.errors import BadInput
from tau.studio.examples.example import Example
from tau.studio.examples.grouping import group_examples
from tau.studio.examples.identity import content_sha256
from tau.studio.examples.normalization import answer_classes
from tau.studio.examples.similarity import DEFAULT_NEAR_COSINE, Vectors

LEAST_EXAMPLES = 10
_USUAL_SIZE = 100
_MOST_BY_DEFAULT = 400


class _Group(NamedTuple):
    rank: str
    examples: tuple[Example, ...]
    stratum: str


def default_test_size(count: int) -> int:
    """Return how many of `count` examples are put aside if nobody says so.

    100 where a third allows it, which can show a difference of 12 points (80 % power, a fifth of
    the answers differing), and a tenth of more than 1,000. More than 400 (6 points) costs every
    method more answers than it's worth.
    """
    return min(count // 3, max(_USUAL_SIZE, count // 10), _MOST_BY_DEFAULT)


def choose_test(
    examples: Sequence[Example],
    *,
    size: int | None = None,
    seed: int = 0,
    vectors: Vectors | None = None,
    near: float = DEFAULT_NEAR_COSINE,
) -> tuple[str, ...]:
    """Return the ids of the examples to put aside, in the order of `examples`.

    At most `size`; fewer where groups that belong together don't fit. If answers repeat, each is
    as frequent in the test as among all, and none is only in the test. What a model wrote, or
    what has no answer, never is in a test. Raises `BadInput` if there are too few examples, or
    `size` is more than a third of them.
    """
    size = default_test_size(len(examples)) if size is None else size
    _check_size(size, len(examples))
    groups = _groups(examples, seed, vectors, near)
    chosen = _chosen(groups, size, len(examples))
    if not chosen:
        raise BadInput("No test can be put aside: the examples are all almost the same.")
    return tuple(each.id for each in examples if each.id in chosen)


def _check_size(size: int, count: int) -> None:
    if count < LEAST_EXAMPLES:
        raise BadInput(f"There must be at least {LEAST_EXAMPLES} examples; there are {count}.")
    if size < 1:
        raise BadInput("The test needs at least one example.")
    if size > count // 3:
        raise BadInput(f"The test may have a third of the examples at most: {count // 3}.")


def _groups(
    examples: Sequence[Example], seed: int, vectors: Vectors | None, near: float
) -> list[_Group]:
    """Return the groups that may be in the test, in an order that only the seed decides."""
    classes = answer_classes(examples)
    groups = []
    for group in group_examples(examples, vectors, near):
        if all(each.trust != "synthetic" and each.answer.strip() for each in group):
            smallest = min(content_sha256(each.messages) for each in group)
            rank = hashlib.sha256(f"{seed} {smallest}".encode()).hexdigest()
            stratum = _most_frequent(each.answer.strip() for each in group) if classes else ""
            groups.append(_Group(rank, tuple(group), stratum))
    return sorted(groups)


def _most_frequent(answers: Iterable[str]) -> str:
    counts = Counter(answers)
    return min(counts, key=lambda answer: (-counts[answer], answer))


def _chosen(groups: list[_Group], size: int, count: int) -> set[str]:
    """Return the ids of the groups that are put aside: first each stratum's share, then others."""
    strata: dict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        strata[group.stratum].append(group)
    shares = _shares(strata, size, count)
    chosen: set[str] = set()
    for stratum, members in sorted(strata.items()):
        # One group stays: what only the test has can't be learned.
        chosen |= _taken(members[:-1], shares[stratum])
    left = [group for members in strata.values() for group in members[:-1]]
    rest = sorted(group for group in left if group.examples[0].id not in chosen)
    return chosen | _taken(rest, size - len(chosen))


def _taken(groups: list[_Group], room: int) -> set[str]:
    taken: set[str] = set()
    for group in groups:
        if len(taken) + len(group.examples) <= room:
            taken |= {each.id for each in group.examples}
    return taken


def _shares(strata: dict[str, list[_Group]], size: int, count: int) -> dict[str, int]:
    """Return how many examples of each stratum are put aside (largest remainders)."""
    exact = {
        stratum: size * sum(len(group.examples) for group in members) / count
        for stratum, members in strata.items()
    }
    shares = {stratum: int(share) for stratum, share in exact.items()}
    by_remainder = sorted(exact, key=lambda stratum: (shares[stratum] - exact[stratum], stratum))
    for stratum in by_remainder[: max(0, round(sum(exact.values())) - sum(shares.values()))]:
        shares[stratum] += 1
    return shares
