"""Rows of a table in text: CSV with commas or semicolons, or TSV.

`csv.Sniffer` isn't used: it guesses from the content, and some texts keep it busy for minutes.
"""

import csv
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from tau.studio.examples.example import Problem
from tau.studio.examples.lines import MAX_LINE_BYTES, TOO_LONG, SourceLine, read_lines
from tau.studio.examples.rows import Row, match_column

_DELIMITERS = (",", "\t", ";", "|")
_SAMPLED_ROWS = 20
_MOST_RETRIES = 100
"""So many rows with a wrong quote are left out alone; after that, with the lines they span."""
_QUOTES = "Its quotes don't match."
_LARGE_CELL = "A cell has more than 131,072 characters."


class _UnusableLine(Exception):
    """A line of a row that can't be used, and why."""


def read_text_table(file: BinaryIO, wanted: tuple[str, str]) -> Iterator[Row | Problem]:
    """Yield the rows of a table; `wanted` are columns that help to tell what separates them."""
    return _rows(read_lines(file), _delimiter(file, wanted))


def _delimiter(file: BinaryIO, wanted: tuple[str, str]) -> str:
    """Return the separator that gives the first row the wanted columns, or else the most."""
    return max(_DELIMITERS, key=lambda delimiter: _fit(file, delimiter, wanted))


def _fit(file: BinaryIO, delimiter: str, wanted: tuple[str, str]) -> tuple[int, int]:
    rows = [row for row in _sample(file, delimiter) if isinstance(row, Row)]
    header = rows[0].cells if rows else ()
    found = sum(match_column(name, header) is not None for name in wanted)
    alike = sum(len(row.cells) == len(header) for row in rows[1:])
    return found, len(header) * (1 + alike) if len(header) > 1 else 0


def _sample(file: BinaryIO, delimiter: str) -> Iterator[Row | Problem]:
    return islice(_rows(read_lines(file), delimiter), _SAMPLED_ROWS)


def _rows(lines: Iterator[SourceLine], delimiter: str) -> Iterator[Row | Problem]:
    """Yield rows. After one with a wrong quote, reading goes on with the line below its first."""
    source = _RewindableLines(lines)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        source.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Problem(source.first, "", _LARGE_CELL if "limit" in str(error) else _QUOTES)
            source.rewind()
        except _UnusableLine as error:
            yield Problem(source.first, "", _QUOTES if source.spans_lines else str(error))
            source.rewind()
            # The reader keeps what it has read of a row.
            reader = csv.reader(source, delimiter=delimiter, strict=True)
        else:
            if cells:
                yield Row(source.first, tuple(cells))


class _RewindableLines:
    """Iterator over the lines of a file that can go back to the second line of a row."""

    def __init__(self, lines: Iterator[SourceLine]) -> None:
        self._lines = lines
        self._again: deque[SourceLine] = deque()
        self._row: list[SourceLine] = []
        self._characters = 0
        self._retries = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self._row.append(line)
        self._characters += len(line.text)
        if line.reason or self._characters > MAX_LINE_BYTES:
            raise _UnusableLine(line.reason or TOO_LONG)
        return line.text

    @property
    def first(self) -> int:
        """The number of the row's first line."""
        return self._row[0].number

    @property
    def spans_lines(self) -> bool:
        """Whether the row has a second line: a cell that began with a quote goes on."""
        return len(self._row) > 1

    def begin_row(self) -> None:
        """Begin a row with the next line."""
        self._row = []
        self._characters = 0

    def rewind(self) -> None:
        """Read the lines of this row again, but for its first."""
        self._retries += 1
        if self._retries <= _MOST_RETRIES:
            self._again.extendleft(reversed(self._row[1:]))
