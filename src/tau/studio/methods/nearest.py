"""The method that shows a model similar examples before it asks."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tau.models.types import ModelInfo, Vectors
from tau.studio.examples.example import Example
from tau.studio.methods.chat import TaskModel, conversation
from tau.studio.methods.embedder import ExampleEmbedder, instructions_differ, request_text
from tau.studio.methods.method import Answer
from tau.studio.model_caller import ModelCaller
from tau.studio.results import MethodKind
from tau.text.excerpts import estimate_tokens

MOST_SHOWN = 6
_TOKENS_PER_MESSAGE = 8  # for what a chat template puts around it
_SAFETY = 1.25  # estimates of tokens are up to this much too low


class NearestMethod:
    """Asks a model after the most similar training examples as turns. Implements `Method`."""

    name = "nearest"
    kind: MethodKind = "nearest"

    def __init__(self, models: ModelCaller, info: ModelInfo, embedder: ExampleEmbedder) -> None:
        self.model = info.name
        self._models = models
        self._embedder = embedder
        self._train: Sequence[Example] = ()
        self._task = TaskModel(models, info, ())
        self._vectors: Vectors = np.zeros((0, 0), dtype=np.float32)
        self._instructions = False

    @property
    def concurrency(self) -> int:
        """More than one for an endpoint."""
        return self._task.concurrency

    async def prepare(self, train: Sequence[Example]) -> str | None:
        """Embed the training examples. Raises `ModelError`."""
        self._task = TaskModel(self._models, self._task.info, train)
        if not train or self._task.not_ready:
            return self._task.not_ready or "There are no training examples."
        self._train = train
        self._instructions = instructions_differ(train)
        self._vectors = await self._embedder.train([self._text(each) for each in train])
        return None

    async def answer(self, example: Example) -> Answer:
        """Ask the model after similar examples. Raises `ModelError`."""
        vector = await self._embedder.one(self._text(example))
        order = np.argsort(-(self._vectors @ vector), kind="stable")[:MOST_SHOWN]
        beginning, asked = self._task.instructions(example), conversation(example)
        room = self._task.prompt_tokens - _tokens([*beginning, *asked])
        shown = _fitting([_turns(self._train[each]) for each in order], room)
        return await self._task.ask([*beginning, *shown, *asked])

    def _text(self, example: Example) -> str:
        return request_text(example, instructions=self._instructions)


def _turns(example: Example) -> list[dict[str, Any]]:
    return [*conversation(example), {"role": "assistant", "content": example.answer}]


def _fitting(candidates: Sequence[list[dict[str, Any]]], room: float) -> list[dict[str, Any]]:
    """Return the turns of the first candidates that fit, the most similar one last."""
    shown: list[dict[str, Any]] = []
    for turns in candidates:
        room -= _tokens(turns)
        if room < 0:
            break
        shown = [*turns, *shown]
    return shown


def _tokens(messages: Sequence[dict[str, Any]]) -> float:
    return sum(
        _SAFETY * estimate_tokens(each["content"]) + _TOKENS_PER_MESSAGE for each in messages
    )
