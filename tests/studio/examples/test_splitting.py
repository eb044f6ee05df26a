"""The test that is put aside: never shared, the same for the same examples, and like them all."""

import itertools
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput
from tau.studio.examples.example import Example
from tau.studio.examples.grouping import group_examples
from tau.studio.examples.identity import split_sha256
from tau.studio.examples.leakage import find_leaks, refuse_leaks
from tau.studio.examples.normalization import request_key
from tau.studio.examples.similarity import comparable
from tau.studio.examples.splitting import choose_test, default_test_size
from tests.studio.examples.files import example

WORDS = ["refund", "Refund!", "card", "card ", "PIN", "account", "transfer", "rate", "fee", "limit"]
SETS = st.lists(
    st.tuples(st.sampled_from(WORDS), st.integers(0, 6), st.sampled_from(["a", "b", "c"])),
    min_size=10,
    max_size=60,
).map(
    lambda given: [
        example(f"{word} {number}", answer, id=str(place))
        for place, (word, number, answer) in enumerate(given)
    ]
)


def of_classes(counts: dict[str, int]) -> list[Example]:
    return [
        example(f"{answer} {number}", answer, id=f"{answer}{number}")
        for answer, count in counts.items()
        for number in range(count)
    ]


@given(SETS, st.integers(0, 3), st.randoms(use_true_random=False))
def test_a_split_never_leaks_and_does_not_depend_on_the_order(
    examples: list[Example], seed: int, order: random.Random
) -> None:
    try:
        chosen = set(choose_test(examples, seed=seed))
    except BadInput:
        return
    test = [each for each in examples if each.id in chosen]
    others = [each for each in examples if each.id not in chosen]
    assert 0 < len(test) <= len(examples) // 3
    assert find_leaks(test, others) == []
    shuffled = list(examples)
    order.shuffle(shuffled)
    again = choose_test(shuffled, seed=seed)
    assert set(again) == chosen
    assert list(again) == [each.id for each in shuffled if each.id in chosen]
    assert split_sha256(test) == split_sha256([e for e in shuffled if e.id in chosen])


def test_answers_that_repeat_are_as_frequent_in_the_test() -> None:
    examples = of_classes({"a": 150, "b": 90, "c": 57, "d": 3})
    chosen = set(choose_test(examples, size=100))
    answers = Counter(each.answer for each in examples if each.id in chosen)
    assert answers == {"a": 50, "b": 30, "c": 19, "d": 1}


def test_no_answer_is_only_in_the_test() -> None:
    examples = of_classes({"a": 10, "b": 10, "c": 1, "d": 1})
    for seed in range(20):
        assert not {"c0", "d0"} & set(choose_test(examples, seed=seed))


def test_the_seed_chooses_other_examples() -> None:
    examples = of_classes({"a": 60})
    assert choose_test(examples, seed=1) == choose_test(examples, seed=1)
    assert choose_test(examples, seed=1) != choose_test(examples, seed=2)


def test_what_a_model_wrote_is_never_in_the_test_nor_what_says_the_same() -> None:
    own = of_classes({"a": 20, "b": 20})
    written = [
        example(f"A {number}!", "a", id=f"s{number}", trust="synthetic") for number in range(10)
    ]
    empty = [example("What?", "", id="empty")]
    chosen = set(choose_test([*own, *written, *empty]))
    assert chosen
    assert not chosen & {"empty", *(f"s{n}" for n in range(10)), *(f"a{n}" for n in range(10))}


@given(SETS, st.data())
def test_groups_are_whole_disjoint_and_hold_all_that_is_linked(
    examples: list[Example], data: st.DataObject
) -> None:
    angles = [data.draw(st.integers(0, 30)) * 12 for _ in examples]
    radians = np.radians(angles)
    vectors = {
        each.id: np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)
        for each, angle in zip(examples, radians, strict=True)
    }
    groups = group_examples(examples, vectors, near=0.999)
    assert sorted(each.id for group in groups for each in group) == sorted(e.id for e in examples)
    group_of = {each.id: place for place, group in enumerate(groups) for each in group}
    for first, second in itertools.combinations(examples, 2):
        if request_key(first) == request_key(second):
            assert group_of[first.id] == group_of[second.id]
    represented = comparable(examples, vectors)
    for first, second in itertools.combinations(represented.examples if represented else (), 2):
        near = vectors[first.id] @ vectors[second.id] > 0.999
        if near and first.answer == second.answer:
            assert group_of[first.id] == group_of[second.id]


@given(st.lists(st.integers(3, 40), min_size=1, max_size=6), st.integers(0, 9), st.integers(1, 100))
def test_each_class_has_its_share_of_any_size(counts: list[int], seed: int, percent: int) -> None:
    examples = of_classes({chr(97 + place): count for place, count in enumerate(counts)})
    size = max(1, len(examples) // 3 * percent // 100)
    try:
        chosen = set(choose_test(examples, size=size, seed=seed))
    except BadInput:
        assert len(examples) < 10
        return
    assert len(chosen) == size
    answers = Counter(each.answer for each in examples if each.id in chosen)
    for place, count in enumerate(counts):
        share = size * count / len(examples)
        assert abs(answers[chr(97 + place)] - share) <= 1


def test_near_inputs_of_one_answer_stay_together() -> None:
    examples = of_classes({"a": 40})
    angles = np.repeat(np.arange(20) * 0.3, 2) + np.tile([0, 0.01], 20)
    vectors = {
        each.id: np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)
        for each, angle in zip(examples, angles, strict=True)
    }
    groups = group_examples(examples, vectors, near=0.99)
    assert [[each.id for each in group] for group in groups] == [
        [f"a{place}", f"a{place + 1}"] for place in range(0, 40, 2)
    ]
    for seed in range(5):
        chosen = {
            int(each[1:]) for each in choose_test(examples, seed=seed, vectors=vectors, near=0.99)
        }
        assert len(chosen) == 12
        assert all(place ^ 1 in chosen for place in chosen)


@pytest.mark.parametrize(
    ("count", "size", "reason"),
    [(9, None, "at least 10"), (30, 11, "a third"), (30, 0, "at least one")],
)
def test_a_split_that_would_prove_nothing_is_refused(
    count: int, size: int | None, reason: str
) -> None:
    with pytest.raises(BadInput, match=reason):
        choose_test(of_classes({"a": count}), size=size)


def test_examples_that_are_all_the_same_cannot_be_split() -> None:
    with pytest.raises(BadInput, match="almost the same"):
        choose_test([example("Hello", "Hi", id=str(place)) for place in range(20)])


@pytest.mark.parametrize(
    ("count", "size"), [(30, 10), (300, 100), (1000, 100), (2000, 200), (10_000, 400)]
)
def test_the_usual_size_is_what_can_prove_something(count: int, size: int) -> None:
    assert default_test_size(count) == size


def test_a_test_from_a_file_that_shares_inputs_is_refused_with_the_lines() -> None:
    others = [example("Where is it?", "there", line=7), example("When?", "now", line=8)]
    test = [example("Who?", "me", line=2), example("where is it", "here", line=3)]
    with pytest.raises(BadInput, match=r"1 of its 2 inputs .*: line 3 \(there line 7\)"):
        refuse_leaks(test, others)
    refuse_leaks(test[:1], others)


def test_of_many_shared_inputs_ten_are_named() -> None:
    others = [example(f"q {place}", "a", line=place) for place in range(1, 15)]
    with pytest.raises(BadInput, match=r"14 of its 14 .*line 10 \(there line 10\) and 4 more"):
        refuse_leaks(others, others)
    with pytest.raises(BadInput, match="one without a line"):
        refuse_leaks([example("q 1", "b")], others)


def test_the_hash_of_a_split_depends_on_what_it_says_alone() -> None:
    first, second = example("A", "x", id="1", line=1), example("B", "y", id="2", line=2)
    assert split_sha256([first, second]) == split_sha256([example("B", "y"), example("A", "x")])
    assert split_sha256([first]) != split_sha256([first, first])
    assert split_sha256([first]) != split_sha256([example("A", "x ")])
