"""Calibration of judging models on what people say.

A model may judge a release only if it agrees with people on enough answers, beyond chance, and more
often than a judge that always says what people say most. Pairwise judges are also asked with the
two answers in the other order, to see whether they prefer a place.

Pure functions over labels; knows nothing of models.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from tau.studio.results import Interval
from tau.studio.statistics import SIGNIFICANT, sign_test

MIN_LABELS = 50
"""Answers that people must have judged."""
MIN_KAPPA = 0.6
"""Cohen's kappa from which agreement is called substantial (Landis and Koch 1977)."""
_RESAMPLES = 2_000
_SEED = 0

Preference = Literal["first", "second", "tie"]
"""Which of two answers is better, by the place where it was shown."""
Counts = npt.NDArray[np.int64]


class JudgeCalibration(msgspec.Struct, frozen=True, kw_only=True):
    """How well a judge agrees with people."""

    labels: int
    agreement: Interval
    kappa: Interval
    """Agreement beyond chance: 1 is full agreement, 0 what chance gives (Cohen 1960)."""
    constant: float
    """Agreement of a judge that always says what people say most."""
    above_constant: Interval
    counts: bool
    """Whether the judge may be relied on."""
    sentence: str


class PositionBias(msgspec.Struct, frozen=True, kw_only=True):
    """What a pairwise judge does when two answers change places."""

    pairs: int
    consistent: float
    """Share of the pairs where it prefers the same answer in both orders, or none in both."""
    first: int
    """Pairs where it prefers whichever comes first."""
    second: int
    p: float
    """Of a two-sided sign test between `first` and `second`."""
    counts: bool
    """Whether the judge may be relied on."""
    sentence: str


def calibrate(judge: Sequence[str], people: Sequence[str]) -> JudgeCalibration:
    """Compare the labels of a judge with those of people for the same answers.

    Intervals are percentile bootstraps over the answers (Efron and Tibshirani 1993). The judge
    counts with `MIN_LABELS` labels, a kappa of at least `MIN_KAPPA`, and both kappa and the lead
    over a constant judge above 0 beyond doubt.
    """
    if len(judge) != len(people):
        raise ValueError("there must be as many labels of the judge as of people")
    cells = Counter(zip(judge, people, strict=True))
    agreement, kappa, above = _estimate(list(cells), np.array(list(cells.values()), np.int64))
    reason = _doubt(len(judge), kappa, above)
    return JudgeCalibration(
        labels=len(judge),
        agreement=agreement,
        kappa=kappa,
        constant=agreement.value - above.value,
        above_constant=above,
        counts=not reason,
        sentence=reason or _praise(agreement, kappa),
    )


def cohen_kappa(judge: Sequence[str], people: Sequence[str]) -> float:
    """Return Cohen's kappa (1960); 0 where all labels are the same, since nothing was shown."""
    return calibrate(judge, people).kappa.value


def order_swapped(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs that a judge is asked about: each as it is, then each the other way."""
    return [*pairs, *((second, first) for first, second in pairs)]


def position_bias(
    as_is: Sequence[Preference], swapped: Sequence[Preference], least_consistent: float = 0.8
) -> PositionBias:
    """Compare what a judge prefers in both orders of the same pairs (Wang et al. 2023).

    Only pairs it judges consistently say something about the answers.
    """
    if len(as_is) != len(swapped):
        raise ValueError("there must be as many preferences in one order as in the other")
    both = list(zip(as_is, swapped, strict=True))
    first, second = both.count(("first", "first")), both.count(("second", "second"))
    same = sum(one == _SWAPPED[other] for one, other in both)
    consistent = same / len(both) if both else 0.0
    p = sign_test(first, second)
    reason = _position_doubt(len(both), consistent, least_consistent, p, first > second)
    return PositionBias(
        pairs=len(both),
        consistent=consistent,
        first=first,
        second=second,
        p=p,
        counts=not reason,
        sentence=reason or f"Counts: {consistent:.0%} of the pairs are judged alike both ways.",
    )


_SWAPPED: dict[Preference, Preference] = {"first": "second", "second": "first", "tie": "tie"}


def _estimate(cells: Sequence[tuple[str, str]], counts: Counts) -> list[Interval]:
    """Return agreement, kappa and the lead over a constant judge, with their intervals.

    `cells` are the different pairs of a judge's label and people's; drawing as many answers anew
    is drawing how often each pair occurs.
    """
    if not cells:
        return [Interval(0.0, 0.0, 0.0)] * 3
    total = int(counts.sum())
    drawn = np.random.default_rng(_SEED).multinomial(total, counts / total, _RESAMPLES)
    observed, resampled = _figures(cells, counts[None]), _figures(cells, drawn)
    return [_interval(one[0], many) for one, many in zip(observed, resampled, strict=True)]


def _figures(cells: Sequence[tuple[str, str]], counts: Counts) -> list[npt.NDArray[np.float64]]:
    """Return the three figures for each row of `counts`, which has a column for each cell."""
    labels = sorted({label for cell in cells for label in cell})
    shares = counts / counts.sum(axis=1, keepdims=True)
    judge, people = (
        shares @ np.array([[cell[side] == label for label in labels] for cell in cells], np.float64)
        for side in (0, 1)
    )
    agreed = shares @ np.array([one == other for one, other in cells], np.float64)
    chance = (judge * people).sum(axis=1)
    room = 1 - chance
    kappa = np.divide(agreed - chance, room, out=np.zeros(len(counts)), where=room > 1e-12)
    return [agreed, kappa, agreed - people.max(axis=1)]


def _interval(value: float, resampled: npt.NDArray[np.float64]) -> Interval:
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Interval(value=float(value), low=float(low), high=float(high))


def _doubt(labels: int, kappa: Interval, above: Interval) -> str:
    """Return why a judge doesn't count, or nothing."""
    if labels < MIN_LABELS:
        return f"Doesn't count: people judged {labels} answers, and {MIN_LABELS} are needed."
    if kappa.value < MIN_KAPPA or kappa.low <= 0:
        return (
            f"Doesn't count: beyond chance it agrees with people by {_shown(kappa)}, and"
            f" {MIN_KAPPA} is needed, with an interval above 0."
        )
    if above.low <= 0:
        return "Doesn't count: always giving people's most frequent label may agree as often."
    return ""


def _praise(agreement: Interval, kappa: Interval) -> str:
    return (
        f"Counts: it agrees with people on {agreement.value:.0%} of the answers,"
        f" and beyond chance by {_shown(kappa)}."
    )


def _shown(kappa: Interval) -> str:
    return f"a kappa of {kappa.value:.2f} [{kappa.low:.2f}, {kappa.high:.2f}]"


def _position_doubt(pairs: int, consistent: float, least: float, p: float, is_first: bool) -> str:
    if pairs < MIN_LABELS:
        return f"Doesn't count: it judged {pairs} pairs, and {MIN_LABELS} are needed."
    if p < SIGNIFICANT:
        place = "first" if is_first else "second"
        return f"Doesn't count: it prefers whichever answer comes {place} (p = {p:.2g})."
    if consistent < least:
        return f"Doesn't count: only {consistent:.0%} of the pairs are judged alike both ways."
    return ""
