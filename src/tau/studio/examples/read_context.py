"""What a person says about a file of examples, and what each example takes from it."""

from typing import NamedTuple

import msgspec

from tau.studio.examples.example import Example, ExampleMessage, ExampleSource, ExampleTrust
from tau.studio.examples.identity import example_id


class ReadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says about a file of examples; columns and sheet matter for tables only."""

    input_column: str = "input"
    output_column: str = "output"
    instructions: str = ""
    """The system message of examples that have none."""
    instructions_column: str = ""
    """The column with the system message of each row, if there is one."""
    sheet: str = ""
    """Of a spreadsheet; its first if empty."""
    licence: str = ""
    trust: ExampleTrust = "own"

    @property
    def columns(self) -> tuple[str, str]:
        """The names of the columns that make an example."""
        return self.input_column, self.output_column


class ReadContext(NamedTuple):
    """The source that is read and what was said about it."""

    source: ExampleSource
    options: ReadOptions

    def example(
        self, line: int, messages: tuple[ExampleMessage, ...], fields: dict[str, str]
    ) -> Example:
        """Return the example that stands on a line."""
        instructions = self.options.instructions
        if instructions and all(each.role != "system" for each in messages):
            messages = (ExampleMessage("system", instructions), *messages)
        return Example(
            id=example_id(self.source.sha256, line, messages),
            messages=messages,
            source=self.source.id,
            line=line,
            trust=self.source.trust,
            fields=fields,
        )
