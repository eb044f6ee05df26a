"""Conversations that people lend to their projects."""

from dataclasses import dataclass

from tau.server.schemas.studio import ExampleMessageOut


@dataclass(frozen=True, slots=True)
class LentExampleOut:
    """An example as the project gets it, with personal data masked unless that was refused."""

    conversation: str
    messages: list[ExampleMessageOut]


@dataclass(frozen=True, slots=True)
class LentOut:
    """What is lent: the examples, and how many of them are new to the project.

    With `dry_run`, nothing was lent, and `added` is 0.
    """

    examples: list[LentExampleOut]
    added: int


@dataclass(frozen=True, slots=True)
class LentRecordOut:
    """A conversation that was lent to a project; `withdrawn_at` is none while it is."""

    conversation: str
    project: str
    at: float
    masked: bool
    withdrawn_at: float | None


@dataclass(frozen=True, slots=True)
class LentRecordList:
    """What you lent, the last first."""

    lent: list[LentRecordOut]


@dataclass(frozen=True, slots=True)
class LendingWithdrawnOut:
    """How many examples were withdrawn."""

    withdrawn: int
