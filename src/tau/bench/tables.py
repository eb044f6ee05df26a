"""Tables of figures: one row for each, with its unit."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table

_UNITS = {"ms": "ms", "seconds": "s", "mb": "MB", "gb": "GB"}


def table_of(title: str, figures: Mapping[str, Any]) -> Table:
    """Return `figures` as a table; a nested figure is named by its path."""
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    for way, value in _rows(figures, ()):
        table.add_row(_label(way), _with_unit(way, value))
    return table


def _rows(
    figures: Mapping[str, Any], way: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _rows(value, (*way, name))
        else:
            yield (*way, name), value


def _unit(name: str) -> str:
    return _UNITS.get(name.rpartition("_")[2], "") if "per_second" not in name else ""


def _label(way: tuple[str, ...]) -> str:
    plain = [
        name.removesuffix(f"_{name.rpartition('_')[2]}") if _unit(name) else name for name in way
    ]
    return ", ".join(name.replace("_", " ") for name in plain)


def _with_unit(way: tuple[str, ...], value: object) -> str:
    unit = next((_unit(name) for name in reversed(way) if _unit(name)), "")
    if value is None:
        return "not measured"
    text = f"{value:,}" if isinstance(value, int | float) else str(value)
    return f"{text} {unit}".strip()
