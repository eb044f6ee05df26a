"""What the studio needs of models; `tau.models.models.Models` has it, and tests pass their own."""

from collections.abc import Sequence
from typing import Any, Protocol

from tau.models.types import Embedded, EmbeddingKind


class ModelCaller(Protocol):
    """Something that answers chat requests and embeds texts, by the name of a model or alias."""

    async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the `chat.completion` object for an OpenAI-shaped request. Raises `ModelError`."""
        ...

    async def embed(
        self, name: str, texts: Sequence[str], kind: EmbeddingKind = "passage"
    ) -> Embedded:
        """Return a unit vector for each text. Raises `ModelError`."""
        ...
