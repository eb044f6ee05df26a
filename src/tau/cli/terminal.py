"""How Tau looks in a terminal: quiet, coloured only where somebody looks, safe to print.

Rich already leaves out colours in a pipe and where NO_COLOR is set; what it does not do is keep
the escape sequences of other people's words from reaching the terminal: `plain` does.
"""

import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
READABLE_COLUMNS = 100
MARK = "› "
"""Stands before what the person says."""
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
    return Console(stderr=stderr, theme=_THEME, highlight=False, soft_wrap=not _is_terminal(stderr))


def plain(text: str) -> str:
    """Return `text` without control characters other than tab and newline."""
    return _CONTROL.sub("", text.replace("\r\n", "\n"))


def one_line(text: str, limit: int = 72) -> str:
    """Return the beginning of `text` on one line of at most `limit` characters."""
    words = " ".join(plain(text).split())
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def moment(at: float | None) -> str:
    """Return a time in seconds since 1970 as a local date and time; nothing for `None`."""
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}" if at is not None else ""


def size(count: int) -> str:
    """Return a number of bytes as people say it."""
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1e6:.0f} MB" if count < 1_000_000_000 else f"{count / 1e9:.1f} GB"


def print_rows(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under headings: a quiet table for a person, tabs between fields for a pipe."""
    if not _is_terminal(stderr=False):
        for row in rows:
            click.echo("\t".join(" ".join(plain(field).split()) for field in row))
        return
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        shown.add_column(heading, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(plain(field)) for field in row))
    console().print(shown)


def _is_terminal(stderr: bool) -> bool:
    return (sys.stderr if stderr else sys.stdout).isatty()
