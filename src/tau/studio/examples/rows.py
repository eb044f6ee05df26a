"""Examples from rows of a table: an input column, an output column, and others for graders.

Knows nothing of where the rows come from.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tau.errors import BadInput
from tau.studio.examples.example import Example, ExampleMessage, Problem
from tau.studio.examples.read_context import ReadContext, ReadOptions

_SHOWN_COLUMNS = 20
_SHOWN_CHARACTERS = 40


class Row(NamedTuple):
    """A row of a table, with its number in the sheet or the line it begins on."""

    number: int
    cells: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether no cell says anything."""
        return not any(cell.strip() for cell in self.cells)


def row_messages(asked: str, answer: str, instructions: str = "") -> tuple[ExampleMessage, ...]:
    """Return the chat of a row."""
    chat = (ExampleMessage("user", asked), ExampleMessage("assistant", answer))
    return (ExampleMessage("system", instructions), *chat) if instructions.strip() else chat


def read_rows(rows: Iterator[Row | Problem], context: ReadContext) -> Iterator[Example | Problem]:
    """Yield one example or problem for each row under the first, which names the columns.

    Empty rows are passed over. Raises `BadInput` if there are no columns of these names.
    """
    header: tuple[str, ...] | None = None
    for row in rows:
        if isinstance(row, Problem):
            yield row
        elif row.is_empty:
            continue
        elif header is None:
            header = _header(row.cells, context.options)
        else:
            yield _example(row, header, context)
    if header is None:
        raise BadInput("The table has no row with the names of its columns.")


def match_column(wanted: str, columns: Sequence[str]) -> int | None:
    """Return the place of a column, if exactly one has this name, or has it in another case."""
    for equal in (str.__eq__, _same_name):
        found = [place for place, name in enumerate(columns) if equal(name, wanted)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _same_name(name: str, wanted: str) -> bool:
    return name.strip().casefold() == wanted.strip().casefold()


def _header(cells: tuple[str, ...], options: ReadOptions) -> tuple[str, ...]:
    """Return the names of the columns; those that the options name are written as there."""
    names = [cell.strip() for cell in cells]
    wanted = [*options.columns, options.instructions_column]
    places = [match_column(name, names) for name in wanted if name]
    for name, place in zip(wanted, places, strict=False):
        if place is None:
            raise BadInput(f"There must be one column named {name!r}. {_listed(names)}")
        names[place] = name
    if len(set(places)) < len(places):
        raise BadInput("Input, output and instructions must be columns of their own.")
    return tuple(names)


def _listed(names: Sequence[str]) -> str:
    shown = [name[:_SHOWN_CHARACTERS] for name in names if name][:_SHOWN_COLUMNS]
    return f"The columns are: {', '.join(shown)}." if shown else "No column has a name."


def _example(row: Row, header: tuple[str, ...], context: ReadContext) -> Example | Problem:
    if any(cell.strip() for cell in row.cells[len(header) :]):
        return Problem(row.number, "", "It has more cells than there are columns.")
    options = context.options
    fields = _by_name(header, row.cells)
    asked, answer, instructions = (
        fields.get(name, "")
        for name in (options.input_column, options.output_column, options.instructions_column)
    )
    if not asked.strip():
        return Problem(row.number, options.input_column, "It's empty.")
    messages = row_messages(asked, answer, instructions)
    return context.example(row.number, messages, fields)


def _by_name(header: tuple[str, ...], cells: tuple[str, ...]) -> dict[str, str]:
    """Return the cells of the columns that have a name; of two with the same, the first."""
    fields: dict[str, str] = {}
    for name, cell in zip(header, cells, strict=False):
        if name:
            fields.setdefault(name, cell)
    return fields
