"""Vectors of what examples ask, for methods that compare examples by meaning."""

from collections.abc import Sequence

import numpy as np

from tau.errors import ModelInvalidAnswer
from tau.models.control_strings import break_text
from tau.models.types import Vectors
from tau.studio.examples.example import Example
from tau.studio.model_caller import ModelCaller

_AT_A_TIME = 256  # texts between which other requests to the embedder get their turn


class ExampleEmbedder:
    """An embedder of requests. Methods that share one embed the training examples once."""

    def __init__(self, models: ModelCaller, model: str) -> None:
        self.model = model
        self._models = models
        self._known: dict[str, Vectors] = {}

    async def train(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for the text of each training example. Raises `ModelError`."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        for start in range(0, len(missing), _AT_A_TIME):
            part = missing[start : start + _AT_A_TIME]
            self._known.update(zip(part, await self._embed(part), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32)

    async def one(self, text: str) -> Vectors:
        """Return the vector of a text, shape (dimension,). Raises `ModelError`."""
        return np.asarray((await self._embed([text]))[0], dtype=np.float32)

    async def _embed(self, texts: Sequence[str]) -> Vectors:
        # "query" for both sides: the texts are compared with their like, not with documents
        embedded = await self._models.embed(self.model, texts, "query")
        if embedded.model != self.model:
            raise ModelInvalidAnswer(
                f"The embedder {self.model!r} was replaced by {embedded.model!r} meanwhile."
            )
        return embedded.vectors


def instructions_differ(examples: Sequence[Example]) -> bool:
    """Return whether the instructions say which task an example belongs to."""
    return len({each.instructions for each in examples}) > 1


def request_text(example: Example, *, instructions: bool) -> str:
    """Return what an example asks as one text, the newest message first.

    An embedder cuts a long text at its end, so the oldest words are lost first. Control strings are
    broken as they are where a classifier is served, so that it sees the same.
    """
    said = [each.content for each in reversed(example.request) if each.role != "system"]
    return break_text("\n".join([*said, example.instructions] if instructions else said))
