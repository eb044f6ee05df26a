"""Near inputs: which pairs and groups are found, whatever the order and the size of blocks."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.examples import similarity
from tau.studio.examples.example import Example
from tau.studio.examples.similarity import comparable, compare
from tests.studio.examples.files import example

COSINE = 0.95


def at_angles(given_angles: Sequence[tuple[int, str]]) -> tuple[list[Example], similarity.Vectors]:
    """Examples whose inputs stand at these degrees, with their answers."""
    examples = [
        example(f"input {place}", answer, id=str(place))
        for place, (_, answer) in enumerate(given_angles)
    ]
    radians = np.radians([angle for angle, _ in given_angles])
    vectors = np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)
    return examples, {each.id: vector for each, vector in zip(examples, vectors, strict=True)}


def ids(found: Sequence[Sequence[Example]]) -> set[frozenset[str]]:
    return {frozenset(each.id for each in group) for group in found}


def test_near_inputs_are_found_by_answer() -> None:
    # 18 degrees is a cosine of 0.951, 20 degrees one of 0.94.
    examples, vectors = at_angles([(0, "a"), (18, "a"), (36, "a"), (56, "a"), (180, "a"), (2, "b")])
    compared = comparable(examples, vectors)
    assert compared is not None
    found = compare(compared, COSINE, frozenset({"0", "4"}))
    assert ids(found.groups) == {frozenset("012")}
    assert ids(found.differing) == {frozenset("05"), frozenset("15")}
    assert [(pair.first.id, pair.second.id) for pair in found.across] == [("0", "1")]


ANGLES = st.lists(st.tuples(st.integers(0, 359), st.sampled_from("ab")), min_size=2, max_size=30)


@given(ANGLES, st.integers(1, 9), st.randoms(use_true_random=False))
def test_groups_are_what_a_plain_search_finds(
    angles: list[tuple[int, str]], block: int, order: object
) -> None:
    examples, vectors = at_angles(angles)
    compared = comparable(sorted(examples, key=lambda _: order.random()), vectors)  # type: ignore[attr-defined]
    assert compared is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarity, "_BLOCK", block)
        groups = ids(compare(compared, COSINE).groups)
    reached = {each.id: {each.id} for each in examples}
    for _ in examples:
        for first in examples:
            for second in examples:
                near = float(vectors[first.id] @ vectors[second.id]) > COSINE
                if near and first.answer == second.answer:
                    reached[first.id] |= reached[second.id]
    assert groups == {frozenset(group) for group in reached.values() if len(group) > 1}


def test_other_instructions_make_another_request() -> None:
    examples, vectors = at_angles([(0, "a"), (1, "a")])
    other = Example(id="1", messages=examples[1].messages[1:])
    compared = comparable([examples[0], other], vectors)
    assert compared is not None
    assert compare(compared, COSINE).groups == []


def test_examples_without_vectors_or_too_many_are_not_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    examples, vectors = at_angles([(0, "a"), (1, "a"), (2, "a")])
    assert comparable(examples, {"0": vectors["0"]}) is None
    monkeypatch.setattr(similarity, "MOST_COMPARED", 2)
    assert comparable(examples, vectors) is None
