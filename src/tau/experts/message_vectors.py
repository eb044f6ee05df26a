"""Vectors of messages for routing: of the embedder that the weights are for, if it's ready."""

from collections.abc import Awaitable, Callable

import anyio

from tau.care.classifier import text_for_vector
from tau.experts.routing import routing_weights
from tau.models.aliases import Aliases
from tau.models.types import Vectors

TIMEOUT_SECONDS = 0.3


class MessageVectors:
    """Asks the embedder about a message, as the care step has done, so that it's computed once."""

    def __init__(
        self, embed: Callable[[str, str | None], Awaitable[Vectors | None]], aliases: Aliases
    ) -> None:
        self._embed = embed
        self._aliases = aliases

    async def of(self, words: str) -> Vectors | None:
        """Return the vector of a message, or `None` if it's late or of another embedder."""
        info = self._aliases.info(self._aliases.default_embedder())
        if not info.ready or info.name != routing_weights().embedder:
            return None
        with anyio.move_on_after(TIMEOUT_SECONDS):
            return await self._embed(text_for_vector(words), info.name)
        return None
