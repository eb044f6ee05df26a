"""Scores of rankings: each data set's own metrics, as means over questions, from 0 to 1.

`docs/benchmarks.md` defines them. A figure without any question is `None`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from tau.bench.datasets import DatasetQuestion
from tau.bench.metrics import ndcg, recall, recall_all, recall_any

LOCOMO_TURNS_AT, LOCOMO_SESSIONS_AT = (5, 10, 20, 50), (5, 10)
LOCOMO_CATEGORIES = ("1", "2", "3", "4", "5")
LONGMEMEVAL_TURNS_AT, LONGMEMEVAL_SESSIONS_AT = (5, 10), (1, 5, 10)
NDCG_AT = 10
Figures = dict[str, float | None]
Metric = Callable[[Sequence[str], Collection[str], int], float]


@dataclass(frozen=True, slots=True)
class QuestionRanking:
    """A question, and the names of what was found for it, best first."""

    question: DatasetQuestion
    turns: tuple[str, ...]
    sessions: tuple[str, ...]


def locomo(answers: Sequence[QuestionRanking]) -> dict[str, Any]:
    """Return the recall of evidence: by turn, over all and in each category, and by session."""
    by_kind = _by_kind(answers)
    return {
        "turn": {
            "all": _turns(answers, LOCOMO_TURNS_AT),
            **{
                category: _turns(by_kind.get(category, ()), LOCOMO_TURNS_AT)
                for category in sorted({*LOCOMO_CATEGORIES, *by_kind})
            },
        },
        "session": _sessions(answers, recall, LOCOMO_SESSIONS_AT),
    }


def longmemeval(answers: Sequence[QuestionRanking]) -> dict[str, Any]:
    """Return how sessions and turns were found, over all and for each type of question."""
    by_type = {
        kind: _longmemeval(some) | {"questions": len(some)}
        for kind, some in sorted(_by_kind(answers).items())
    }
    return {**_longmemeval(answers), "by_type": by_type}


def _longmemeval(answers: Sequence[QuestionRanking]) -> dict[str, Any]:
    return {
        "session": {
            "any": _sessions(answers, recall_any, LONGMEMEVAL_SESSIONS_AT),
            "all": _sessions(answers, recall_all, LONGMEMEVAL_SESSIONS_AT),
            "ndcg10": _sessions(answers, ndcg, (NDCG_AT,))[str(NDCG_AT)],
        },
        "turn": _turns(answers, LONGMEMEVAL_TURNS_AT),
    }


def _turns(answers: Iterable[QuestionRanking], firsts: Sequence[int]) -> Figures:
    """Return recall by turn, of the questions whose turns are known."""
    known = [each for each in answers if each.question.turns]
    return {
        str(first): _mean(recall(each.turns, each.question.turns, first) for each in known)
        for first in firsts
    }


def _sessions(answers: Iterable[QuestionRanking], metric: Metric, firsts: Sequence[int]) -> Figures:
    some = list(answers)
    return {
        str(first): _mean(metric(each.sessions, each.question.sessions, first) for each in some)
        for first in firsts
    }


def _by_kind(answers: Iterable[QuestionRanking]) -> dict[str, list[QuestionRanking]]:
    by_kind: dict[str, list[QuestionRanking]] = {}
    for each in answers:
        by_kind.setdefault(each.question.kind, []).append(each)
    return by_kind


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return round(fmean(found), 4) if found else None
