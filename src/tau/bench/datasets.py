"""What a benchmark tells Tau and what it asks then: one shape for every data set.

A `Past` is told message by message, and its questions are asked once all of it is told. What a
question's answer rests on is known by name, so that a ranking of messages can be judged.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from tau.journal.entries import Author


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetMessage:
    """One message; `at` in seconds since 1970 (UTC), `name` what evidence calls it."""

    name: str
    conversation: str
    by: Author
    speaker: str | None
    text: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetQuestion:
    """A question asked at `now`, and the messages and conversations its answer rests on.

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
    """What is told, oldest conversation first, what is asked, and how many questions cannot be.

    `sync_people` counts questions that the data set asks and that cannot be judged: they have no
    evidence, or none that exists.
    """

    name: str
    told: tuple[DatasetMessage, ...] = field(repr=False)
    questions: tuple[DatasetQuestion, ...]
    left_out: int = 0

    def conversations(self) -> Iterator[tuple[DatasetMessage, ...]]:
        """Yield the messages of one conversation after the other."""
        for _, messages in itertools.groupby(self.told, lambda told: told.conversation):
            yield tuple(messages)
