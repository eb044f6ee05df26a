"""Metrics of rankings: pure functions over ranked names and the names that are wanted.

Nothing here knows what is ranked or by whom. A name that is ranked twice counts where it comes
first; what is not ranked was not found.
"""

import math
from collections.abc import Collection, Iterable, Sequence


def recall(ranked: Sequence[str], wanted: Collection[str], first: int) -> float:
    """Return the share of `wanted` that is among the `first` ranked, 0 to 1.

    Raises `ValueError` if nothing is wanted: there is no share of nothing.
    """
    return len(_hits(ranked, wanted, first)) / len(set(wanted))


def recall_any(ranked: Sequence[str], wanted: Collection[str], first: int) -> float:
    """Return 1 if at least one of `wanted` is among the `first` ranked, else 0."""
    return float(bool(_hits(ranked, wanted, first)))


def recall_all(ranked: Sequence[str], wanted: Collection[str], first: int) -> float:
    """Return 1 if all of `wanted` are among the `first` ranked, else 0."""
    return float(len(_hits(ranked, wanted, first)) == len(set(wanted)))


def ndcg(ranked: Sequence[str], wanted: Collection[str], first: int) -> float:
    """Return the normalised discounted cumulative gain of the `first` ranked, 0 to 1.

    Relevance is 1 for what is wanted and 0 for the rest; the gain at place i (from 1) is divided
    by log2(i + 1). The ideal ranking begins with all that is wanted. Järvelin and Kekäläinen,
    "Cumulated gain-based evaluation of IR techniques", 2002.
    """
    found = _hits(ranked, wanted, first)
    places = (place for place, name in enumerate(distinct(ranked)[:first]) if name in found)
    ideal = range(min(len(set(wanted)), first))
    return math.fsum(map(_gain, places)) / math.fsum(map(_gain, ideal))


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Return every name once, in the order in which they first come.

    This makes a ranking of conversations from one of messages: each is placed by its best.
    """
    return tuple(dict.fromkeys(names))


def _hits(ranked: Sequence[str], wanted: Collection[str], first: int) -> set[str]:
    if not wanted:
        raise ValueError("there is nothing to find")
    return set(wanted).intersection(distinct(ranked)[:first])


def _gain(place: int) -> float:
    return 1 / math.log2(place + 2)
