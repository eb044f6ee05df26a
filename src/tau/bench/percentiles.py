"""Percentiles of durations, and differences of percentiles."""

import math
from collections.abc import Sequence

Percentiles = dict[str, float]


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value below which `percent` of `values` lie, linear between two neighbours.

    Raises `ValueError` if there are no values.
    """
    if not values:
        raise ValueError("there is nothing to take a percentile of")
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below, above = math.floor(place), math.ceil(place)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def percentiles_ms(seconds: Sequence[float], *percents: int) -> Percentiles:
    """Return percentiles of durations in milliseconds, as `{"p50": ...}`."""
    return {f"p{percent}": to_ms(percentile(seconds, percent)) for percent in percents}


def added_ms(ours: Sequence[float], theirs: Sequence[float], *percents: int) -> Percentiles:
    """Return percentile of `ours` minus the same percentile of `theirs`, in milliseconds.

    It is the difference of two distributions at one height, not a percentile of differences: no
    request of one side belongs to a request of the other.
    """
    return {
        f"p{percent}": to_ms(percentile(ours, percent) - percentile(theirs, percent))
        for percent in percents
    }


def to_ms(seconds: float) -> float:
    """Return milliseconds, to a thousandth."""
    return round(seconds * 1000, 3)
