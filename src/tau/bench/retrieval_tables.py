"""Tables of retrieval figures: shares in per cent, Tau's beside BM25's."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from tau.bench.tables import table_of

_CATEGORIES = {
    "1": "1, several hops",
    "2": "2, time",
    "3": "3, open",
    "4": "4, one hop",
    "5": "5, adversarial",
}
_LOCOMO_TURNS, _LOCOMO_SESSIONS = ("5", "10", "20", "50"), ("5", "10")
_LONGMEMEVAL_COLUMNS = (
    *("any\n@1", "\n@5", "\n@10"),
    *("all\n@1", "\n@5", "\n@10"),
    *("NDCG\n@10", "turn\n@5", "\n@10"),
)
Figures = Mapping[str, Any]


def render_tables(figures: Figures) -> Iterator[Table]:
    """Yield a table for each data set and one of what it cost."""
    asked = figures["questions"]
    if figures["locomo"] is not None:
        yield _locomo(figures["locomo"], asked["locomo"])
    if figures["longmemeval"] is not None:
        yield _longmemeval(figures["longmemeval"], asked["longmemeval"])
    yield table_of("Cost", _costs(figures))


def _locomo(figures: Figures, questions: int) -> Table:
    table = _table(f"LoCoMo, {questions:,} questions: evidence found, % (BM25)")
    for first in _LOCOMO_TURNS:
        table.add_column(f"turns @{first}", justify="right")
    plain = figures["bm25"]
    for kind, shares in figures["turn"].items():
        beside = plain["turn"].get(kind, {})
        cells = [_comparison(shares[first], beside.get(first)) for first in _LOCOMO_TURNS]
        table.add_row("all" if kind == "all" else _CATEGORIES.get(kind, kind), *cells)
        if kind == "all":
            table.add_section()
    sessions = {first: figures["session"][first] for first in _LOCOMO_SESSIONS}
    cells = [_comparison(share, plain["session"][first]) for first, share in sessions.items()]
    table.add_section()
    table.add_row("sessions", *cells)
    return table


def _longmemeval(figures: Figures, questions: int) -> Table:
    table = _table(f"LongMemEval, {questions:,} questions: evidence found, %")
    table.padding = (0, 0)  # nine columns in the 80 characters of a plain terminal
    for column in _LONGMEMEVAL_COLUMNS:
        table.add_column(column, justify="right", min_width=len("100.0"))
    table.add_row("Tau", *_longmemeval_cells(figures))
    table.add_row("BM25", *_longmemeval_cells(figures["bm25"]))
    table.add_section()
    for kind, some in figures["by_type"].items():
        table.add_row(kind.removeprefix("single-session-"), *_longmemeval_cells(some))
    return table


def _longmemeval_cells(figures: Figures) -> list[str]:
    session, turn = figures["session"], figures["turn"]
    shares = [*session["any"].values(), *session["all"].values(), session["ndcg10"]]
    return [_percent(share) for share in (*shares, *turn.values())]


def _costs(figures: Figures) -> dict[str, Any]:
    per_search = dict(figures["ms_per_search"])
    together = per_search.pop("with_embedding", None)
    costs = {"search_ms": per_search, "index_bytes_per_message": figures["index_bytes_per_message"]}
    if together is not None:
        costs["search_with_embedding_ms"] = together
        plain = figures["index_bytes_per_message_without_vectors"]
        costs["index_bytes_per_message_without_vectors"] = plain
    return {
        **costs,
        "embedder": figures["vectors"] or "none, words only",
        "questions_left_out": sum(figures["left_out"].values()),
        "machine": figures["machine"],
    }


def _table(title: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("", style="bold", no_wrap=True)
    return table


def _comparison(ours: float | None, theirs: float | None) -> str:
    return f"{_percent(ours)} ({_percent(theirs)})"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"
