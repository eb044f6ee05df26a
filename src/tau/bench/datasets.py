"""Data sets of conversations and questions, in one shape for all benchmarks.

A `DatasetSample` is added message by message, and its questions are asked once all of it is there.
The evidence for an answer is known by name, so that a ranking of messages can be judged.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from tau.journal.entries import Author


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetMessage:
    """One message; `at` in seconds since 1970 (UTC), `name` its name in the evidence."""

    name: str
    conversation: str
    by: Author
    speaker: str | None
    text: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetQuestion:
    """A question asked at `now`, and the messages and conversations that are its evidence.

    `turns` may be empty where only the conversations are known.
    """

    id: str
    text: str
    kind: str
    now: float
    turns: tuple[str, ...]
    sessions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSample:
    """A history of messages, oldest conversation first, and the questions about it.

    `left_out` counts questions that the data set asks and that cannot be judged: they have no
    evidence, or none that exists.
    """

    name: str
    messages: tuple[DatasetMessage, ...] = field(repr=False)
    questions: tuple[DatasetQuestion, ...]
    left_out: int = 0

    def conversations(self) -> Iterator[tuple[DatasetMessage, ...]]:
        """Yield the messages of one conversation after the other."""
        for _, messages in itertools.groupby(self.messages, lambda message: message.conversation):
            yield tuple(messages)
