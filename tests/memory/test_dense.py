"""Vectors by row: what is kept, what is compared, what is dropped."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.memory.columns import CHUNK_ROWS
from tau.memory.dense import DenseIndex, to_codes, to_unit_length


def index_of(rows: int, model: str = "m", dimension: int = 4) -> DenseIndex:
    index = DenseIndex()
    for _ in range(rows):
        index.has_vector.append(False)
    index.use(model, dimension)
    return index


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_scores_are_cosines(rows: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(rows, 4)).astype(np.float32) * 7
    query = rng.normal(size=4).astype(np.float32) * 3
    index = index_of(rows)
    index.put(list(range(rows)), vectors)
    scores = index.scores(query)
    assert scores is not None
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
    # Each number is at most half a step of 1/127 of the largest off.
    assert np.allclose(scores, vectors @ query / lengths, atol=0.01)


def test_rows_in_later_blocks_are_found_and_earlier_blocks_stay_unmade() -> None:
    index = index_of(2 * CHUNK_ROWS + 5)
    index.put([2 * CHUNK_ROWS + 3], np.array([[0, 1, 0, 0]], np.float32))
    assert [block is not None for block in index.blocks] == [False, False, True]
    scores = index.scores(np.array([0, 1, 0, 0], np.float32))
    assert scores is not None
    assert np.flatnonzero(scores).tolist() == [2 * CHUNK_ROWS + 3]


def test_another_model_or_dimension_drops_what_was_there() -> None:
    for model, dimension in (("other", 4), ("m", 5)):
        index = index_of(2)
        index.put([0, 1], np.eye(2, 4, dtype=np.float32))
        index.use("m", 4)
        assert index.has_vector.values.all()
        index.use(model, dimension)
        assert not index.has_vector.values.any()
        assert index.scores(np.ones(dimension, np.float32)) is None


def test_a_question_of_another_dimension_is_not_compared() -> None:
    index = index_of(1)
    index.put([0], np.ones((1, 4), np.float32))
    assert index.scores(np.ones(3, np.float32)) is None
    assert index.scores(np.ones((1, 4), np.float32)) is not None


def test_removed_vectors_are_zero() -> None:
    index = index_of(CHUNK_ROWS + 2)
    index.put([0, 1], np.eye(2, 4, dtype=np.float32))
    index.remove(0)
    index.remove(CHUNK_ROWS + 1)
    assert index.blocks[0] is not None
    assert not index.blocks[0].codes[0].any()
    assert index.has_vector.values[:2].tolist() == [False, True]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, 3e38, 1e-45])
def test_any_number_becomes_a_finite_vector(value: float) -> None:
    vectors = to_unit_length(np.array([[value, value], [1, 0]], np.float32))
    assert np.isfinite(vectors).all()
    assert vectors[1].tolist() == [1, 0]
    codes = to_codes(np.array([[value, value], [1, 0]], np.float32))
    assert codes[1].tolist() == [127, 0]
    assert codes[0].tolist() in ([127, 127], [-127, -127], [0, 0])


def test_rankings_of_real_dimensions_hardly_differ_from_exact_ones() -> None:
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(1000, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = index_of(1000, dimension=384)
    index.put(list(range(1000)), vectors)
    kept = 0
    for query in rng.normal(size=(50, 384)).astype(np.float32):
        scores = index.scores(query)
        assert scores is not None
        exact = vectors @ query / np.linalg.norm(query)
        assert np.abs(scores - exact).max() < 0.003
        kept += len(set(np.argsort(-scores)[:10]) & set(np.argsort(-exact)[:10]))
    assert kept >= 50 * 10 * 0.97
