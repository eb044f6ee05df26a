"""The shared vocabulary of the models room."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

Capability = Literal["chat", "embed", "learn", "tools"]
Size = Literal["small", "capable"]
Origin = Literal["pack", "endpoint", "found", "scripted"]
Vectors = npt.NDArray[np.float32]
"""Shape (n, dimension), each row of length 1."""


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalog knows of one model."""

    name: str
    origin: Origin
    capabilities: frozenset[Capability] = frozenset({"chat"})
    size: Size = "capable"
    """Which prompts suit it: those of a small model are shorter and plainer."""
    context_tokens: int = 8192
    ready: bool = True
    """Whether it can answer now: a pack is ready once it is downloaded."""
    about: str = ""
    licence: str = ""
    bytes: int = 0
    """Size of its download; 0 for what is not downloaded."""


class Chunk(msgspec.Struct, frozen=True):
    """A piece of a streamed chat answer.

    `raw` is the OpenAI `chat.completion.chunk` object as the model sent it; `text` is the text of
    its first choice. Pieces that arrive together may be handed on as one, `raw` being the last.
    """

    text: str
    raw: dict[str, Any]
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Backend(Protocol):
    """One place that answers OpenAI-shaped requests for one model."""

    info: ModelInfo

    def stream(self, body: dict[str, Any]) -> AsyncIterator[Chunk]:
        """Yield the answer to a chat request. `body` is OpenAI-shaped; its `model` is replaced.

        Raises `ModelUnavailable` before the first chunk, `ModelInterrupted` after it, and
        `ModelNonsense` for what is no answer.
        """
        ...

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the whole `chat.completion` object."""
        ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text."""
        ...
