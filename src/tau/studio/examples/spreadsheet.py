"""Rows of a spreadsheet (.xlsx, .xls, .ods), read in a child process.

One cell in the last row makes a table of billions, so nothing of it is left when it's too much.
"""

import subprocess
from collections.abc import Iterator
from io import SEEK_END
from typing import BinaryIO

import msgspec

from tau.documents.reading_process import reading_process
from tau.errors import BadInput
from tau.studio.examples.example import Problem
from tau.studio.examples.lines import TOO_LONG
from tau.studio.examples.rows import Row

MAX_FILE_BYTES = 64 << 20
_SHOWN_CHARACTERS = 40
_PROGRAM = "tau.documents.child.sheet_rows"
_UNREADABLE = "The spreadsheet can't be read. Save it as .xlsx or CSV again."
_TOO_LARGE = "The spreadsheet is too large. Save the sheet as CSV."
_REASONS = {
    "missing": "Spreadsheets need the extra: pip install 'tau-companion[studio]'",
    "password": "The spreadsheet is protected by a password.",
    "unreadable": _UNREADABLE,
    "large": _TOO_LARGE,
}


class _Output(msgspec.Struct):
    """A line that the child writes: a row, the end, or the reason why there's no more."""

    row: int = 0
    cells: tuple[str, ...] | None = None
    """Of the row; `None` if it's too long. With an error about the sheet, the sheets there are."""
    end: bool = False
    error: str = ""


def read_spreadsheet(file: BinaryIO, sheet: str) -> Iterator[Row | Problem]:
    """Yield the rows of a sheet; of the first if `sheet` is empty. Raises `BadInput`."""
    if file.seek(0, SEEK_END) > MAX_FILE_BYTES:
        raise BadInput(_TOO_LARGE)
    with reading_process(_PROGRAM, file, sheet, unreadable=_UNREADABLE) as child:
        yield from _rows(child)


def _rows(child: subprocess.Popen[bytes]) -> Iterator[Row | Problem]:
    for line in child.stdout or ():
        output = msgspec.json.decode(line, type=_Output)
        if output.error == "sheet":
            names = ", ".join(name[:_SHOWN_CHARACTERS] for name in output.cells or ())
            raise BadInput(f"There's no sheet of this name. The sheets are: {names}.")
        if output.error:
            raise BadInput(_REASONS[output.error])
        if output.end:
            return
        if output.cells is None:
            yield Problem(output.row, "", TOO_LONG)
        else:
            yield Row(output.row, output.cells)
    # It ended on its own, or a signal ended it at one of its limits.
    raise BadInput(_TOO_LARGE if child.wait() < 0 else _UNREADABLE)
