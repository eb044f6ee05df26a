"""Figures as people read them."""

from rich.console import Console

from tau.bench.tables import table_of


def _drawn(figures: dict[str, object]) -> str:
    console = Console(width=100, record=True, file=None, quiet=False)
    with console.capture() as captured:
        console.print(table_of("Title", figures))
    return captured.get()


def test_nested_figures_are_named_by_their_way() -> None:
    drawn = _drawn({"search_ms": {"50000": {"p95": 12.5}}, "turns_per_second": 180.5})
    assert "search, 50000, p95" in drawn
    assert "12.5 ms" in drawn
    assert "turns per second" in drawn
    assert "180.5" in drawn


def test_units_and_gaps_are_told() -> None:
    drawn = _drawn({"rss_mb": 101.2, "query_embedding_ms": None, "machine": {"cpu": "A CPU"}})
    assert "101.2 MB" in drawn
    assert "not measured" in drawn
    assert "A CPU" in drawn
