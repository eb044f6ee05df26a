"""The method that others must beat: always the most frequent answer."""

from collections import Counter
from collections.abc import Sequence

from tau.studio.examples.example import Example
from tau.studio.methods.method import Answer
from tau.studio.results import MethodKind


class BaselineMethod:
    """Gives the most frequent answer of the training examples. Implements `Method`."""

    name = "baseline"
    kind: MethodKind = "baseline"
    model = ""
    concurrency = 1

    def __init__(self) -> None:
        self._answer = ""

    async def prepare(self, train: Sequence[Example]) -> str | None:
        """Count the answers; of equally frequent ones the first is taken."""
        if not train:
            return "There are no training examples."
        self._answer = Counter(each.answer for each in train).most_common(1)[0][0]
        return None

    async def answer(self, example: Example) -> Answer:  # noqa: ARG002 - always the same
        """Return the most frequent answer."""
        return Answer(self._answer)
