"""Documents from which a model writes examples."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class DocumentJobOut:
    """A document that is read or was: `done` and `total` count its passages.

    `source` is the id of its source. What is written from it waits for a review.
    """

    id: str
    name: str
    state: Literal["running", "done", "stopped", "failed"]
    sentence: str
    at: float
    done: int
    total: int
    source: str


@dataclass(frozen=True, slots=True)
class DocumentJobList:
    """The documents of a project since Tau started, newest first."""

    documents: list[DocumentJobOut]
