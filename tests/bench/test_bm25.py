"""The plain baseline, against a value computed by hand."""

import math

import pytest

from tau.bench.bm25 import BM25

TEXTS = ["the heron waits", "a heron, a heron by the lake", "bread and butter"]


def test_scores_are_the_formulas() -> None:
    ((first, high), (second, low)) = BM25(TEXTS).ranked("heron", 10)
    assert (first, second) == (1, 0)
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    average = (2 + 3 + 2) / 3  # stop words are no terms
    assert high == pytest.approx(idf * 2 * 1.9 / (2 + 0.9 * (0.6 + 0.4 * 3 / average)))
    assert low == pytest.approx(idf * 1 * 1.9 / (1 + 0.9 * (0.6 + 0.4 * 2 / average)))


def test_a_word_that_is_asked_twice_counts_twice() -> None:
    once, twice = BM25(TEXTS).ranked("bread", 1), BM25(TEXTS).ranked("bread bread", 1)
    assert twice[0][1] == pytest.approx(2 * once[0][1])


def test_what_shares_no_word_is_not_ranked() -> None:
    assert [place for place, _ in BM25(TEXTS).ranked("butter", 10)] == [2]
    assert BM25(TEXTS).ranked("moon", 10) == []


def test_among_equals_the_first_told_comes_first() -> None:
    assert [place for place, _ in BM25(["pear", "pear", "pear"]).ranked("pear", 2)] == [0, 1]


@pytest.mark.parametrize("texts", [[], [""], ["", "the"]])
def test_nothing_said_is_nothing_found(texts: list[str]) -> None:
    assert BM25(texts).ranked("heron", 5) == []
    assert BM25(texts).ranked("", 5) == []
