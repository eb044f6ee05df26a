"""The method without a language model: an embedder and logistic regression.

It suits tasks whose answers are a closed set of short ones, such as routing messages.
"""

import asyncio
from collections.abc import Sequence

from tau.studio.examples.example import Example
from tau.studio.methods.answer_classifier import AnswerClassifier
from tau.studio.methods.answer_shape import LONGEST_OPTION, MOST_OPTIONS, answer_options
from tau.studio.methods.embedder import ExampleEmbedder, instructions_differ, request_text
from tau.studio.methods.method import Answer
from tau.studio.results import MethodKind

_NOT_A_CHOICE = (
    f"The answers aren't a choice: a classifier needs 2 to {MOST_OPTIONS} different answers, of "
    f"at most {LONGEST_OPTION} characters, that repeat."
)
_NOT_PREPARED = "prepare comes first"


class ClassifierMethod:
    """Gives the most probable of the known answers. Implements `Method`."""

    name = "classifier"
    kind: MethodKind = "classifier"
    concurrency = 1

    def __init__(self, embedder: ExampleEmbedder) -> None:
        self.model = embedder.model
        self._embedder = embedder
        self.fitted: AnswerClassifier | None = None
        """What was fitted, once `prepare` has done so."""

    async def prepare(self, train: Sequence[Example]) -> str | None:
        """Embed the training examples and fit them, in a thread. Raises `ModelError`."""
        if not answer_options([each.answer for each in train]):
            return _NOT_A_CHOICE
        differ = instructions_differ(train)
        texts = [request_text(each, instructions=differ) for each in train]
        vectors = await self._embedder.train(texts)
        self.fitted = await asyncio.to_thread(
            AnswerClassifier.fit,
            train,
            vectors,
            embedder=self._embedder.model,
            reads_instructions=differ,
        )
        return None

    async def answer(self, example: Example) -> Answer:
        """Embed the request and classify it. Raises `ModelError`."""
        if self.fitted is None:
            raise RuntimeError(_NOT_PREPARED)
        vector = await self._embedder.one(self.fitted.text(example))
        ((answer, _),) = self.fitted.classify(vector.reshape(1, -1))
        return Answer(answer)
