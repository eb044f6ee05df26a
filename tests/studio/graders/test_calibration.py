"""Calibration: when a judge counts, and how sure that is."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.graders.calibration import (
    Preference,
    calibrate,
    cohen_kappa,
    order_swapped,
    position_bias,
)

labels = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1)


def _judged(people: list[str], right: float, seed: int = 1) -> list[str]:
    draw = random.Random(seed)
    return [each if draw.random() < right else draw.choice("ab") for each in people]


def test_kappa_by_hand() -> None:
    # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: 0.7 observed, 0.5 by chance
    judge = ["yes"] * 25 + ["no"] * 25
    people = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen_kappa(judge, people) == pytest.approx(0.4)


@given(labels)
def test_kappa_and_its_interval_stay_within_bounds(pairs: list[tuple[str, str]]) -> None:
    judge, people = map(list, zip(*pairs, strict=True))
    found = calibrate(judge, people)
    assert -1 <= found.kappa.low <= found.kappa.high <= 1
    assert 0 <= found.agreement.low <= found.agreement.value <= found.agreement.high <= 1
    assert found.constant == pytest.approx(max(map(people.count, people)) / len(people))


@given(labels)
def test_kappa_is_the_same_for_renamed_labels_and_swapped_sides(
    pairs: list[tuple[str, str]],
) -> None:
    judge, people = map(list, zip(*pairs, strict=True))
    renamed = [{"a": "z", "b": "x", "c": "y"}[each] for each in judge]
    also = [{"a": "z", "b": "x", "c": "y"}[each] for each in people]
    kappa = cohen_kappa(judge, people)
    assert kappa == pytest.approx(cohen_kappa(renamed, also))
    assert kappa == pytest.approx(cohen_kappa(people, judge))


def test_a_judge_that_agrees_counts() -> None:
    people = random.Random(0).choices("ab", k=100)
    found = calibrate(_judged(people, 0.95), people)
    assert found.counts
    assert found.sentence.startswith("Counts: it agrees with people on 9")


def test_the_interval_of_kappa_covers_the_truth_about_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(100):  # right 80 %, else by chance: a kappa of 0.8
        people = random.Random(seed).choices("ab", k=120)
        kappa = calibrate(_judged(people, 0.8, seed + 1_000), people).kappa
        covered += kappa.low <= 0.8 <= kappa.high
    assert 88 <= covered <= 100


@pytest.mark.parametrize(
    ("judge", "people", "reason"),
    [
        (["a", "b"] * 24, ["a", "b"] * 24, "50 are needed"),
        (["a"] * 100, ["a"] * 90 + ["b"] * 10, "kappa"),
        (["a", "b"] * 50, ["a", "a", "b", "b"] * 25, "kappa"),
        ([], [], "50 are needed"),
    ],
)
def test_a_judge_that_shows_nothing_does_not_count(
    judge: list[str], people: list[str], reason: str
) -> None:
    found = calibrate(judge, people)
    assert not found.counts
    assert found.sentence.startswith("Doesn't count")
    assert reason in found.sentence


def test_a_judge_no_better_than_a_constant_one_does_not_count() -> None:
    # 6 of the 10 "b"s are found, with 2 false ones: 94 % right against 90 % proves too little
    people = ["a"] * 90 + ["b"] * 10
    judge = ["a"] * 88 + ["b"] * 8 + ["a"] * 4
    found = calibrate(judge, people)
    assert found.kappa.value > 0.6
    assert "most frequent" in found.sentence


def test_labels_of_both_sides_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="as many"):
        calibrate(["a"], [])


def test_every_pair_is_asked_about_in_both_orders() -> None:
    assert order_swapped([("x", "y"), ("v", "w")]) == [
        *(("x", "y"), ("v", "w")),
        *(("y", "x"), ("w", "v")),
    ]


def test_a_judge_that_prefers_a_place_does_not_count() -> None:
    as_is: list[Preference] = ["first"] * 60
    swapped: list[Preference] = ["first"] * 15 + ["second"] * 45
    found = position_bias(as_is, swapped)
    assert (found.first, found.second, found.consistent) == (15, 0, 0.75)
    assert found.p == pytest.approx(2 / 2**15)
    assert "comes first" in found.sentence


def test_a_judge_that_prefers_an_answer_counts() -> None:
    as_is: list[Preference] = ["first"] * 30 + ["second"] * 25 + ["tie"] * 5
    swapped: list[Preference] = ["second"] * 30 + ["first"] * 25 + ["tie"] * 5
    found = position_bias(as_is, swapped)
    assert found.counts
    assert (found.consistent, found.p) == (1, 1)


def test_a_judge_that_wavers_does_not_count() -> None:
    as_is: list[Preference] = ["first", "second"] * 30
    swapped: list[Preference] = ["first", "second"] * 10 + ["second", "first"] * 20
    found = position_bias(as_is, swapped)
    assert (found.first, found.second, found.p) == (10, 10, 1)
    assert "alike" in found.sentence
    assert not found.counts
