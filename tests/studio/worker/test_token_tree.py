"""Packing computes each common beginning once, and changes nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from tau.studio.worker.token_tree import BLOCK, TokenSequence, TokenTree, pack_micro_batches

# Few different tokens, so that sequences share beginnings, or are beginnings of each other.
SEQUENCES = st.lists(
    st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=8).map(
        lambda pairs: TokenSequence(*(tuple(each) for each in zip(*pairs, strict=True)))
    ),
    min_size=1,
    max_size=6,
)


def _ancestors(mask: list[list[bool]], node: int) -> list[int]:
    return [other for other, is_seen in enumerate(mask[node]) if is_seen]


@given(SEQUENCES)
def test_each_trained_token_is_predicted_from_exactly_what_is_before_it(
    sequences: list[TokenSequence],
) -> None:
    tree = TokenTree()
    for each in sequences:
        tree.add(each)
    packed = tree.packed()
    mask = packed.mask.tolist()
    found: list[list[tuple[tuple[int, ...], int]]] = [[] for _ in sequences]
    for source, target, owner in zip(packed.sources, packed.targets, packed.owners, strict=True):
        seen = _ancestors(mask, source)
        assert packed.positions[seen].tolist() == list(range(len(seen)))
        found[owner].append((tuple(packed.tokens[seen].tolist()), int(target)))
    assert found == [
        [
            (each.tokens[:at], each.tokens[at])
            for at in range(1, len(each.tokens))
            if each.trained[at]
        ]
        for each in sequences
    ]
    assert sum(each.trained_count for each in sequences) == len(packed.targets)


@given(SEQUENCES)
def test_each_beginning_is_there_once(sequences: list[TokenSequence]) -> None:
    tree = TokenTree()
    for each in sequences:
        assert tree.growth([each]) == len(_beginnings([each]) - _beginnings_of(tree))
        tree.add(each)
    assert len(tree) == len(_beginnings(sequences))


def _beginnings(sequences: list[TokenSequence]) -> set[tuple[int, ...]]:
    return {each.tokens[: at + 1] for each in sequences for at in range(len(each.tokens))}


def _beginnings_of(tree: TokenTree) -> set[tuple[int, ...]]:
    packed = tree.packed()
    return {tuple(packed.tokens[row].tolist()) for row in packed.mask[: len(tree)]}


@given(st.lists(SEQUENCES.map(lambda held: held[:2]), min_size=1, max_size=6), st.integers(1, 20))
def test_micro_batches_hold_every_unit_and_their_limit(
    units: list[list[TokenSequence]], limit: int
) -> None:
    packed = pack_micro_batches(units, limit)
    trained = sum(each.trained_count for unit in units for each in unit)
    assert sum(len(each.targets) for each in packed) == trained
    largest = max(len(_beginnings(unit)) for unit in units)
    # A unit isn't divided. Its sequences may share a beginning that `growth` counts twice.
    assert all(len(each.tokens) <= max(limit, largest) + BLOCK for each in packed)
    assert all(len(each.tokens) % BLOCK == 0 for each in packed)
