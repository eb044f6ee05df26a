"""Asks a model for edits of a document, piece by piece."""

import logging
from contextlib import aclosing
from typing import NamedTuple

import anyio

from tau.errors import BadInput, ModelError, ModelInvalidAnswer, ModelUnavailable
from tau.experts.writing.blocks import Block, TextDocument
from tau.experts.writing.edits import Edit
from tau.experts.writing.proposals import (
    MAX_INSTRUCTION_CHARACTERS,
    UnreadableProposal,
    build_request,
    parse_edits,
    split_document,
)
from tau.experts.writing.style import WritingStyle
from tau.models import Models
from tau.models.directory import COMPANION
from tau.models.errors import RequestRejected

logger = logging.getLogger(__name__)

NOT_CAPABLE = (
    "The built-in model can't rewrite well; connect a stronger one, or let me mark what I find."
)
MAX_DOCUMENT_CHARACTERS = 200_000
_TIMEOUT_SECONDS = 300.0  # of one answer, on a machine without a GPU
_MAX_ANSWER_CHARACTERS = 100_000


class ModelEdits(NamedTuple):
    """What a model proposes. `unread` counts pieces of the document that it gave no answer for."""

    edits: list[Edit]
    model: str
    unread: int


class DocumentEditor:
    """The models that may propose edits: those whose catalog entry, or whose owner, says so."""

    def __init__(self, models: Models, chosen: str = "") -> None:
        """`chosen` is the model of the settings, if they name one."""
        self._models = models
        self._chosen = chosen or COMPANION

    @property
    def is_available(self) -> bool:
        """Whether a model is there that rewrites well enough."""
        return bool(self._ready())

    async def propose(
        self, document: TextDocument, instruction: str, style: WritingStyle
    ) -> ModelEdits:
        """Return edits that do what `instruction` asks.

        Raises `BadInput` if no model is capable or the document is too long, and `ModelError`.
        """
        names = self._ready()
        if not names:
            raise BadInput(NOT_CAPABLE)
        if len(instruction) > MAX_INSTRUCTION_CHARACTERS:
            raise BadInput("Say in fewer words what should change.")
        if sum(len(block.text) for block in document.blocks) > MAX_DOCUMENT_CHARACTERS:
            raise BadInput("The document is too long to be rewritten at once.")
        failed: ModelError = ModelUnavailable("No model is set up for writing.")
        for name in names:
            try:
                return await self._edits(name, document, instruction, style)
            except ModelUnavailable as error:
                failed = error
        raise failed

    async def _edits(
        self, name: str, document: TextDocument, instruction: str, style: WritingStyle
    ) -> ModelEdits:
        edits: list[Edit] = []
        pieces = list(split_document(document))
        unread = 0
        for piece in pieces:
            try:
                answer = await self._ask(name, piece, instruction, style)
                edits += parse_edits(answer, name, len(edits) + 1)
            except (UnreadableProposal, ModelInvalidAnswer, TimeoutError) as error:
                logger.info("an answer with edits is dropped: %s", type(error).__name__)
                unread += 1
        if pieces and unread == len(pieces):
            raise ModelInvalidAnswer("The model's answer can't be used. Try again.")
        return ModelEdits(edits, name, unread)

    async def _ask(
        self, name: str, piece: list[Block], instruction: str, style: WritingStyle
    ) -> str:
        """Return a model's answer; one that rejects schemas is asked without."""
        try:
            return await self._answer(name, piece, instruction, style, schema=True)
        except RequestRejected:
            return await self._answer(name, piece, instruction, style, schema=False)

    async def _answer(
        self, name: str, piece: list[Block], instruction: str, style: WritingStyle, *, schema: bool
    ) -> str:
        body = build_request(piece, instruction, style, schema=schema)
        pieces: list[str] = []
        size = 0
        with anyio.fail_after(_TIMEOUT_SECONDS):
            async with aclosing(self._models.stream(name, body)) as chunks:
                async for chunk in chunks:
                    pieces.append(chunk.text)
                    size += len(chunk.text)
                    if size > _MAX_ANSWER_CHARACTERS:
                        raise UnreadableProposal("it is too long")
        return "".join(pieces)

    def _ready(self) -> list[str]:
        aliases = self._models.aliases
        return [name for name in aliases.editors(self._chosen) if aliases.info(name).ready]
