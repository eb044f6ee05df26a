"""Figures as people read them."""

import pytest
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


@pytest.mark.parametrize(
    ("figures", "row"),
    [
        ({"start_seconds": 1.25}, ("start", "1.25 s")),
        ({"messages": 2000}, ("messages", "2,000")),
        ({"memory_gb": 8.2}, ("memory", "8.2 GB")),
        ({"turns_per_second": 1234.5}, ("turns per second", "1,234.5")),
        ({"import_ms": {"max": 44}}, ("import, max", "44 ms")),
        ({"open_seconds": {"50000": 0.5}}, ("open, 50000", "0.5 s")),
        ({"steady": {"ttft_ms": {"p99": 3}}}, ("steady, ttft, p99", "3 ms")),
        ({"embedder": "scripted-embedder"}, ("embedder", "scripted-embedder")),
        ({"rss_mb": None}, ("rss", "not measured")),
    ],
)
def test_a_row_is_named_for_people_and_has_its_unit(
    figures: dict[str, object], row: tuple[str, str]
) -> None:
    names, values = table_of("Title", figures).columns
    assert (list(names.cells), list(values.cells)) == ([row[0]], [row[1]])


def test_rows_keep_the_order_of_the_figures() -> None:
    names, _ = table_of("Title", {"b": 1, "a": {"d": 2, "c": 3}, "e": 4}).columns
    assert list(names.cells) == ["b", "a, d", "a, c", "e"]


def test_of_no_figures_there_are_no_rows() -> None:
    assert table_of("Title", {"machine": {}}).row_count == 0
