"""Types that the modules of this package share."""

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any, Literal, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

Capability = Literal["chat", "embed", "learn", "verify", "tools", "edits", "vision"]
Size = Literal["small", "medium", "capable"]
"""`small` is below half a billion parameters, `medium` up to about three billion."""
EmbeddingKind = Literal["query", "passage"]
"""Whether a text asks or is asked about: some embedders mark the two differently."""
Origin = Literal["pack", "endpoint", "found", "scripted"]
Vectors = npt.NDArray[np.float32]
"""Shape (n, dimension), each row of length 1."""


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Information about a model."""

    name: str
    origin: Origin
    capabilities: frozenset[Capability] = frozenset({"chat"})
    size: Size = "capable"
    """The prompts that suit it: those for a small model are shorter and simpler."""
    context_tokens: int = 8192
    ready: bool = True
    """Whether it can answer now: a pack is ready once it is downloaded."""
    about: str = ""
    licence: str = ""
    bytes: int = 0
    """Size of its download; 0 for what is not downloaded."""
    pinned: bool = True
    """Whether Tau knows the hash of its download; if not, the source must report it."""
    query_prefix: str = ""
    passage_prefix: str = ""
    """What an embedder expects before a text that asks, and before one that is asked about."""

    def prefix(self, kind: EmbeddingKind) -> str:
        """Return what comes before a text of this kind."""
        return self.query_prefix if kind == "query" else self.passage_prefix


RequestBuilder = Callable[[ModelInfo], dict[str, Any]]
"""Builds the OpenAI-shaped body of a chat request for the model that is asked."""


class Chunk(msgspec.Struct, frozen=True):
    """A piece of a streamed chat answer.

    `raw` is an OpenAI `chat.completion.chunk` object whose `model` is Tau's name of the model that
    answers; `text` is the text of its first choice, and `thought` what the endpoint reports as the
    model's reasoning (`reasoning_content` or `reasoning`). Plain pieces that arrive together become
    one such object, so that the stream of `raw`s is a complete answer.
    """

    text: str
    raw: dict[str, Any]
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    thought: str = ""


class AnsweredRequest(msgspec.Struct, frozen=True):
    """Tokens that a request used; `cached_tokens` are those of the prompt that were at hand."""

    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


class Embedded(msgspec.Struct, frozen=True):
    """Vectors and the model that made them: vectors of two models cannot be compared."""

    model: str
    vectors: Vectors


class HealthCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one tiny request to a model; `sentence` is for people."""

    model: str
    ok: bool
    sentence: str
    first_token_seconds: float | None = None
    tokens_per_second: float | None = None


class Backend(Protocol):
    """Something that answers OpenAI-shaped requests for one model."""

    @property
    def info(self) -> ModelInfo:
        """Information about the model, as of now."""
        ...

    def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        """Yield the answer to a chat request. `body` is OpenAI-shaped; its `model` is replaced.

        Raises `ModelUnavailable` before the first chunk, `ModelInterrupted` after it, and
        `ModelInvalidAnswer` for an answer that cannot be used.
        """
        ...

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the whole `chat.completion` object."""
        ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text."""
        ...
