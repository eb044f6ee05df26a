"""Figures of retrieval as people read them, in a plain terminal of 80 columns."""

from typing import Any

import pytest
from rich.console import Console

from tau.bench.retrieval_tables import render_tables

SHARES = {"5": 1.0, "10": 0.8375, "20": 0.9, "50": None}
KINDS = ("knowledge-update", "single-session-preference", "temporal-reasoning")


def _locomo(**more: Any) -> dict[str, Any]:
    turns = dict.fromkeys(("all", "1", "5", "7"), SHARES)
    return {"turn": turns, "session": {"5": 0.5, "10": 0.625}, **more}


def _longmemeval(**more: Any) -> dict[str, Any]:
    ranks = {"1": 1.0, "5": 1.0, "10": 1.0}
    session = {"any": ranks, "all": ranks, "ndcg10": 1.0}
    return {"session": session, "turn": {"5": 1.0, "10": 1.0}, **more}


def _figures(**changes: Any) -> dict[str, Any]:
    kinds = {kind: _longmemeval(questions=1) for kind in KINDS}
    return {
        "locomo": _locomo(bm25=_locomo()),
        "longmemeval": _longmemeval(by_type=kinds, bm25=_longmemeval()),
        "ms_per_search": {"p50": 1.5, "p95": 2.5},
        "index_bytes_per_message": 1106.0,
        "index_bytes_per_message_without_vectors": 338.0,
        "vectors": None,
        "questions": {"locomo": 787, "longmemeval": 93},
        "left_out": {"locomo": 2, "longmemeval": 5},
        "machine": {"cpu": "A CPU"},
        **changes,
    }


def _drawn(**changes: Any) -> str:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(*render_tables(_figures(**changes)), sep="\n")
    return captured.get()


def _line(text: str, begin: str) -> list[str]:
    return next(line for line in text.splitlines() if line.strip().startswith(begin)).split()


def test_nothing_is_cut_off_where_everything_was_found() -> None:
    text = _drawn()
    assert "…" not in text
    assert _line(text, "Tau") == ["Tau", *["100.0"] * 9]
    assert all(kind.removeprefix("single-session-") in text for kind in KINDS)


def test_shares_are_per_cent_with_bm25_beside_and_gaps_shown() -> None:
    assert _line(_drawn(), "all") == [
        *("all", "100.0", "(100.0)"),
        *("83.8", "(83.8)"),
        *("90.0", "(90.0)"),
        *("-", "(-)"),
    ]
    assert _line(_drawn(), "sessions")[1:] == ["50.0", "(50.0)", "62.5", "(62.5)"]


def test_categories_are_named_and_an_unknown_one_keeps_its_number() -> None:
    text = _drawn()
    assert "1, several hops" in text
    assert "5, adversarial" in text
    assert _line(text, "7")[0] == "7"


@pytest.mark.parametrize(("left", "shown"), [("locomo", "LongMemEval"), ("longmemeval", "LoCoMo")])
def test_a_data_set_that_was_not_asked_has_no_table(left: str, shown: str) -> None:
    asked = {name: 1 for name in ("locomo", "longmemeval") if name != left}
    text = _drawn(**{left: None}, questions=asked, left_out=asked)
    hidden = {"locomo": "LoCoMo", "longmemeval": "LongMemEval"}[left]
    assert shown in text
    assert hidden not in text


def test_costs_tell_of_vectors_only_where_there_are_some() -> None:
    plain = _drawn()
    assert "none, words only" in plain
    assert "with embedding" not in plain
    together = {"p50": 1.5, "p95": 2.5, "with_embedding": {"p50": 20.0, "p95": 30.0}}
    embedded = _drawn(vectors="all-minilm-l6-v2", ms_per_search=together)
    assert "search with embedding, p95" in embedded
    assert "without vectors" in embedded
    assert "all-minilm-l6-v2" in embedded
    assert _line(embedded, "│ questions left out")[-2] == "7"
