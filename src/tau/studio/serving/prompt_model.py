"""A kept prompt that answers chat requests: its base with the instructions it was tried with."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import msgspec

from tau.models import Models
from tau.models.errors import RequestRejected
from tau.models.types import Chunk, ModelInfo, Vectors
from tau.studio.methods.kept_prompt import KeptPrompt


class PromptModel:
    """A base with a prompt. Implements `Backend`."""

    def __init__(self, name: str, prompt: KeptPrompt, models: Models) -> None:
        self._name = name
        self._prompt = prompt
        self._models = models

    @property
    def info(self) -> ModelInfo:
        """The base's information under the name of the prompt."""
        base = self._models.aliases.info(self._prompt.base)
        return msgspec.structs.replace(
            base,
            name=self._name,
            capabilities=frozenset({"chat"}),
            about=f"{base.name} with a prompt.",
            bytes=0,
        )

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        """Yield the answer in pieces. See `Backend`."""
        request = self._prompt.request(body)
        async with aclosing(self._models.stream(self._prompt.base, request)) as chunks:
            async for chunk in chunks:
                yield msgspec.structs.replace(chunk, raw={**chunk.raw, "model": self._name})

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the whole `chat.completion` object."""
        answer = await self._models.complete(self._prompt.base, self._prompt.request(body))
        return {**answer, "model": self._name}

    async def embed(self, texts: Sequence[str]) -> Vectors:  # noqa: ARG002 - see `Backend`
        """Refuse: it only chats."""
        raise RequestRejected(self._name, "can't embed")
