"""What an embedder's vectors add to the care step: danger that is meant and not named.

The embedder is asked for as long as nobody notices. If it's late, missing, or not the one that the
classifier was trained on, the classifier does without.
"""

from collections.abc import Awaitable, Callable, Sequence
from hashlib import blake2b

import anyio

from tau.care.classifier import EMBEDDER, Floats, classifier, text_for_vector
from tau.models.aliases import Aliases
from tau.models.types import Vectors

TIMEOUT_SECONDS = 0.3
_MAX_KEPT = 2_000

QueryEmbedder = Callable[[str, str | None], Awaitable[Vectors | None]]
"""Returns the vector of a question by the named model, or `None` without an answer."""


class CareVectors:
    """What vectors say of messages; kept by the hash of the words, so that each is asked once."""

    def __init__(self, embed: QueryEmbedder, aliases: Aliases) -> None:
        self._embed = embed
        self._aliases = aliases
        self._kept: dict[bytes, Floats] = {}

    async def ask(self, messages: Sequence[str]) -> None:
        """Ask the embedder about messages that aren't known, the last one first, and briefly."""
        if not self._is_ready():
            return
        with anyio.move_on_after(TIMEOUT_SECONDS):
            for words in reversed(messages):
                await self._ask(words)

    def known(self, messages: Sequence[str]) -> list[Floats | None]:
        """Return what vectors say of messages, as far as known."""
        return [self._kept.get(_key(words)) for words in messages]

    def _is_ready(self) -> bool:
        info = self._aliases.info(self._aliases.default_embedder())
        return info.ready and info.name == EMBEDDER

    async def _ask(self, words: str) -> None:
        if _key(words) in self._kept:
            return
        vector = await self._embed(text_for_vector(words), EMBEDDER)
        if vector is None:
            return
        if len(self._kept) >= _MAX_KEPT:
            self._kept.clear()
        self._kept[_key(words)] = classifier().vector_odds(vector)


def _key(words: str) -> bytes:
    return blake2b(words.encode("utf-8", "surrogatepass"), digest_size=16).digest()
