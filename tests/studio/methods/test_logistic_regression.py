"""Logistic regression: it finds the minimum, learns, and knows how sure it is."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.studio.methods import logistic_regression as lr
from tau.studio.methods.logistic_regression import Labels, fit, fit_once, minimize, stratified_parts

Sample = tuple[npt.NDArray[np.float64], Labels]


def clouds(count: int, classes: int, spread: float, seed: int = 0) -> Sample:
    """Unit vectors around one direction per class."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(size=(classes, 16))
    labels = np.arange(count) % classes
    points = centres[labels] + spread * random.normal(size=(count, 16))
    return points / np.linalg.norm(points, axis=1, keepdims=True), labels


def test_lbfgs_finds_the_minimum_of_an_ill_conditioned_bowl() -> None:
    steepness = np.geomspace(1e-2, 1e2, 20)
    target = np.linspace(-2, 2, 20)

    def bowl(point: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        off = point - target
        return float((steepness * off * off).sum() / 2), steepness * off

    found = minimize(bowl, np.zeros(20))
    assert bowl(found)[0] < 1e-4


def test_the_gradient_is_that_of_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[lr.Loss] = []

    def keep(loss: lr.Loss, start: lr.Matrix) -> lr.Matrix:
        taken.append(loss)
        return start

    monkeypatch.setattr(lr, "minimize", keep)
    fit_once(*clouds(30, 3, 0.3), 3, 10.0)
    (loss,) = taken
    random = np.random.default_rng(1)
    point, direction = random.normal(size=51), random.normal(size=51)
    slope = (loss(point + 1e-6 * direction)[0] - loss(point - 1e-6 * direction)[0]) / 2e-6
    assert loss(point)[1] @ direction == pytest.approx(slope, rel=1e-6)


def test_nothing_near_the_fit_has_a_lower_loss() -> None:
    x, labels = clouds(60, 3, 0.4)
    fitted = fit_once(x, labels, 3, 100.0)
    length = np.sqrt(((x - x.mean(axis=0)) ** 2).sum(axis=1).mean())

    def loss(weights: npt.NDArray[np.float64], bias: npt.NDArray[np.float64]) -> float:
        moved = lr.LogisticRegression(fitted.mean, weights, bias, 100.0)
        chances = moved.probabilities(x)[np.arange(60), labels]
        return float(-np.log(chances).mean() + ((weights * length) ** 2).sum() / 200)

    lowest = loss(fitted.weights, fitted.bias)
    random = np.random.default_rng(2)
    for _ in range(20):
        weights = fitted.weights + 0.1 * random.normal(size=fitted.weights.shape)
        assert loss(weights, fitted.bias + 0.1 * random.normal(size=3)) > lowest


def test_it_learns_separable_classes_and_generalises() -> None:
    x, labels = clouds(120, 6, 0.3)
    fitted = fit(x, labels, 6)
    others, theirs = clouds(300, 6, 0.3, seed=1)
    assert (fitted.probabilities(others).argmax(axis=1) == theirs).mean() > 0.97


def test_its_probabilities_are_honest_where_classes_overlap() -> None:
    """What it calls 70 % sure is right about 70 % of the time; the largest C alone isn't."""
    x, labels = clouds(80, 4, 1.6)
    others, theirs = clouds(4000, 4, 1.6, seed=1)

    def error(fitted: lr.LogisticRegression) -> float:
        chances = fitted.probabilities(others)
        return float(abs(chances.max(axis=1).mean() - (chances.argmax(axis=1) == theirs).mean()))

    assert error(fit(x, labels, 4)) < 0.1
    assert error(fit_once(x, labels, 4, lr.STRENGTHS[-1])) > 0.15


@settings(max_examples=20)
@given(st.integers(2, 12), st.integers(1, 4), st.floats(0.01, 100))
def test_probabilities_add_up_and_scale_and_shift_do_not_matter(
    count: int, classes: int, scale: float
) -> None:
    x, labels = clouds(count, min(classes, count), 0.5)
    number = int(labels.max()) + 1
    chances = fit(x, labels, number).probabilities(x)
    assert chances.shape == (count, number)
    assert np.allclose(chances.sum(axis=1), 1)
    moved = fit(scale * x + 3, labels, number).probabilities(scale * x + 3)
    assert np.allclose(moved, chances, atol=0.02)


def test_equal_vectors_are_answered_by_how_frequent_the_classes_are() -> None:
    fitted = fit(np.ones((10, 4)), np.array([0] * 7 + [1] * 3), 2)
    assert fitted.probabilities(np.ones((1, 4)))[0] == pytest.approx([0.7, 0.3], abs=0.1)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.integers(1, 7), st.integers(0, 9))
def test_parts_are_even_within_each_class(classes: list[int], parts: int, seed: int) -> None:
    labels = np.array(classes)
    assigned = stratified_parts(labels, parts, seed)
    assert set(assigned.tolist()) <= set(range(parts))
    for each in set(classes):
        counts = np.bincount(assigned[labels == each], minlength=parts)
        assert counts.max() - counts.min() <= 1


def test_c_is_chosen_on_a_part_of_many_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lr, "MOST_CROSS_VALIDATED", 60)
    sizes = []
    original = lr.fit_once

    def watched(x: lr.Matrix, labels: Labels, classes: int, strength: float) -> object:
        sizes.append(len(x))
        return original(x, labels, classes, strength)

    monkeypatch.setattr(lr, "fit_once", watched)
    fit(*clouds(240, 3, 0.3), 3)
    assert max(sizes[:-1]) <= 60
    assert sizes[-1] == 240
