"""Terminal output: quiet, coloured only in a terminal, free of control sequences.

Rich leaves out colours in a pipe and where NO_COLOR is set, but passes on escape sequences in other
people's text: `strip_control` removes them.
"""

import re
import sys
from collections.abc import Iterable, Sequence

import click
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from tau.clock import date_time

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
READABLE_COLUMNS = 100
_GAP, _LEAST_CELLS = 2, 16
PROMPT_MARK = "› "
"""The prompt before the person's input."""
_THEME = Theme(
    {
        "markdown.code": "cyan",
        "markdown.item.bullet": "dim",
        "markdown.item.number": "dim",
        "markdown.block_quote": "italic",
        "markdown.link": "underline",
        "markdown.link_url": "dim underline",
    }
)


def console(*, stderr: bool = False) -> Console:
    """Return a console on standard output or standard error, as they are now."""
    return Console(
        stderr=stderr,
        theme=_THEME,
        highlight=False,
        emoji=False,  # text in colons is to be shown as it is
        soft_wrap=not _is_terminal(stderr),
    )


def strip_control(text: str) -> str:
    """Return `text` without control characters other than tab and newline."""
    return _CONTROL.sub("", text.replace("\r\n", "\n"))


def shorten(text: str, cells: int = 72) -> str:
    """Return the beginning of `text` on one line of at most `cells` terminal cells."""
    line = single_line(text)
    return line if cell_len(line) <= cells else set_cell_size(line, cells - 1).rstrip() + "…"


def format_time(at: float | None) -> str:
    """Return a time in seconds since 1970 as a local date and time; nothing for `None`."""
    return f"{date_time(at):%Y-%m-%d %H:%M}" if at is not None else ""


def format_size(count: int) -> str:
    """Return a number of bytes in readable units."""
    if count < 1000:
        return f"{count} bytes"
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1e6:.0f} MB" if count < 1_000_000_000 else f"{count / 1e9:.1f} GB"


def print_rows(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under headings: a table in a terminal, tab-separated fields in a pipe.

    Where the window is too narrow for a table, the last field goes below the others, or each field
    on its own line.
    """
    if not _is_terminal(stderr=False):
        for row in rows:
            click.echo("\t".join(map(single_line, row)))
        return
    table = [tuple(headings), *(tuple(map(single_line, row)) for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    screen = console()
    room = screen.width - sum(widths[:-1]) - _GAP * len(widths[:-1])
    if room < min(_LEAST_CELLS, widths[-1]):
        _print_folded(screen, table, widths)
        return
    for number, row in enumerate(table):
        *fields, last = row
        padded = [set_cell_size(field, width) for field, width in zip(fields, widths, strict=False)]
        line = Text(
            (" " * _GAP).join([*padded, shorten(last, room)]), style="" if number else "dim"
        )
        screen.print(line, soft_wrap=True)


def _print_folded(screen: Console, table: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
    heads, *rows = table
    if sum(widths[:-1]) + _GAP * len(widths[:-2]) <= screen.width:
        for *fields, last in rows:
            screen.print((" " * _GAP).join(fields), style="dim", markup=False)
            print_indented(screen, last)
        return
    width = max(map(cell_len, heads))
    for row in rows:
        for head, field in zip(heads, row, strict=True):
            line = Text(set_cell_size(head, width + _GAP), style="dim").append(
                field, style="not dim"
            )
            screen.print(line, soft_wrap=True)


def print_indented(screen: Console, text: str) -> None:
    """Print text with an indent on every line, also where a narrow window wraps it."""
    if screen.soft_wrap:
        screen.print(" " * _GAP + text, markup=False)
        return
    for line in Text(text).wrap(screen, max(_LEAST_CELLS, screen.width - _GAP)):
        line.rstrip()
        screen.print(" " * _GAP + line.plain, markup=False, soft_wrap=True)


def single_line(text: str) -> str:
    """Return the whole of `text` on one line."""
    return " ".join(strip_control(text).split())


def _is_terminal(stderr: bool) -> bool:
    return (sys.stderr if stderr else sys.stdout).isatty()
