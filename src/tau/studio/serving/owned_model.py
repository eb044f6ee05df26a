"""A model that only its owner may ask, until it's released.

Training is the same for the same examples, so two people may own models of the same content, and so
of the same name.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any

from tau.models.caller import current_caller
from tau.models.types import Backend, Chunk, ModelInfo, Vectors
from tau.studio.serving.model_names import unknown_model
from tau.studio.tuning.log_events import ModelMade


class OwnedModel:
    """A backend that answers its owner, and everybody once it's released. Implements `Backend`.

    To anybody else it's unknown, in the same words as a name that never meant anything.
    """

    def __init__(
        self, made: ModelMade, backend: Backend, person: str, is_released: Callable[[str], bool]
    ) -> None:
        self.made = made
        self.backend = backend
        self.owners = {person}
        """The ids of those who made this very content."""
        self._is_released = is_released

    @property
    def info(self) -> ModelInfo:
        """The information about the model."""
        return self.backend.info

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        """Yield the answer in pieces. Raises `UnknownModel` for anybody else."""
        self._require_allowed()
        async with aclosing(self.backend.stream(body)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the whole `chat.completion` object. Raises `UnknownModel` for anybody else."""
        self._require_allowed()
        return await self.backend.complete(body)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text. Raises `UnknownModel` for anybody else."""
        self._require_allowed()
        return await self.backend.embed(texts)

    def is_visible(self) -> bool:
        """Return whether who asks may know of it."""
        return current_caller.get().person in self.owners or self._is_released(self.made.name)

    def _require_allowed(self) -> None:
        if not self.is_visible():
            raise unknown_model(self.made.name)
