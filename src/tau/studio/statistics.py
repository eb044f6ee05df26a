"""Confidence intervals and significance tests for methods that answer the same examples.

Pure functions of counts and scores. Sources:

- Wilson 1927, "Probable inference, the law of succession, and statistical inference".
- McNemar 1947, "Note on the sampling error of the difference between correlated proportions", in
  its exact binomial form.
- Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13 (percentiles).
- Holm 1979, "A simple sequentially rejective multiple test procedure".
- Connor 1987, "Sample size for testing differences in proportions for the paired-sample design".
"""

import math
from collections.abc import Hashable, Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from tau.studio.results import Interval

SIGNIFICANT = 0.05
"""A difference counts as shown if its p-value is below this."""
RESAMPLES = 10_000
_BLOCK = 2_000_000  # numbers that are drawn at a time
_HALVINGS = 60


def wilson_interval(passed: int, count: int, confidence: float = 0.95) -> Interval:
    """Return the share that passed with its interval; without examples nothing is known."""
    if not count:
        return Interval(0.0, 0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = passed / count
    scale = 1 + z * z / count
    middle = (share + z * z / (2 * count)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return Interval(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def exact_mcnemar(gained: int, lost: int) -> float:
    """Return the two-sided p-value that gains and losses are equally likely.

    Examples that both methods got right, or both wrong, say nothing about their difference.
    """
    pairs = gained + lost
    term, below = 1, 0  # whole numbers: exact for any number of pairs
    for number in range(min(gained, lost) + 1):
        below += term
        term = term * (pairs - number) // (number + 1)
    return min(1.0, 2 * below / (1 << pairs))


def sign_test(better: int, worse: int) -> float:
    """Return the two-sided p-value of a blind comparison; ties are left out.

    The same computation as `exact_mcnemar`, for votes.
    """
    return exact_mcnemar(better, worse)


def holm(values: Sequence[float]) -> list[float]:
    """Return p-values corrected for having made all these tests, in the same order."""
    corrected = [1.0] * len(values)
    highest = 0.0
    order = sorted(range(len(values)), key=lambda each: values[each])
    for rank, each in enumerate(order):
        highest = max(highest, min(1.0, (len(values) - rank) * values[each]))
        corrected[each] = highest
    return corrected


def paired_difference(
    scores: Sequence[float],
    others: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Return the mean of `scores - others`, from 0 to 1 each, with its 95 % bootstrap interval.

    `clusters` says which examples belong together, such as those of one document: they are drawn
    together. If all differences are equal, resampling shows no spread; then the interval reaches
    as far as other differences could be that none of so many examples happened to show (the Wilson
    interval of 0 of n).
    """
    differences = np.subtract(scores, others, dtype=np.float64)
    if not len(differences):
        return Interval(0.0, -1.0, 1.0)
    mean = float(differences.mean())
    sums, sizes = _by_cluster(differences, clusters)
    if len(sums) == 1 or np.ptp(differences) == 0:
        unseen = wilson_interval(0, len(sums)).high
        return Interval(mean, mean - unseen * (mean + 1), mean + unseen * (1 - mean))
    low, high = np.quantile(_resampled_means(sums, sizes, resamples, seed), (0.025, 0.975))
    return Interval(mean, min(mean, float(low)), max(mean, float(high)))


def _by_cluster(
    differences: npt.NDArray[np.float64], clusters: Sequence[Hashable] | None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the sum and the size of each cluster; without clusters, of each example."""
    if clusters is None:
        return differences, np.ones(len(differences))
    numbers: dict[Hashable, int] = {}
    members = [numbers.setdefault(each, len(numbers)) for each in clusters]
    sums = np.bincount(members, differences).astype(np.float64)
    return sums, np.bincount(members).astype(np.float64)


def _resampled_means(
    sums: npt.NDArray[np.float64], sizes: npt.NDArray[np.float64], resamples: int, seed: int
) -> npt.NDArray[np.float64]:
    random = np.random.default_rng(seed)
    rows = max(1, _BLOCK // len(sums))
    means = []
    for start in range(0, resamples, rows):
        shape = (min(rows, resamples - start), len(sums))
        drawn = random.integers(len(sums), size=shape)
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    return np.concatenate(means)


def smallest_detectable_difference(
    count: int, discordant: float = 0.2, power: float = 0.8, alpha: float = SIGNIFICANT
) -> float:
    """Return the smallest difference in the share of right answers that a test can show.

    `discordant` is the share of examples that just one of two methods gets right. A difference
    can't be larger than that share, so for small tests the share is raised to the difference.
    1 if even the largest difference is no proof: five examples or fewer can't show anything.
    """
    if exact_mcnemar(count, 0) >= alpha:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _needed_count(middle, max(discordant, middle), power, alpha) > count:
            low = middle
        else:
            high = middle
    return high


def _needed_count(difference: float, discordant: float, power: float, alpha: float) -> float:
    """Return how many examples show a difference; Connor's formula, a normal approximation."""
    if not difference:
        return math.inf
    significance = NormalDist().inv_cdf(1 - alpha / 2) * math.sqrt(discordant)
    spread = math.sqrt(max(0.0, discordant - difference**2))
    return ((significance + NormalDist().inv_cdf(power) * spread) / difference) ** 2
