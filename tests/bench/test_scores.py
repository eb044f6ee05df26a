"""Figures of a data set, against means computed by hand."""

import pytest

from tau.bench import scores
from tau.bench.datasets import DatasetQuestion
from tau.bench.scores import QuestionRanking


def _ranked(kind: str, turns: tuple[str, ...], found: str) -> QuestionRanking:
    """A question of `kind` with evidence `turns` of sessions A, B, ...; `found` by turn."""
    names = tuple(found.split())
    question = DatasetQuestion(
        id="q",
        text="?",
        kind=kind,
        now=0.0,
        turns=turns,
        sessions=tuple(dict.fromkeys(turn[0] for turn in turns)),
    )
    return QuestionRanking(question, names, tuple(dict.fromkeys(name[0] for name in names)))


FAR = " ".join(f"Z{number}" for number in range(9))


def test_locomo_means_over_questions_and_within_each_category() -> None:
    figures = scores.locomo(
        [
            _ranked("1", ("A1", "B1"), f"A1 {FAR} B1"),
            _ranked("4", ("A1",), "A1"),
        ]
    )
    assert figures["turn"]["all"] == {"5": 0.75, "10": 0.75, "20": 1.0, "50": 1.0}
    assert figures["turn"]["1"] == {"5": 0.5, "10": 0.5, "20": 1.0, "50": 1.0}
    assert figures["turn"]["4"]["5"] == 1.0
    assert figures["turn"]["2"] == {"5": None, "10": None, "20": None, "50": None}
    assert figures["session"] == {"5": 1.0, "10": 1.0}  # A, Z, B


def test_a_session_stands_where_its_best_message_does() -> None:
    found = " ".join(f"{name}1 {name}2" for name in "ABCDEFG")
    figures = scores.locomo([_ranked("1", ("F1",), found)])
    assert figures["session"] == {"5": 0.0, "10": 1.0}
    assert figures["turn"]["all"]["10"] == 0.0


def test_longmemeval_tells_sessions_turns_and_types() -> None:
    figures = scores.longmemeval(
        [
            _ranked("multi-session", ("A1", "B1"), "A1 C1 D1 E1 F1 G1 B1"),
            _ranked("knowledge-update", ("A1",), "B1 A1"),
        ]
    )
    assert figures["session"]["any"] == {"1": 0.5, "5": 1.0, "10": 1.0}
    assert figures["session"]["all"] == {"1": 0.0, "5": 0.5, "10": 1.0}
    first = (1 + 1 / 3) / (1 + 0.6309297535714575)  # places 1 and 7, ideally 1 and 2
    assert figures["session"]["ndcg10"] == pytest.approx((first + 0.63093) / 2, abs=1e-4)
    assert figures["turn"] == {"5": 0.75, "10": 1.0}
    assert figures["by_type"]["knowledge-update"]["session"]["any"]["1"] == 0.0
    assert figures["by_type"]["multi-session"]["turn"] == {"5": 0.5, "10": 1.0}
    assert figures["by_type"]["multi-session"]["questions"] == 1


def test_a_question_whose_turns_are_unknown_counts_by_session_alone() -> None:
    unknown = QuestionRanking(
        DatasetQuestion(id="q", text="?", kind="x", now=0, turns=(), sessions=("A",)), (), ()
    )
    figures = scores.longmemeval([unknown, _ranked("x", ("A1",), "A1")])
    assert figures["turn"]["5"] == 1.0
    assert figures["session"]["any"]["10"] == 0.5


def test_of_no_question_there_is_no_figure() -> None:
    assert scores.longmemeval([])["session"]["ndcg10"] is None
    assert scores.locomo([])["session"] == {"5": None, "10": None}
