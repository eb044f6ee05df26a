"""The method that was trained: a model that the studio made, asked as it was trained."""

from collections.abc import Sequence
from typing import Any

from tau.errors import ModelInvalidAnswer
from tau.models.types import ModelInfo
from tau.studio.examples.example import Example
from tau.studio.methods.answer_shape import most_answer_tokens
from tau.studio.methods.chat import ENDPOINT_CONCURRENCY
from tau.studio.methods.method import Answer
from tau.studio.model_caller import ModelCaller
from tau.studio.results import MethodKind


class TunedMethod:
    """Asks a model that the studio made, by its name. Implements `Method`.

    Nothing is added to the request, since nothing was in training: neither options nor a schema.
    """

    kind: MethodKind = "tuned"

    def __init__(self, models: ModelCaller, info: ModelInfo) -> None:
        self.name = self.model = info.name
        self._models = models
        self._info = info
        self._max_tokens = 0

    @property
    def concurrency(self) -> int:
        """More than one if its base is an endpoint."""
        return ENDPOINT_CONCURRENCY if self._info.origin == "endpoint" else 1

    async def prepare(self, train: Sequence[Example]) -> str | None:
        """See how long the answers are."""
        longest = most_answer_tokens([each.answer for each in train])
        self._max_tokens = min(longest, self._info.context_tokens // 2)
        if not self._info.ready:
            return f"{self.name} can't answer now: what it's based on isn't downloaded."
        return None

    async def answer(self, example: Example) -> Answer:
        """Ask the model. Raises `ModelError`."""
        body = {
            "messages": example.chat(),
            "temperature": 0.0,
            "max_tokens": self._max_tokens,
        }
        completion = await self._models.complete(self.model, body)
        usage = completion.get("usage") or {}
        return Answer(self._text(completion), int(usage.get("total_tokens") or 0))

    def _text(self, completion: dict[str, Any]) -> str:
        try:
            content = completion["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError):
            content = None
        if not isinstance(content, str) or not content.strip():
            raise ModelInvalidAnswer(f"The model {self.name!r} gave no answer.")
        return content.strip()
