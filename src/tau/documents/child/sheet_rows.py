"""Rows of spreadsheets; as a program, those of one sheet, from standard input and as JSON.

The program's input is a line with the name of the sheet as JSON, then the file. Each line that it
writes is a row, the end, or the name of a reason.
"""

import datetime
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

from tau.documents.child.archive import OfficeArchive
from tau.documents.child.limits import Refused, limit_reading

MAX_SECONDS = 60
MAX_UNPACKED_BYTES = 512 << 20
MAX_CELLS = 10_000_000
MAX_ROW_CHARACTERS = 1_000_000
_MOST_SHEETS = 20
_DAMAGED = (zipfile.BadZipFile, NotImplementedError, ValueError, IndexError, OSError)


def main() -> None:
    """Read the spreadsheet and write its rows."""
    limit_reading(MAX_SECONDS)
    sheet = json.loads(sys.stdin.buffer.readline())
    for line in _output(sys.stdin.buffer.read(), sheet):
        sys.stdout.write(json.dumps(line) + "\n")


def _output(content: bytes, sheet: str) -> Iterator[dict[str, Any]]:
    try:
        import python_calamine as calamine
    except ImportError:
        yield {"error": "missing"}
        return
    try:
        if _unpacked_bytes(content) > MAX_UNPACKED_BYTES:
            yield {"error": "large"}
            return
        book = calamine.load_workbook(io.BytesIO(content))
        if sheet and sheet not in book.sheet_names:
            yield {"error": "sheet", "cells": book.sheet_names[:_MOST_SHEETS]}
            return
        yield from _rows(book.get_sheet_by_name(sheet or book.sheet_names[0]))
    except calamine.PasswordError:
        yield {"error": "password"}
    except MemoryError:
        yield {"error": "large"}
    except (calamine.CalamineError, *_DAMAGED):
        yield {"error": "unreadable"}


def _unpacked_bytes(content: bytes) -> int:
    """Return how large an archive says that it is; 0 for what is no archive."""
    if not content.startswith(b"PK"):
        return 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _rows(table: Any) -> Iterator[dict[str, Any]]:
    if table.total_height * table.total_width > MAX_CELLS:
        yield {"error": "large"}
        return
    for number, cells in enumerate(table.iter_rows(), start=1):
        texts = [cell_text(cell) for cell in cells]
        small = sum(map(len, texts)) <= MAX_ROW_CHARACTERS
        yield {"row": number, "cells": texts if small else None}
    yield {"end": True}


def read_workbook(content: bytes) -> Iterator[tuple[str, list[str]]]:
    """Yield the rows of every sheet of a workbook that a stranger made, with the sheet's name.

    Raises `Refused`, and what reading a damaged archive raises.
    """
    try:
        import python_calamine as calamine
    except ImportError:
        raise Refused("missing") from None
    OfficeArchive(content)  # refuses what may do harm
    try:
        book = calamine.load_workbook(io.BytesIO(content))
        for name in book.sheet_names:
            table = book.get_sheet_by_name(name)
            if table.total_height * table.total_width > MAX_CELLS:
                raise Refused("large")
            for cells in table.iter_rows():
                yield name, [cell_text(cell) for cell in cells]
    except calamine.PasswordError:
        raise Refused("password") from None
    except calamine.CalamineError:
        raise Refused("unreadable") from None


def cell_text(value: Any) -> str:
    """Return the text of a cell as a spreadsheet shows it without a format of its own.

    Numbers have at most 15 digits, as in Excel; dates and times are written as in ISO 8601.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        day, time = value.date().isoformat(), _time_text(value.time())
        return day if time == "00:00" else f"{day} {time}"
    if isinstance(value, datetime.time):
        return _time_text(value)
    if isinstance(value, datetime.timedelta):
        return _duration_text(value)
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _time_text(value: datetime.time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")


def _duration_text(value: datetime.timedelta) -> str:
    seconds = round(value.total_seconds())
    sign = "-" if seconds < 0 else ""
    minutes, second = divmod(abs(seconds), 60)
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{second:02}"


if __name__ == "__main__":
    main()
