"""Figures of rankings, by data set, as `tau bench retrieval` defines them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

import numpy as np
from fitting import Plan, learn_chats, scores
from samples import Matrix, Sample

from tau.bench import metrics
from tau.memory.fusion import ChatWeights

Figures = dict[str, dict[str, float]]
"""Data set -> what is measured -> per cent."""


def evaluate(made: Sequence[Sample], ranked: Iterable[Matrix]) -> Figures:
    """Return the figures of scores, one array for each sample."""
    measured: defaultdict[str, list[dict[str, float]]] = defaultdict(list)
    for sample, score in zip(made, ranked, strict=True):
        measured[sample.data].append(_measured(sample, score))
    return {
        data: {name: 100 * fmean(one[name] for one in all_of) for name in all_of[0]}
        for data, all_of in measured.items()
    }


def held_out(
    made: Sequence[Sample], fold: Sequence[int], names: Sequence[str], plan: Plan
) -> Figures:
    """Return the figures of every sample by weights that have not seen its fold."""
    weights = {
        left_out: learn_chats(
            [s for s, f in zip(made, fold, strict=True) if f != left_out], names, plan
        )
        for left_out in sorted(set(fold))
    }
    return evaluate(made, [scores(s, weights[f]) for s, f in zip(made, fold, strict=True)])


def evaluate_weights(made: Sequence[Sample], weights: ChatWeights | Mapping[str, float]) -> Figures:
    """Return the figures of one set of weights."""
    return evaluate(made, [scores(sample, weights) for sample in made])


def table_row(called: str, figures: Mapping[str, float]) -> str:
    """Return a line of a Markdown table."""
    return f"| {called} | " + " | ".join(f"{value:.1f}" for value in figures.values()) + " |"


def table_head(called: str, figures: Mapping[str, float]) -> str:
    """Return the first two lines of a Markdown table."""
    return f"| {called} | " + " | ".join(figures) + " |\n|---" + "|---" * len(figures) + "|"


def _measured(sample: Sample, score: Matrix) -> dict[str, float]:
    order = np.argsort(-score, kind="stable").tolist()
    turns = [sample.names[i] for i in order]
    sessions = metrics.distinct(sample.conversations[i] for i in order)
    wanted, held = sample.question.turns, sample.question.sessions
    return {
        "turn @5": metrics.recall(turns, wanted, 5),
        "@10": metrics.recall(turns, wanted, 10),
        "@20": metrics.recall(turns, wanted, 20),
        "session @5": metrics.recall(sessions, held, 5),
        "session @10": metrics.recall(sessions, held, 10),
        "all @5": metrics.recall_all(sessions, held, 5),
        "all @10": metrics.recall_all(sessions, held, 10),
        "ndcg @10": metrics.ndcg(sessions, held, 10),
    }
