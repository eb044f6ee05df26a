"""What a method is: a way to get answers that can be compared with others on one test."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from tau.studio.examples.example import Example
from tau.studio.results import MethodKind


class Answer(msgspec.Struct, frozen=True):
    """What a method answers to one example."""

    text: str
    tokens: int = 0
    """Tokens that a language model read and wrote for it, as it counts them."""


class Method(Protocol):
    """A way to get answers. `tau.studio.methods.comparison` runs it."""

    @property
    def name(self) -> str:
        """Its name, unique in a comparison."""
        ...

    @property
    def kind(self) -> MethodKind:
        """What it does."""
        ...

    @property
    def model(self) -> str:
        """The model that it asks, or an empty string."""
        ...

    @property
    def concurrency(self) -> int:
        """How many examples it may be asked at a time."""
        ...

    async def prepare(self, train: Sequence[Example]) -> str | None:
        """Learn from the training examples; return a sentence if it can't be used for them.

        Called once, before the first answer. Raises `ModelError`.
        """
        ...

    async def answer(self, example: Example) -> Answer:
        """Answer the request of an example, whose own answer it doesn't read.

        Raises `ModelError`.
        """
        ...


class UnavailableMethod:
    """A method that can't be tried, such as one without its model. Implements `Method`."""

    concurrency = 1
    model = ""

    def __init__(self, name: str, kind: MethodKind, reason: str) -> None:
        self.name = name
        self.kind = kind
        self._reason = reason

    async def prepare(self, train: Sequence[Example]) -> str:  # noqa: ARG002 - a Method's
        """Return the reason."""
        return self._reason

    async def answer(self, example: Example) -> Answer:  # noqa: ARG002 - a Method's
        """Return nothing; it is never asked."""
        return Answer("")
