"""Asking the learner: a model that is shown messages and answers with claims.

A wrong, endless or unreadable answer costs that attempt: the messages are shown once more in two
smaller pieces, and what fails then is passed over. A model that is away is another matter: that is
for the caller to try again later.
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
_MAX_ANSWER_CHARACTERS = 20_000  # characters

AttributedClaim = tuple[Claim, tuple[Message, ...], str]
"""A claim, the messages that say so, and the model that read it there."""


class Learner:
    """The models behind the alias `learner` that are able enough."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._without_schema: set[str] = set()

    @property
    def is_available(self) -> bool:
        """Whether a capable model was chosen."""
        return bool(self._models.aliases.learners())

    @property
    def is_local(self) -> bool:
        """Whether reading takes the machine from those who wait for an answer."""
        return any(
            self._models.aliases.info(name).origin == "pack"
            for name in self._models.aliases.learners()
        )

    async def read(self, chosen: Sequence[ExtractionInput]) -> list[AttributedClaim]:
        """Return what messages tell. Raises `ModelUnavailable` if no learner can be reached."""
        drawn = await self._attempt(chosen)
        if drawn is not None:
            return drawn
        half = len(chosen) // 2
        found: list[AttributedClaim] = []
        for piece in (chosen[:half], chosen[half:]) if half else ():
            found += await self._attempt(piece) or []
        return found

    async def _attempt(self, chosen: Sequence[ExtractionInput]) -> list[AttributedClaim] | None:
        """Return what one answer of the first model that gives one tells; `None` for a bad one."""
        away: ModelError = ModelUnavailable("No model learns.")
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
                logger.info("an answer of the learner is dropped: it does not come to an end")
                return None
            except ModelUnavailable as error:
                away = error
                continue
            return [(claim, sources, name) for claim, sources in drawn]
        raise away

    async def _ask(self, name: str, chosen: Sequence[ExtractionInput]) -> list[ExtractedClaim]:
        """Return what a model tells; one that knows no schema is asked without."""
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
                    raise UnreadableAnswer("it is far too long")
        return "".join(pieces)
