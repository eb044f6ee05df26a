"""Metrics against values computed by hand."""

import math

import pytest

from tau.bench.metrics import distinct, ndcg, recall, recall_all, recall_any

RANKED = ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("wanted", "first", "share"),
    [
        ({"a"}, 1, 1.0),
        ({"b"}, 1, 0.0),
        ({"a", "d"}, 3, 0.5),
        ({"a", "d"}, 4, 1.0),
        ({"a", "x", "y"}, 4, 1 / 3),
        ({"x"}, 9, 0.0),
    ],
)
def test_recall_is_the_share_of_what_is_wanted(wanted: set[str], first: int, share: float) -> None:
    assert recall(RANKED, wanted, first) == share


@pytest.mark.parametrize(
    ("wanted", "first", "some", "every"),
    [
        ({"a", "d"}, 1, 1.0, 0.0),
        ({"a", "d"}, 4, 1.0, 1.0),
        ({"c", "d"}, 2, 0.0, 0.0),
        ({"b"}, 2, 1.0, 1.0),
        ({"a", "x"}, 9, 1.0, 0.0),
    ],
)
def test_any_asks_for_one_and_all_for_every_one(
    wanted: set[str], first: int, some: float, every: float
) -> None:
    assert recall_any(RANKED, wanted, first) == some
    assert recall_all(RANKED, wanted, first) == every


@pytest.mark.parametrize(
    ("wanted", "first", "gain"),
    [
        ({"a"}, 10, 1.0),
        ({"b"}, 10, 1 / math.log2(3)),
        ({"a", "b"}, 10, 1.0),
        ({"b", "d"}, 10, (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3))),
        ({"a", "x"}, 10, 1 / (1 + 1 / math.log2(3))),  # what is not ranked is missed
        ({"d"}, 3, 0.0),
        ({"a", "b", "c"}, 2, 1.0),  # no ranking of two can hold three
    ],
)
def test_ndcg_falls_with_the_place(wanted: set[str], first: int, gain: float) -> None:
    assert ndcg(RANKED, wanted, first) == pytest.approx(gain)


def test_a_name_that_is_ranked_twice_takes_one_place() -> None:
    twice = ["a", "a", "b", "b", "c"]
    assert distinct(twice) == ("a", "b", "c")
    assert recall(twice, {"b", "c"}, 2) == 0.5
    assert ndcg(twice, {"c"}, 3) == 0.5


def test_a_name_that_is_wanted_twice_counts_once() -> None:
    assert recall(["a"], ["a", "a"], 1) == recall_all(["a"], ["a", "a"], 1) == 1.0


def test_nothing_ranked_finds_nothing() -> None:
    assert recall([], {"a"}, 5) == recall_any([], {"a"}, 5) == ndcg([], {"a"}, 5) == 0.0


@pytest.mark.parametrize("metric", [recall, recall_any, recall_all, ndcg])
def test_where_nothing_is_wanted_there_is_no_figure(metric: object) -> None:
    assert callable(metric)
    with pytest.raises(ValueError, match="nothing to find"):
        metric(RANKED, (), 5)
