"""Intervals and tests against values computed by hand or published, and the laws they keep."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.statistics import (
    SIGNIFICANT,
    exact_mcnemar,
    holm,
    paired_difference,
    sign_test,
    smallest_detectable_difference,
    wilson_interval,
)

SCORES = st.floats(0, 1, allow_subnormal=False)


@pytest.mark.parametrize(
    ("passed", "count", "low", "high"),
    [
        # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (0, 1, 0.0, 0.7935),
        (1, 1, 0.2065, 1.0),
        (0, 0, 0.0, 1.0),
        (230, 240, 0.9250, 0.9772),
    ],
)
def test_the_wilson_interval_is_the_published_one(
    passed: int, count: int, low: float, high: float
) -> None:
    interval = wilson_interval(passed, count)
    assert interval.value == (passed / count if count else 0.0)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_wilson_interval_holds_its_value_and_mirrors(passed: int, failed: int) -> None:
    count = passed + failed
    interval, mirrored = wilson_interval(passed, count), wilson_interval(failed, count)
    assert 0 <= interval.low <= interval.value <= interval.high <= 1
    assert interval.high - interval.low > 0
    assert interval.high == pytest.approx(1 - mirrored.low)
    wider = wilson_interval(passed, count, confidence=0.99)
    assert wider.low <= interval.low
    assert interval.high <= wider.high


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (5, 0, 2 / 32),
        (6, 0, 2 / 64),
        (3, 1, 2 * (1 + 4) / 16),
        (10, 10, 1.0),
        (43, 2, 2 * (1 + 45 + 990) / 2**45),
        (3000, 0, 0.0),
    ],
)
def test_mcnemar_is_exact(gained: int, lost: int, p: float) -> None:
    assert exact_mcnemar(gained, lost) == pytest.approx(p, rel=1e-12)
    assert sign_test(gained, lost) == exact_mcnemar(gained, lost)


@given(st.integers(0, 200), st.integers(0, 200))
def test_mcnemar_is_symmetric_and_falls_as_one_side_wins(gained: int, lost: int) -> None:
    p = exact_mcnemar(gained, lost)
    assert 0 <= p <= 1
    assert p == exact_mcnemar(lost, gained)
    if gained >= lost:
        assert exact_mcnemar(gained + 1, lost) <= p


@given(st.integers(1, 60))
def test_mcnemar_is_a_p_value(pairs: int) -> None:
    """Under no difference, p is at most x in at most a share x of all cases."""
    chances = [(exact_mcnemar(k, pairs - k), math.comb(pairs, k) / 2**pairs) for k in range(pairs)]
    for limit in (0.01, 0.05, 0.5):
        assert sum(chance for p, chance in chances if p <= limit) <= limit + 1e-12


def test_holm_corrects_as_published() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.04]) == [0.04]


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_lies_between_no_correction_and_bonferroni_and_keeps_the_order(
    values: list[float],
) -> None:
    corrected = holm(values)
    for p, q in zip(values, corrected, strict=True):
        assert p <= q <= min(1.0, len(values) * p) or q == p
    for p, q in zip(values, corrected, strict=True):
        for other, changed in zip(values, corrected, strict=True):
            assert p > other or q <= changed


@given(st.lists(st.tuples(SCORES, SCORES), max_size=40))
def test_a_paired_difference_holds_its_mean_and_turns_with_its_sides(
    pairs: list[tuple[float, float]],
) -> None:
    ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    found = paired_difference(ours, theirs, resamples=200)
    turned = paired_difference(theirs, ours, resamples=200)
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert found.value == pytest.approx(-turned.value)
    assert (found.low, found.high) == pytest.approx((-turned.high, -turned.low), abs=1e-9)


def test_the_bootstrap_agrees_with_theory_and_with_itself() -> None:
    ours, theirs = [1.0] * 49 + [0.0] * 51, [1.0] * 6 + [0.0] * 92 + [1.0] * 2
    found = paired_difference(ours, theirs)
    assert found == paired_difference(ours, theirs)
    assert found.value == pytest.approx(0.41)
    deviation = math.sqrt((0.43 + 0.02 - 0.41**2) / 100)
    assert found.low == pytest.approx(0.41 - 1.96 * deviation, abs=0.015)
    assert found.high == pytest.approx(0.41 + 1.96 * deviation, abs=0.015)


def test_few_or_equal_differences_prove_little() -> None:
    assert paired_difference([], []).low == -1
    one = paired_difference([1.0], [0.0])
    assert one.low == pytest.approx(1 - 2 * wilson_interval(0, 1).high)
    assert one.low < 0 < one.high == 1
    five = paired_difference([1.0] * 5, [0.0] * 5)
    twenty = paired_difference([1.0] * 20, [0.0] * 20)
    assert five.low < twenty.low < 1
    same = paired_difference([1.0] * 5, [1.0] * 5)
    assert same.low < 0 < same.high


def test_examples_of_one_document_count_as_one() -> None:
    """Copies of each example narrow the interval, unless they're known to belong together."""
    ours, theirs = [1.0, 1.0, 0.0, 1.0, 0.0, 1.0] * 10, [0.0, 1.0, 0.0, 0.0, 1.0, 0.0] * 10
    documents = list(range(6)) * 10
    copied, grouped = paired_difference(ours, theirs), paired_difference(ours, theirs, documents)
    assert grouped.high - grouped.low > 2 * (copied.high - copied.low)
    single = paired_difference(ours[:6], theirs[:6])
    assert (grouped.low, grouped.high) == pytest.approx((single.low, single.high), abs=1e-9)
    alone = paired_difference(ours, theirs, ["one"] * 60)
    assert alone.low < 0 < alone.high


@pytest.mark.parametrize(
    ("count", "points"), [(50, 17), (100, 12), (200, 9), (400, 6), (626, 5), (1742, 3)]
)
def test_what_a_test_can_show_at_a_fifth_of_discordant_pairs(count: int, points: int) -> None:
    assert round(100 * smallest_detectable_difference(count)) == points


def test_tiny_tests_show_only_huge_differences_or_none() -> None:
    assert [smallest_detectable_difference(n) for n in range(6)] == [1.0] * 6
    assert 0.8 < smallest_detectable_difference(6) < 1
    assert 0.3 < smallest_detectable_difference(20) < 0.4


@given(st.integers(6, 3000), st.floats(0.02, 0.9))
def test_more_examples_show_smaller_differences(count: int, discordant: float) -> None:
    found = smallest_detectable_difference(count, discordant)
    assert 0 < found <= 1
    assert smallest_detectable_difference(count + 1, discordant) <= found
    assert smallest_detectable_difference(count, discordant, power=0.9) >= found
    assert smallest_detectable_difference(count, discordant, alpha=0.01) >= found
    assert smallest_detectable_difference(count, min(1.0, discordant + 0.05)) >= found - 1e-9


@pytest.mark.parametrize("count", [50, 100, 200, 400])
def test_the_detectable_difference_is_shown_about_four_times_in_five(count: int) -> None:
    """The exact test finds it nearly as often as the formula promises."""
    difference = smallest_detectable_difference(count)
    gain, loss = (0.2 + difference) / 2, (0.2 - difference) / 2
    power = sum(
        _trinomial(count, gained, lost, gain, loss)
        for gained in range(count + 1)
        for lost in range(min(gained, count - gained) + 1)
        if gained + lost < 0.2 * count + 6 * math.sqrt(0.16 * count)
        and exact_mcnemar(gained, lost) < SIGNIFICANT
    )
    assert 0.70 < power < 0.85


def _trinomial(count: int, gained: int, lost: int, gain: float, loss: float) -> float:
    rest = count - gained - lost
    ways = math.comb(count, gained) * math.comb(count - gained, lost)
    logs = gained * math.log(gain) + lost * math.log(loss) + rest * math.log(1 - gain - loss)
    return math.exp(math.log(ways) + logs)
