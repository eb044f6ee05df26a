"""A kept classifier that answers chat requests: the class as text, with its probability."""

import math
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

from tau.ids import new_id
from tau.models.errors import RequestRejected
from tau.models.types import Chunk, ModelInfo, Vectors
from tau.studio.examples.chat_messages import content_text
from tau.studio.examples.example import Example, ExampleMessage, Role
from tau.studio.methods.answer_classifier import AnswerClassifier
from tau.studio.model_caller import ModelCaller

_NO_TOKENS = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
_ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
}


class ClassifierModel:
    """A classifier and its embedder. Implements `Backend`.

    `embedder` is what is known of the embedder, as of now.
    """

    def __init__(
        self,
        name: str,
        classifier: AnswerClassifier,
        models: ModelCaller,
        embedder: Callable[[], ModelInfo],
    ) -> None:
        self._name = name
        self._classifier = classifier
        self._models = models
        self._embedder = embedder

    @property
    def info(self) -> ModelInfo:
        """It takes what its embedder takes, and is ready when that is."""
        embedder = self._embedder()
        return ModelInfo(
            name=self._name,
            origin=embedder.origin,
            context_tokens=embedder.context_tokens,
            ready=embedder.ready,
            about=f"A classifier on {embedder.name}.",
            licence=embedder.licence,
        )

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        """Yield the answer at once. See `Backend`."""
        answer, probability = await self._classify(body)
        choice = {
            "index": 0,
            "delta": {"role": "assistant", "content": answer},
            "logprobs": _log_probabilities(body, answer, probability),
            "finish_reason": "stop",
        }
        raw = {**self._frame("chat.completion.chunk"), "choices": [choice], "usage": _NO_TOKENS}
        yield Chunk(answer, raw, "stop", 0, 0)

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the whole `chat.completion` object."""
        answer, probability = await self._classify(body)
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": answer},
            "logprobs": _log_probabilities(body, answer, probability),
            "finish_reason": "stop",
        }
        return {**self._frame("chat.completion"), "choices": [choice], "usage": _NO_TOKENS}

    async def embed(self, texts: Sequence[str]) -> Vectors:  # noqa: ARG002 - see `Backend`
        """Refuse: it only classifies."""
        raise RequestRejected(self._name, "can't embed")

    async def _classify(self, body: dict[str, Any]) -> tuple[str, float]:
        asked = Example(id="", messages=(*_messages(body), ExampleMessage("assistant", "")))
        text = self._classifier.text(asked)
        embedded = await self._models.embed(self._classifier.embedder, [text], "query")
        ((answer, probability),) = self._classifier.classify(embedded.vectors)
        return answer, probability

    def _frame(self, kind: str) -> dict[str, Any]:
        return {
            "id": f"chatcmpl-{new_id()}",
            "object": kind,
            "created": int(time.time()),
            "model": self._name,
        }


def _messages(body: dict[str, Any]) -> list[ExampleMessage]:
    """Return the messages of a request as those of an example; only text counts."""
    return [
        ExampleMessage(_ROLES[each["role"]], content_text(each.get("content")))
        for each in body.get("messages") or []
        if each.get("role") in _ROLES
    ]


def _log_probabilities(
    body: dict[str, Any], answer: str, probability: float
) -> dict[str, Any] | None:
    """Return the probability of the class as that of one token, if the request asks for it."""
    if not body.get("logprobs"):
        return None
    one = {
        "token": answer,
        "logprob": math.log(max(probability, 1e-300)),
        "bytes": list(answer.encode()),
    }
    return {"content": [{**one, "top_logprobs": [one]}], "refusal": None}
