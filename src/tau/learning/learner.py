"""Learner: asks a model for the claims in messages.

After a wrong, endless or unreadable answer the messages are sent once more in two halves; a half
that fails again is skipped. When no model can be reached, the caller tries again later.
"""

import logging
from collections.abc import Sequence
from contextlib import aclosing

import anyio

from tau.errors import ModelError, ModelInterrupted, ModelInvalidAnswer, ModelUnavailable
from tau.journal.entries import Claim
from tau.learning.extraction import (
    ExtractedClaim,
    ExtractionInput,
    UnreadableAnswer,
    build_request,
    parse_claims,
)
from tau.memory import Message
from tau.models import Models
from tau.models.errors import InputTooLong, RequestRejected

logger = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 300.0  # of one answer, on a machine without a GPU
_MAX_ANSWER_CHARACTERS = 20_000

AttributedClaim = tuple[Claim, tuple[Message, ...], str]
"""A claim, its source messages, and the model that found it."""


class Learner:
    """The capable models behind the alias `learner`."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._without_schema: set[str] = set()

    @property
    def is_available(self) -> bool:
        """Whether a capable model was chosen."""
        return bool(self._models.aliases.learners())

    @property
    def is_local(self) -> bool:
        """Whether the model runs on this machine and so slows down replies."""
        return any(
            self._models.aliases.info(name).origin == "pack"
            for name in self._models.aliases.learners()
        )

    async def read(self, chosen: Sequence[ExtractionInput]) -> list[AttributedClaim]:
        """Return the claims in messages. Raises `ModelUnavailable` if no learner can be reached."""
        drawn = await self._attempt(chosen)
        if drawn is not None:
            return drawn
        half = len(chosen) // 2
        found: list[AttributedClaim] = []
        for piece in (chosen[:half], chosen[half:]) if half else ():
            found += await self._attempt(piece) or []
        return found

    async def _attempt(self, chosen: Sequence[ExtractionInput]) -> list[AttributedClaim] | None:
        """Return the claims of the first model that answers; `None` for a bad answer."""
        away: ModelError = ModelUnavailable("No model is set up for learning.")
        for name in self._models.aliases.learners():
            try:
                with anyio.fail_after(_TIMEOUT_SECONDS):
                    drawn = await self._ask(name, chosen)
            except (
                InputTooLong,
                RequestRejected,
                UnreadableAnswer,
                ModelInvalidAnswer,
                ModelInterrupted,
            ) as error:
                logger.info("an answer of the learner is dropped: %s", type(error).__name__)
                return None
            except TimeoutError:
                logger.info("an answer of the learner is dropped: it took too long")
                return None
            except ModelUnavailable as error:
                away = error
                continue
            return [(claim, sources, name) for claim, sources in drawn]
        raise away

    async def _ask(self, name: str, chosen: Sequence[ExtractionInput]) -> list[ExtractedClaim]:
        """Return the claims that a model finds; one that rejects schemas is asked without."""
        if name not in self._without_schema:
            try:
                return parse_claims(await self._answer(name, chosen, schema=True), chosen)
            except RequestRejected:
                logger.info("the learner does not take a schema")
        drawn = parse_claims(await self._answer(name, chosen, schema=False), chosen)
        self._without_schema.add(name)
        return drawn

    async def _answer(self, name: str, chosen: Sequence[ExtractionInput], *, schema: bool) -> str:
        body = build_request(chosen)
        if not schema:
            del body["response_format"]
        pieces: list[str] = []
        size = 0
        async with aclosing(self._models.stream(name, body)) as chunks:
            async for chunk in chunks:
                pieces.append(chunk.text)
                size += len(chunk.text)
                if size > _MAX_ANSWER_CHARACTERS:
                    raise UnreadableAnswer("it is too long")
        return "".join(pieces)
