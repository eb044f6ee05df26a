"""Rows of a data source: items, perhaps with the answers that are graded."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from tau.errors import InvalidField
from tau.studio.evals.item_schema import find_violation

MAX_ROWS = 10_000
MAX_ROWS_BYTES = 64 * 2**20
_MAX_LINE_BYTES = 1_000_000


class EvalRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """An item, and the answer to it if it's given."""

    item: dict[str, Any]
    sample: dict[str, Any] | None = None


def check_rows(rows: list[EvalRow], schema: Mapping[str, Any], param: str) -> list[EvalRow]:
    """Return rows whose items fit the schema. Raises `InvalidField`, which names the first."""
    if not 1 <= len(rows) <= MAX_ROWS:
        raise InvalidField(f"A run has 1 to {MAX_ROWS:,} items.", param)
    for number, row in enumerate(rows, start=1):
        if violation := find_violation(row.item, schema):
            sentence = f"Item {number} doesn't fit the eval's schema: {violation}."
            raise InvalidField(sentence, param)
    return rows


def read_rows(pieces: Iterable[bytes], param: str) -> list[EvalRow]:
    """Return the rows of a JSON Lines file. Raises `InvalidField`, which names the line."""
    rows: list[EvalRow] = []
    for number, line in enumerate(_lines(pieces, param), start=1):
        if not line.strip():
            continue
        if len(rows) == MAX_ROWS:
            raise InvalidField(f"A run has 1 to {MAX_ROWS:,} items.", param)
        rows.append(_row(line, number, param))
    return rows


def _row(line: bytes, number: int, param: str) -> EvalRow:
    try:
        return msgspec.json.decode(line, type=EvalRow)
    except msgspec.ValidationError:
        sentence = f'Line {number} isn\'t of the form {{"item": {{...}}, "sample": {{...}}}}.'
        raise InvalidField(sentence, param) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise InvalidField(f"Line {number} isn't JSON.", param) from None


def _lines(pieces: Iterable[bytes], param: str) -> Iterator[bytes]:
    rest, size, number = b"", 0, 1
    for piece in pieces:
        size += len(piece)
        if size > MAX_ROWS_BYTES:
            raise InvalidField(f"A run reads at most {MAX_ROWS_BYTES >> 20} MB.", param)
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            _require_short(line, number, param)
            yield line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            number += 1
        _require_short(rest, number, param)
    yield rest.removeprefix(b"\xef\xbb\xbf") if number == 1 else rest


def _require_short(line: bytes, number: int, param: str) -> None:
    if len(line) > _MAX_LINE_BYTES:
        raise InvalidField(f"Line {number} is longer than 1 MB.", param)
